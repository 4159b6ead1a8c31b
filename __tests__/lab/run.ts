/**
 * `npm run lab -- [PROJECT...] [--table FILE] [--folder FOLDER]`: converts the sample projects, builds and starts them
 * before and after, and compares them; exit code 1 when something doesn't hold. On Debian as root it brings its own
 * container engine; elsewhere it says what is missing and does nothing. Images and packages stay in the folder for the
 * next run.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MAIN } from '../support/command.js';
import { type Engine, startEngine } from './engine.js';
import { fetchEngine, obstacle } from './machine.js';
import { type Project, sampleProjects } from './project.js';
import { markdownTable, median, percent, reduction } from './report.js';
import { inParallel } from './parallel.js';
import { makeStandIns } from './stand-ins.js';
import { type Check, type Trial, tryProject } from './trial.js';

const GOAL = 0.5;

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

async function tryAll(
  engine: Engine,
  projects: readonly Project[],
  signal: AbortSignal,
): Promise<readonly Trial[]> {
  const trials = new Map<string, Trial>();
  await inParallel(projects, availableParallelism(), async (project) => {
    if (signal.aborted) return;
    const trial = await tryProject(engine, project);
    for (const check of trial.checks) describe(project.name, check);
    trials.set(project.name, trial);
  });
  return projects.flatMap(({ name }) => trials.get(name) ?? []);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { table: { type: 'string' }, folder: { type: 'string' } },
    allowPositionals: true,
  });
  const missing = obstacle();
  if (missing !== undefined) {
    console.log(`The lab is skipped: ${missing}.\n0 passed, 0 failed`);
    return 0;
  }
  if (!existsSync(MAIN)) throw new Error('not built: run npm run build first');
  const projects = sampleProjects(positionals);
  const folder = values.folder ?? join(tmpdir(), 'harden-lab');
  const programs = await fetchEngine(join(folder, 'engine'));
  say('the engine is unpacked');
  const engine = await startEngine(join(folder, 'images'), programs);
  // Without the engine all that is under way fails, and leaves as it would otherwise.
  const interruption = new AbortController();
  const interrupted = (): void => {
    interruption.abort();
    void engine.stop();
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    say(`${await makeStandIns(engine, join(folder, 'stand-ins'))} stand-in images made`);
    const trials = await tryAll(engine, projects, interruption.signal);
    const size = sizeCheck(trials);
    describe('all', size);
    const table = markdownTable(trials);
    if (values.table !== undefined) writeFileSync(values.table, `${table}\n`);
    const checks = [...trials.flatMap((trial) => trial.checks), size];
    const failed = checks.filter(({ fault }) => fault !== undefined).length;
    console.log(`\n${table}\n\n${checks.length - failed} passed, ${failed} failed`);
    return failed === 0 && !interruption.signal.aborted ? 0 : 1;
  } finally {
    // What the builds left is no use for the next run: it builds without the cache. Former stand-ins aren't either.
    await engine.call(['builder', 'prune', '--all', '--force']);
    await engine.call(['image', 'prune', '--force']);
    await engine.stop();
  }
}

process.exitCode = await main();
