import { writeFileSync, copyFileSync, existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { ComposeDocument } from '../../formats/compose/document.js';
import { fewest, guilty } from '../bisect.js';
import type { Diagnosis, Mend } from '../diagnosis.js';
import type { Pair, WorkingCopy } from '../subject.js';
import { changedService, changedText, overrideOf, pathOf, sayChange, type Change } from './changes.js';
import { compareSights, WHOLE, type Fault } from './compare.js';
import { dockerfileSteps, dockerfileWith, type DockerfileStep } from './dockerfile-steps.js';
import type { ComposeModel, ServiceModel } from './model.js';
import type { Pace } from './pace.js';
import { plannedEntries } from './planned.js';
import { describeStep, mixed, stepsOf, type Step } from './steps.js';
import type { Sight, TrialOptions } from './trial.js';
import { writtenPaths } from './written.js';

/** A project in both variants, and a way to try any other. */
export interface Case {
  readonly copy: WorkingCopy;
  readonly original: ComposeModel;
  readonly hardened: ComposeModel;
  /** What was seen of the original. */
  readonly before: Sight;
  readonly pace: Pace;
  /** The project's files that have a hardened variant. */
  readonly pairs: readonly Pair[];
  attempt(model: ComposeModel, options: TrialOptions): Promise<Sight>;
  /** What the changes of an image's files in a container are, as `docker diff` prints them. */
  filesChanged(id: string): Promise<string>;
}

/** Finds what a fault comes from, by trying parts of what changed, and what mends it. */
export async function diagnose(fault: Fault, project: Case): Promise<Diagnosis> {
  const { original, hardened } = project;
  const steps = stepsOf(original, hardened);
  const own = steps.filter(({ service }) => service === fault.service);
  const works = async (chosen: readonly Step[]): Promise<boolean> =>
    // That all of them fail is known.
    chosen.length < steps.length &&
    isAsBefore(project, fault, await attempt(project, fault, mixed(original, hardened, chosen)));
  // What another service does may stop this one.
  const suspects = fault.service === WHOLE || (await works(own)) ? steps : own;
  const found = await guilty(suspects, works);
  const [step] = found;
  if (step === undefined) throw new Error('nothing was found to blame');
  const diagnosis = {
    subject: fault.service === WHOLE ? project.pairs[0]!.path : fault.service,
    cause: found.map((one) => described(one, project)),
    symptom: fault.says,
    evidence: found.flatMap((one) => believed(one, project)),
  };
  if (step.keys.includes('build') && found.length === 1) {
    const image = await diagnoseImage(fault, step, project, suspects);
    if (image !== undefined) return { ...diagnosis, ...image };
  }
  return { ...diagnosis, mend: await mendFor(fault, found, project, suspects) };
}

function described(step: Step, { original, hardened }: Case): string {
  return `${step.service}: ${describeStep(step, original, hardened)}`;
}

function believed(step: Step, { pairs }: Case): Diagnosis['evidence'] {
  return pairs
    .filter(({ format }) => format === 'compose')
    .flatMap((pair) => plannedEntries(step, pair))
    .flatMap(({ finding }) => finding.evidence);
}

function attempt(
  project: Case,
  { service }: Fault,
  model: ComposeModel,
  more: Partial<TrialOptions> = {},
): Promise<Sight> {
  const only = service === WHOLE ? {} : { only: [service] };
  return project.attempt(model, { variant: 'mixed', pace: project.pace, ...only, ...more });
}

/** True when a trial shows none of the faults of the same service. */
function isAsBefore({ before }: Case, { service }: Fault, sight: Sight): boolean {
  const services = new Map([...before.services].filter(([name]) => service === WHOLE || name === service));
  const { faults } = compareSights({ ...before, services }, sight);
  return service === WHOLE
    ? faults.length === 0
    : !faults.some((fault) => fault.service === service || fault.service === WHOLE);
}

/** Tries what may mend a step; the smallest change that does. */
async function mendFor(
  fault: Fault,
  found: readonly Step[],
  project: Case,
  suspects: readonly Step[],
): Promise<Mend | undefined> {
  const [step] = found;
  const { service: name, keys } = step!;
  const takeBack: Change = { kind: 'take-back', keys };
  const works = async (changes: readonly Change[]): Promise<boolean> =>
    isAsBefore(project, fault, await attempt(project, fault, withChanges(project, suspects, name, changes)));
  const changes =
    found.length > 1 ? [takeBack] : ((await candidate(fault, step!, project, suspects, works)) ?? [takeBack]);
  if (found.length > 1) {
    // Each of them is needed: all go back.
    const all = found.every((one) => one.service === name) ? found.flatMap((one) => one.keys) : keys;
    changes[0] = { kind: 'take-back', keys: all };
  }
  return written(name, changes, found, project);
}

function withChanges(
  { original, hardened }: Case,
  suspects: readonly Step[],
  name: string,
  changes: readonly Change[],
): ComposeModel {
  const model = mixed(original, hardened, suspects);
  const service = changedService(model.services[name]!, original.services[name] ?? {}, changes);
  return { ...model, services: { ...model.services, [name]: service } };
}

type Try = (changes: readonly Change[]) => Promise<boolean>;

/** What is better than to take the step back; undefined where nothing is. */
async function candidate(
  fault: Fault,
  step: Step,
  project: Case,
  suspects: readonly Step[],
  works: Try,
): Promise<Change[] | undefined> {
  if (step.keys.includes('cap_drop') || step.keys.includes('cap_add'))
    return capabilities(step, project, works);
  if (step.keys.includes('read_only') || step.keys.includes('tmpfs'))
    return places(fault, step, project, suspects, works);
  return undefined;
}

/** What a container has unless something is dropped: https://docs.docker.com/engine/containers/run/ */
const USUAL = [
  ...['CHOWN', 'SETUID', 'SETGID', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'NET_BIND_SERVICE', 'SETPCAP'],
  ...['SYS_CHROOT', 'SETFCAP', 'MKNOD', 'NET_RAW', 'AUDIT_WRITE'],
];

async function capabilities({ service }: Step, project: Case, works: Try): Promise<Change[] | undefined> {
  const plain = (name: string): string => name.replace(/^CAP_/, '');
  const had = (project.original.services[service]?.cap_add ?? []).map(plain);
  const has = (project.hardened.services[service]?.cap_add ?? []).map(plain);
  const names = [...new Set([...USUAL, ...had])].filter((name) => !has.includes(name));
  const change = (chosen: readonly string[]): Change[] => [{ kind: 'capabilities', names: chosen }];
  const needed = await fewest(names, (chosen) => works(change(chosen)));
  return needed === undefined ? undefined : change(needed);
}

/** Paths that are to be writable, or to be executed from. */
async function places(
  fault: Fault,
  step: Step,
  project: Case,
  suspects: readonly Step[],
  works: Try,
): Promise<Change[] | undefined> {
  const { service } = step;
  const tmpfs = project.hardened.services[service]?.tmpfs ?? [];
  const bare = tmpfs.filter((entry) => /[:,]noexec\b/.test(entry) || !/[:,]exec\b/.test(entry)).map(pathOf);
  const executable = (paths: readonly string[]): Change[] =>
    paths.length === 0 ? [] : [{ kind: 'executable', paths }];
  const unpacked = await fewest(bare, (paths) => works(executable(paths)));
  if (unpacked !== undefined) return executable(unpacked);
  const paths = await pathsWritten(fault, step, project, suspects);
  const writable = (chosen: readonly string[]): Change[] =>
    chosen.length === 0 ? [] : [{ kind: 'writable', paths: chosen }];
  const needed = await fewest(paths, (chosen) => works(writable(chosen)));
  if (needed !== undefined) return writable(needed);
  const both = [...writable(paths), ...executable(bare)];
  return both.length > 1 && (await works(both)) ? both : undefined;
}

/** What the service writes when its root is as before, outside what is mounted. */
async function pathsWritten(
  fault: Fault,
  step: Step,
  project: Case,
  suspects: readonly Step[],
): Promise<readonly string[]> {
  const model = mixed(
    project.original,
    project.hardened,
    suspects.filter((one) => one !== step),
  );
  let changed = '';
  await attempt(project, fault, model, {
    ask: async (idOf) => {
      const id = idOf(step.service);
      if (id !== undefined) changed = await project.filesChanged(id);
    },
  });
  const service: ServiceModel = project.hardened.services[step.service] ?? {};
  const mounted = [
    ...(service.volumes ?? []).map(({ target }) => target),
    ...(service.tmpfs ?? []).map(pathOf),
  ];
  return writtenPaths(changed, mounted);
}

function written(
  name: string,
  changes: readonly Change[],
  found: readonly Step[],
  project: Case,
): Mend | undefined {
  const pair = project.pairs.find(
    ({ format, plan }) => format === 'compose' && declares(plan.original, name),
  );
  if (pair === undefined) return undefined;
  const madeBy = [...new Set(found.flatMap((step) => plannedEntries(step, pair)).map(({ meta }) => meta.id))];
  const original = pair.plan.original as ComposeDocument;
  return {
    says: `it works ${changes.map(sayChange).join(' and ')}`,
    path: pair.path,
    override: overrideOf(name, changes, madeBy),
    apply: (text) => changedText(pair.path, text, name, changes, original),
  };
}

function declares(document: Pair['plan']['original'], name: string): boolean {
  return (document as ComposeDocument).services.some((service) => service.name === name);
}

/** Which of a Dockerfile's changes it is. */
async function diagnoseImage(
  fault: Fault,
  { service }: Step,
  project: Case,
  suspects: readonly Step[],
): Promise<Pick<Diagnosis, 'cause' | 'evidence' | 'mend'> | undefined> {
  const pair = dockerfilePair(project, service);
  if (pair === undefined) return undefined;
  const steps = dockerfileSteps(pair);
  let count = 0;
  const works = async (chosen: readonly DockerfileStep[]): Promise<boolean> => {
    const name = `${pair.hardenedPath}.trial-${(count += 1)}`;
    const file = join(project.copy.folder, name);
    writeFileSync(file, dockerfileWith(pair.original, chosen));
    const ignored = join(project.copy.folder, `${pair.hardenedPath}.dockerignore`);
    if (existsSync(ignored)) copyFileSync(ignored, `${file}.dockerignore`);
    const model = mixed(project.original, project.hardened, suspects);
    const built = model.services[service]!;
    const context = built.build?.context ?? project.copy.folder;
    const build = { ...built.build, dockerfile: relative(context, file) };
    const services = { ...model.services, [service]: { ...built, build } };
    return isAsBefore(project, fault, await attempt(project, fault, { ...model, services }));
  };
  if (steps.length === 0) return undefined;
  const found = await guilty(steps, works);
  const ids = [...new Set(found.flatMap(({ id }) => id ?? []))];
  return {
    cause: found.map(({ id, says }) => `${pair.path}: ${says}${id === undefined ? '' : ` (${id})`}`),
    evidence: found.flatMap(({ evidence }) => evidence),
    mend: {
      says: `it works without ${found.length === 1 ? 'this change' : 'these changes'} to ${pair.path}`,
      path: pair.path,
      override: ids.length === 0 ? undefined : { skip: ids },
      apply: (text) => {
        const rest = steps.filter((step) => !found.includes(step));
        return text === pair.hardened
          ? { ok: true, text: dockerfileWith(pair.original, rest) }
          : { ok: false, reason: 'it has changed since it was tried' };
      },
    },
  };
}

/** The Dockerfile that a service of the hardened project builds, with its original. */
function dockerfilePair({ copy, hardened }: Case, service: string): Pair | undefined {
  const { context, dockerfile } = hardened.services[service]?.build ?? {};
  if (context === undefined) return undefined;
  const path = relative(copy.folder, resolve(context, dockerfile ?? 'Dockerfile'));
  return copy.pairs.find(({ hardenedPath }) => hardenedPath === path);
}
