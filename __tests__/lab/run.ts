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
import { MAIN } from '../support/command.js';
import { startEngine } from './engine.js';
import { fetchEngine, obstacle } from './machine.js';
import { matrixOf } from './matrix.js';
import { inParallel } from './parallel.js';
import { type Project, projectNames, sampleProjects } from './project.js';
import { markdownTable, median, percent, reduction } from './report.js';
import { makeServers } from './servers.js';
import { makeStandIns } from './stand-ins.js';
import { type Check, type Trial, tryProject } from './trial.js';
import { tryVerify, verifyCaseNames } from './verify/verify.js';
import { readWorkload, type Workload, workloadNames } from './workload.js';
import { checksOf, tryWorkload } from './workload-trial.js';

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

async function tryAll<S extends { readonly name: string }, T>(
  subjects: readonly S[],
  signal: AbortSignal,
  atOnce: number,
  attempt: (subject: S) => Promise<T>,
  checksIn: (trial: T) => readonly Check[],
): Promise<readonly T[]> {
  const trials = new Map<string, T>();
  await inParallel(subjects, atOnce, async (subject) => {
    if (signal.aborted) return;
    const trial = await attempt(subject);
    for (const check of checksIn(trial)) describe(subject.name, check);
    trials.set(subject.name, trial);
  });
  return subjects.flatMap(({ name }) => trials.get(name) ?? []);
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
  // Without the engine all that is under way fails, and leaves as it would otherwise.
  const interruption = new AbortController();
  const interrupted = (): void => {
    // A terminal, npm and timeout(1) each tell it, so that it may come more than once.
    if (interruption.signal.aborted) return;
    interruption.abort();
    void engine.stop();
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  try {
    const made = (await makeStandIns(engine, join(folder, 'stand-ins'))) + (await makeServers(engine));
    say(`${made} stand-in images made`);
    const { signal } = interruption;
    const cores = availableParallelism();
    const trials = await tryAll(
      projects,
      signal,
      cores,
      (project) => tryProject(engine, project),
      ({ checks }) => checks,
    );
    const sizes = projects.length === 0 ? [] : [sizeCheck(trials)];
    for (const size of sizes) describe('all', size);
    const uses = await tryAll(
      workloads,
      signal,
      // They wait most of the time: for a health check, for the end of what doesn't heed SIGTERM.
      2 * cores,
      (workload) => tryWorkload(engine, workload, signal),
      checksOf,
    );
    const table = projects.length === 0 ? '' : markdownTable(trials);
    if (values.table !== undefined) writeFileSync(values.table, `${table}\n`);
    if (values.matrix !== undefined) writeFileSync(values.matrix, matrixOf(uses));
    const found = await tryVerify(engine, mistakes, signal, describe);
    const checks = [
      ...trials.flatMap((trial) => trial.checks),
      ...sizes,
      ...uses.flatMap(checksOf),
      ...found,
    ];
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
