import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { harden } from '../support/command.js';
import { type Controls, controlsOf } from './controls.js';
import { newRefusals } from './refusals.js';
import { type ComposeProject, removeProject, startProject } from './compose-project.js';
import type { Engine } from './engine.js';
import type { Check } from './trial.js';
import { clientsOf, type Workload } from './workload.js';
import { lastLines } from '../../src/io/process.js';

/** How the workload ran one time. */
export interface Run {
  /** What went wrong; undefined when all worked. */
  readonly fault: string | undefined;
}

export interface WorkloadTrial {
  readonly workload: string;
  readonly clients: readonly string[];
  readonly original: Run;
  /** Hardened, on the volumes that the original left; undefined when it could not be tried. */
  readonly oldData: Run | undefined;
  /** Hardened, on empty volumes. */
  readonly hardened: Run | undefined;
  /** Of each hardened container. */
  readonly controls: readonly Controls[];
}

const ORIGINAL = 'docker-compose.yml';
const HARDENED = 'docker-compose.hardened.yml';

/** Runs a copy of the workload as it is, hardens it, and runs it on the data from before and on none. */
export async function tryWorkload(
  engine: Engine,
  workload: Workload,
  signal: AbortSignal,
): Promise<WorkloadTrial> {
  const temporary = mkdtempSync(join(tmpdir(), `harden-lab-${workload.name}-`));
  const [folder, fresh] = [join(temporary, 'used'), join(temporary, 'fresh')];
  const name = `lab-${workload.name}`;
  const start = (file: string): Promise<ComposeProject> =>
    startProject(engine, name, folder, file, workload.healthInterval, signal);
  const all = { workload: workload.name, clients: clientsOf(workload) };
  const nothing = { oldData: undefined, hardened: undefined, controls: [] };
  try {
    for (const place of [folder, fresh]) copy(workload, place);
    let log = '';
    const original = await run(async () => {
      log = await useTwice(await start(ORIGINAL), workload);
    });
    if (original.fault !== undefined) return { ...all, ...nothing, original };
    const written = await run(() => hardenCopy(fresh));
    if (written.fault !== undefined) return { ...all, ...nothing, original, hardened: written };
    // What the original wrote beside its files stays.
    cpSync(fresh, folder, { recursive: true, force: false });
    const oldData = await run(async () => {
      const project = await start(HARDENED);
      await project.untilUp();
      await project.take(workload.again);
      await endWell(project, workload, log);
    });
    await removeProject(engine, name, folder);
    rmSync(folder, { recursive: true });
    cpSync(fresh, folder, { recursive: true });
    const controls: Controls[] = [];
    const hardened = await run(async () => {
      const project = await start(HARDENED);
      await useTwice(project, workload, log);
      for (const container of await project.containers())
        if (container.State.Status === 'running') controls.push(await controlsOf(engine, container));
    });
    return { ...all, original, oldData, hardened, controls };
  } finally {
    await removeProject(engine, name, folder);
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** The runs, as checks; what could not be tried is none. */
export function checksOf({ original, hardened, oldData }: WorkloadTrial): readonly Check[] {
  return [
    { name: 'the original works', ...original },
    ...(hardened === undefined ? [] : [{ name: 'works hardened', ...hardened }]),
    ...(oldData === undefined ? [] : [{ name: 'works hardened on the data from before', ...oldData }]),
  ];
}

async function run(work: () => Promise<void>): Promise<Run> {
  try {
    await work();
    return { fault: undefined };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

function copy(workload: Workload, folder: string): void {
  cpSync(workload.folder, folder, { recursive: true });
  rmSync(join(folder, 'workload.json'));
}

/** Before and after a restart; returns what was logged. */
async function useTwice(project: ComposeProject, workload: Workload, before?: string): Promise<string> {
  await project.untilUp();
  await project.take(workload.steps);
  await project.restart();
  await project.take(workload.again);
  return endWell(project, workload, before);
}

/** All is still up, and nothing was refused that was not before. */
async function endWell(project: ComposeProject, workload: Workload, before?: string): Promise<string> {
  await project.untilUp();
  const log = await project.log();
  const refused = before === undefined ? [] : newRefusals(before, log, workload.tolerates);
  if (refused.length > 0) throw new Error(`new in the log:\n${refused.join('\n')}`);
  return log;
}

/** Runs the built command line on the copy, as a user would. */
async function hardenCopy(folder: string): Promise<void> {
  const { code, stdout, stderr } = await harden(folder, ['--write', '--phase', '2']);
  if (code !== 0) throw new Error(`harden: exit code ${code}: ${lastLines(stderr || stdout)}`);
  if (!existsSync(join(folder, HARDENED))) throw new Error(`nothing was written:\n${lastLines(stdout)}`);
}
