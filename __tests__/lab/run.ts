/**
 * `npm run lab -- [NAME...] [--table FILE] [--matrix FILE] [--folder FOLDER] [--verify-only]`: converts the sample
 * projects, builds and starts them before and after, and compares them; then lets clients use the workloads as they are
 * and hardened; then lets `harden verify` find deliberate mistakes; exit code 1 when something doesn't hold. Names are
 * those of projects, workloads and mistakes. On Debian as root it brings its own
 * container engine; elsewhere it says what is missing and does nothing. Images and packages stay in the folder for the
 * next run.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { onInterruption } from './interruption.js';
import { MAIN } from '../support/command.js';
import { startEngine } from './engine.js';
import { fetchEngine, obstacle } from './machine.js';
import { matrixOf } from './matrix.js';
import { makeAll, trialsOf } from './parallel.js';
import { type Project, projectNames, sampleProjects } from './project.js';
import { markdownTable, median, percent, reduction } from './report.js';
import { makeServers } from './servers.js';
import { makeStandIns } from './stand-ins.js';
import { type Check, type Trial, tryProject } from './trial.js';
import { findMistake, tryLast, verifyCaseNames, wrongCases } from './verify/verify.js';
import { readWorkload, type Workload, workloadNames } from './workload.js';
import { checksOf, tryWorkload } from './workload-trial.js';

const GOAL = 0.5;

/** Trials at once for each core: they wait for health checks, and for what doesn't heed SIGTERM. */
const AT_ONCE = 2;

const began = performance.now();

function say(text: string): void {
  const seconds = (performance.now() - began) / 1000;
  console.log(`${seconds.toFixed(0).padStart(4)} s  ${text}`);
}

function describe(subject: string, { name, fault }: Check): void {
  if (fault === undefined) say(`ok      ${subject}: ${name}`);
  else say(`FAILED  ${subject}: ${name}\n${fault.replace(/^/gm, '          ')}`);
}

/** The images have to be half as large at most, in the median. */
function sizeCheck(trials: readonly Trial[]): Check {
  const found = median(trials.flatMap((trial) => reduction(trial) ?? []));
  const name = `images are at least ${percent(GOAL)} smaller in the median (${percent(found)})`;
  return { name, fault: found === undefined || found < GOAL ? 'they are not' : undefined };
}

/** The projects, workloads and mistakes with these names; all without names. */
function subjectsNamed(
  names: readonly string[],
): [readonly Project[], readonly Workload[], readonly string[]] {
  const all = [...projectNames(), ...workloadNames(), ...verifyCaseNames()];
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0)
    throw new Error(`no such project: ${unknown.join(', ')}; there are ${all.join(', ')}`);
  const chosen = (those: readonly string[]): readonly string[] =>
    those.filter((name) => names.length === 0 || names.includes(name));
  return [
    sampleProjects(chosen(projectNames())),
    chosen(workloadNames()).map(readWorkload),
    chosen(verifyCaseNames()),
  ];
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      table: { type: 'string' },
      matrix: { type: 'string' },
      folder: { type: 'string' },
      'verify-only': { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const missing = obstacle();
  if (missing !== undefined) {
    console.log(`The lab is skipped: ${missing}.\n0 passed, 0 failed`);
    return 0;
  }
  if (!existsSync(MAIN)) throw new Error('not built: run npm run build first');
  const names = values['verify-only'] && positionals.length === 0 ? verifyCaseNames() : positionals;
  const [projects, workloads, mistakes] = subjectsNamed(names);
  const folder = values.folder ?? join(tmpdir(), 'harden-lab');
  const programs = await fetchEngine(join(folder, 'engine'));
  say('the engine is unpacked');
  const engine = await startEngine(join(folder, 'images'), programs);
  const signal = onInterruption(() => engine.stop());
  try {
    const made = (await makeStandIns(engine, join(folder, 'stand-ins'))) + (await makeServers(engine));
    say(`${made} stand-in images made`);
    const tell = (checks: readonly Check[], { name }: { readonly name: string }): void => {
      for (const check of checks) describe(name, check);
    };
    const converted = trialsOf(
      projects,
      (project) => tryProject(engine, project),
      ({ checks }, project) => {
        tell(checks, project);
      },
    );
    const used = trialsOf(
      workloads,
      (workload) => tryWorkload(engine, workload, signal),
      (trial, workload) => {
        tell(checksOf(trial), workload);
      },
    );
    const found = trialsOf(
      wrongCases(mistakes),
      (wrong) => findMistake(engine, wrong),
      (check, wrong) => {
        tell([check], wrong);
      },
    );
    await makeAll([converted, used, found], AT_ONCE * availableParallelism(), signal);
    const sizes = projects.length === 0 ? [] : [sizeCheck(converted.made())];
    for (const size of sizes) describe('all', size);
    const last = await tryLast(engine, mistakes, signal, describe);
    const table = projects.length === 0 ? '' : markdownTable(converted.made());
    if (values.table !== undefined) writeFileSync(values.table, `${table}\n`);
    if (values.matrix !== undefined) writeFileSync(values.matrix, matrixOf(used.made()));
    const checks = [
      ...converted.made().flatMap(({ checks: own }) => own),
      ...sizes,
      ...used.made().flatMap(checksOf),
      ...found.made(),
      ...last,
    ];
    const failed = checks.filter(({ fault }) => fault !== undefined).length;
    console.log(`\n${table}\n\n${checks.length - failed} passed, ${failed} failed`);
    return failed === 0 && !signal.aborted ? 0 : 1;
  } finally {
    // What the builds left is no use for the next run: it builds without the cache. Former stand-ins aren't either.
    await engine.call(['builder', 'prune', '--all', '--force']);
    await engine.call(['image', 'prune', '--force']);
    await engine.stop();
  }
}

process.exitCode = await main();
