/**
 * `npm run lab:learn -- [NAME...] [--table FILE] [--folder FOLDER]`: records what workloads do under strace while their
 * clients use them, makes seccomp profiles of it, has the clients use them again with these in force, and tries what they
 * have to refuse; exit code 1 when something doesn't hold. It uses the engine and the images of `npm run lab`, and like it
 * skips where it can't have them.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { onInterruption } from '../interruption.js';
import { findTracer } from '../../../src/learn/live/tracer.js';
import { isMissing } from '../../../src/verify/tools.js';
import { MAIN } from '../../support/command.js';
import { startEngine } from '../engine.js';
import { fetchEngine, obstacle } from '../machine.js';
import { inParallel } from '../parallel.js';
import { makeServers } from '../servers.js';
import { makeStandIns } from '../stand-ins.js';
import { readWorkload } from '../workload.js';
import { tryLearning, type LearnTrial, type Recorded } from './trial.js';

/** Workloads, each with the service that is recorded: data stores, web servers, programs of their own. */
const RECORDED: readonly (readonly [workload: string, service: string])[] = [
  ['postgres', 'db'],
  ['mariadb', 'mariadb'],
  ['redis', 'redis'],
  ['mongo', 'mongo'],
  ['memcached', 'memcached'],
  ['nginx-node', 'proxy'],
  ['httpd-site', 'apache'],
  ['tomcat-jsp', 'tomcat'],
  ['node-notes', 'notes'],
  ['python-uploads', 'app'],
];

/** They wait for each other's strace: more at once would be no faster. */
const AT_ONCE = 2;

const began = performance.now();

function say(text: string): void {
  console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { table: { type: 'string' }, folder: { type: 'string' } },
    allowPositionals: true,
  });
  const tracer = await findTracer();
  const missing = obstacle() ?? (isMissing(tracer) ? tracer.missing : undefined);
  if (missing !== undefined || isMissing(tracer)) {
    console.log(`The lab is skipped: ${missing ?? ''}.\n0 passed, 0 failed`);
    return 0;
  }
  if (!existsSync(MAIN)) throw new Error('not built: run npm run build first');
  const chosen = RECORDED.filter(([name]) => positionals.length === 0 || positionals.includes(name));
  if (chosen.length === 0)
    throw new Error(`no such workload; there are ${RECORDED.map(([name]) => name).join(', ')}`);
  const folder = values.folder ?? join(tmpdir(), 'harden-lab');
  const engine = await startEngine(join(folder, 'images'), await fetchEngine(join(folder, 'engine')));
  const signal = onInterruption(() => engine.stop());
  try {
    await makeStandIns(engine, join(folder, 'stand-ins'));
    await makeServers(engine);
    say('the images are there');
    const trials = new Map<string, LearnTrial>();
    const recorded = chosen.map(([name, service]): Recorded => ({ workload: readWorkload(name), service }));
    await inParallel(recorded, AT_ONCE, async (one) => {
      const trial = await tryLearning(engine, one, tracer, signal);
      trials.set(trial.name, trial);
      for (const { name, fault } of trial.checks) {
        if (fault === undefined) say(`ok      ${trial.name}: ${name}`);
        else say(`FAILED  ${trial.name}: ${name}\n${fault.replace(/^/gm, '          ')}`);
      }
    });
    const all = chosen.flatMap(([name]) => trials.get(name) ?? []);
    const table = tableOf(all);
    if (values.table !== undefined) writeFileSync(values.table, `${table}\n`);
    console.log(table);
    const checks = all.flatMap((trial) => trial.checks);
    const failed = checks.filter(({ fault }) => fault !== undefined).length;
    console.log(`${checks.length - failed} passed, ${failed} failed`);
    return failed > 0 || signal.aborted ? 1 : 0;
  } finally {
    await engine.stop();
  }
}

function tableOf(trials: readonly LearnTrial[]): string {
  const rows = trials.map(({ name, seen, before, after, kind, checks }) => {
    const fewer =
      before === undefined || after === undefined ? '' : `${Math.round(100 - (100 * after) / before)} %`;
    const holds = checks.every(({ fault }) => fault === undefined) ? 'yes' : 'no';
    return `| ${[name, seen ?? '', before ?? '', kind ?? '', after ?? '', fewer, holds].join(' | ')} |`;
  });
  return [
    '| workload | calls seen | allowed by default | by its kind | by its recording | fewer | works, and refuses |',
    '|---|--:|--:|--:|--:|--:|---|',
    ...rows,
  ].join('\n');
}

process.exitCode = await main();
