import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleTracer } from '../../../src/learn/live/bundle.js';
import { tracedService, type Inspected as Started } from '../../../src/learn/live/service.js';
import { assumedCalls, type Tracer } from '../../../src/learn/live/tracer.js';
import { mergeRecordings, readRecording } from '../../../src/learn/read.js';
import { addRecording } from '../../../src/learn/update-needs.js';
import { lastLines } from '../../../src/io/process.js';
import type { ComposeModel } from '../../../src/verify/compose/model.js';
import { harden } from '../../support/command.js';
import { createChecks } from '../checks.js';
import { removeProject, startProject, type ComposeProject } from '../compose-project.js';
import { serviceOf, type Inspected } from '../controls.js';
import type { Engine } from '../engine.js';
import { newRefusals } from '../refusals.js';
import type { Check } from '../trial.js';
import type { Workload } from '../workload.js';
import { FORBIDDEN, tryForbidden } from './forbidden.js';

/** A workload, and the service of it that is recorded. */
export interface Recorded {
  readonly workload: Workload;
  readonly service: string;
}

export interface LearnTrial {
  readonly name: string;
  readonly checks: readonly Check[];
  /** System calls of x86-64 that are allowed: by the engine's default profile, and by the workload's own. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** By the profile of its kind, without a recording; undefined where its kind is not known. */
  readonly kind: number | undefined;
  /** Calls that were seen. */
  readonly seen: number | undefined;
}

const ORIGINAL = 'docker-compose.yml';
const HARDENED = 'docker-compose.hardened.yml';
const TRACED = 'docker-compose.traced.json';

/** Records what a workload does while its clients use it, and uses it again with the profile that is made of it. */
export async function tryLearning(
  engine: Engine,
  { workload, service }: Recorded,
  tracer: Tracer,
  signal: AbortSignal,
): Promise<LearnTrial> {
  const temporary = mkdtempSync(join(tmpdir(), `harden-lab-learn-${workload.name}-`));
  const project = `lab-learn-${workload.name}`;
  const { check, checks } = createChecks(() => removeProject(engine, project, temporary));
  const figures: { before?: number; after?: number; kind?: number | undefined; seen?: number } = {};
  const start = (folder: string, file: string): Promise<ComposeProject> =>
    startProject(engine, project, folder, file, workload.healthInterval, signal);
  const copy = (name: string): string => {
    const folder = join(temporary, name);
    cpSync(workload.folder, folder, { recursive: true });
    rmSync(join(folder, 'workload.json'));
    return folder;
  };
  let log = '';
  let started: Started | undefined;
  try {
    const original = copy('original');
    const works = await check('the original works, and may do what is forbidden', async () => {
      const running = await start(original, ORIGINAL);
      log = await use(running, workload);
      const container = await containerOf(running, service);
      started = container as Inspected & Started;
      const tried = await tryForbidden(engine, container.Id);
      if (tried.get('ptrace') !== 'allowed') throw new Error(`ptrace: ${tried.get('ptrace') ?? 'not tried'}`);
    });
    if (!works || started === undefined) return { name: workload.name, checks, ...nothing, ...figures };

    const ofKind = copy('kind');
    await check('it works with the profile of its kind', async () => {
      figures.kind = (await hardened(ofKind))?.after;
      if (figures.kind !== undefined) await compare(await start(ofKind, HARDENED), workload, log);
    });

    const output = join(temporary, 'recording');
    const recorded = await check('it works while it is recorded', async () => {
      await record(engine, project, original, service, started!, tracer, output, async () => {
        await use(await start(original, TRACED), workload);
      });
    });
    if (!recorded) return { name: workload.name, checks, ...nothing, ...figures };

    const own = copy('own');
    const enforced = await check('its recording is read, and a profile made of it', async () => {
      figures.seen = await keep(own, service, output);
      const made = await hardened(own);
      if (made === undefined) throw new Error('no profile was written');
      [figures.after, figures.before] = [made.after, made.before];
    });
    if (!enforced) return { name: workload.name, checks, ...nothing, ...figures };
    let refused: ReadonlyMap<string, string> = new Map();
    let readOnly = false;
    await check('it works with the profile in force', async () => {
      const running = await start(own, HARDENED);
      await compare(running, workload, log);
      const container = await containerOf(running, service);
      const status = readFileSync(`/proc/${container.State.Pid}/status`, 'utf8');
      if (!/^Seccomp:\s+2$/m.test(status)) throw new Error('no filter is in force');
      readOnly = container.HostConfig.ReadonlyRootfs;
      refused = await tryForbidden(engine, container.Id);
    });
    // Where harden leaves the root writable (it knows of no other place for what is written), nothing is promised.
    for (const action of FORBIDDEN.filter((one) => readOnly || one !== 'write outside')) {
      const outcome = refused.get(action) ?? 'not tried';
      checks.push({
        name: `${action} is refused`,
        fault: outcome.startsWith('refused') ? undefined : outcome,
      });
    }
    return { name: workload.name, checks, ...nothing, ...figures };
  } finally {
    await removeProject(engine, project, temporary);
    rmSync(temporary, { recursive: true, force: true });
  }
}

const nothing = { before: undefined, after: undefined, kind: undefined, seen: undefined };

/** Runs the built command line on a copy; returns what the profile allows, undefined where none was written. */
async function hardened(
  folder: string,
): Promise<{ readonly after: number; readonly before: number } | undefined> {
  const { code, stdout, stderr } = await harden(folder, ['--write', '--phase', '3', '--skip', 'pin-image']);
  if (code !== 0) throw new Error(`harden: exit code ${code}: ${lastLines(stderr || stdout)}`);
  const told = /allows (\d+) of the (\d+) system calls/.exec(stdout);
  return told === null ? undefined : { after: Number(told[1]), before: Number(told[2]) };
}

/** Uses it as the original was used: nothing may be in its log that was not before. */
async function compare(project: ComposeProject, workload: Workload, before: string): Promise<void> {
  const news = newRefusals(before, await use(project, workload), workload.tolerates);
  if (news.length > 0) throw new Error(`new in the log:\n${news.join('\n')}`);
}

/** Before and after a restart; returns what was logged. */
async function use(project: ComposeProject, workload: Workload): Promise<string> {
  await project.untilUp();
  await project.take(workload.steps);
  await project.restart();
  await project.take(workload.again);
  await project.untilUp();
  return project.log();
}

async function containerOf(project: ComposeProject, service: string): Promise<Inspected> {
  const found = (await project.containers()).find((container) => serviceOf(container) === service);
  if (found === undefined) throw new Error(`no container of ${service}`);
  return found;
}

/** Writes the project with strace before what the service starts, and has it used. */
async function record(
  engine: Engine,
  project: string,
  folder: string,
  service: string,
  started: Started,
  tracer: Tracer,
  output: string,
  work: () => Promise<void>,
): Promise<void> {
  const binaries = `${output}.bin`;
  mkdirSync(output);
  chmodSync(output, 0o777);
  const program = await bundleTracer(tracer, binaries);
  const asked = await engine.must(
    ['compose', '--project-name', project, '--file', ORIGINAL, 'config', '--format', 'json'],
    {
      cwd: folder,
    },
  );
  const model = JSON.parse(asked) as ComposeModel;
  const traced = tracedService(model.services[service]!, started, program, { full: false, binaries, output });
  const services = { ...model.services, [service]: traced };
  writeFileSync(join(folder, TRACED), JSON.stringify({ ...model, services }));
  await work();
}

/** Puts the recording into the needs file of a copy; returns how many calls were seen. */
async function keep(folder: string, service: string, output: string): Promise<number> {
  const read = await Promise.all(
    readdirSync(output).map((file) =>
      readRecording(join(output, file), { assumed: assumedCalls({ full: false }) }),
    ),
  );
  const recordings = read.map((result) => {
    if (!result.ok) throw new Error(`the recording ${result.reason}`);
    return result.recording;
  });
  const recording = mergeRecordings(recordings);
  if (recording.gaps.length > 0) throw new Error(recording.gaps.join('; '));
  const date = new Date().toISOString().slice(0, 10);
  const text = addRecording(undefined, { file: ORIGINAL, service }, recording, date);
  writeFileSync(join(folder, 'harden.needs.yml'), text);
  return recording.systemCalls.length;
}
