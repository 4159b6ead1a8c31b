import { mkdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { messageOf } from '../../core/errors.js';
import { failed, passed, skipped, type Check } from '../check.js';
import type { Diagnosis } from '../diagnosis.js';
import type { VerifyOptions } from '../options.js';
import type { Pair, WorkingCopy } from '../subject.js';
import { told } from '../told.js';
import { isMissing, type Command } from '../tools.js';
import { withBuildOptions } from './builds.js';
import { compareSights, isWell, notInForce, WHOLE, type Fault } from './compare.js';
import { diagnose, type Case } from './diagnose.js';
import { composeConfig } from './config.js';
import { composeFiles } from './files.js';
import { mapValues, type ComposeModel } from './model.js';
import { firstPace, paceOf } from './pace.js';
import { secretValues, withoutValues } from './secrets.js';
import { stepsOf } from './steps.js';
import { tryProject, type ServiceSight, type Sight, type TrialOptions, type TrialSettings } from './trial.js';

export interface RunOptions extends VerifyOptions {
  readonly allowHost: boolean;
  readonly smoke: string | undefined;
  /** How long a project may take to be up, in milliseconds. */
  readonly patience: number;
  /** How long a service has to stay up, in milliseconds. */
  readonly settle: number;
  /** Whether a fault's cause is looked for. */
  readonly explain: boolean;
  /** What was seen of originals in earlier rounds, by their models: mends don't change them. */
  readonly originals: Map<string, Sight>;
  /** Tells what is under way. */
  say(text: string): void;
}

const NAME = 'the hardened project works as the original does';

/** Starts each Compose project as it was and as it is hardened, compares what both do, and explains what fails. */
export async function* composeChecks(
  copy: WorkingCopy,
  options: RunOptions,
): AsyncGenerator<Check | Diagnosis> {
  const pairs = copy.pairs.filter(({ format }) => format === 'compose');
  const { engine, composeUp } = options.tools;
  const done = new Set<string>();
  for (const pair of pairs) {
    const missing = [engine, composeUp].find(isMissing);
    if (missing !== undefined) {
      yield skipped('run', pair.path, NAME, missing.missing);
      continue;
    }
    const files = composeFiles(pair, copy);
    const key = files.original.join('\n');
    if (done.has(key)) continue;
    done.add(key);
    if (options.signal.aborted) return;
    yield* projectChecks(pair, files, copy, options);
  }
}

async function* projectChecks(
  pair: Pair,
  files: ReturnType<typeof composeFiles>,
  copy: WorkingCopy,
  options: RunOptions,
): AsyncGenerator<Check | Diagnosis> {
  const { engine, composeUp: compose } = options.tools;
  if (isMissing(engine) || isMissing(compose)) return;
  const projectFolder = join(copy.folder, dirname(files.original[0]!));
  const read = (paths: readonly string[]): Promise<ComposeModel | string> =>
    readModel(compose, paths, copy, options);
  const [asked, written] = [await read(files.original), await read(files.hardened)];
  if (typeof asked === 'string') {
    yield skipped('run', pair.path, NAME, `the original can't be read: ${asked}`);
    return;
  }
  if (typeof written === 'string') {
    yield failed('run', pair.path, NAME, written);
    return;
  }
  const builds = { secrets: options.secrets.map(absolute), network: options.buildNetwork };
  const original = withBuildOptions(asked, builds);
  const hardened = withBuildOptions(withHardenedImages(written, copy), builds);
  const scratch = join(copy.folder, '.harden-verify');
  mkdirSync(scratch, { recursive: true });
  const settings: TrialSettings = {
    ...options,
    engine,
    compose,
    folder: copy.folder,
    projectFolder,
    scratch,
    images: new Set(),
  };
  const known = options.originals.get(JSON.stringify(original));
  if (known === undefined) options.say(`${pair.path}: starting the original`);
  const before = known ?? (await tryProject(original, settings, { variant: 'original' }));
  if (options.signal.aborted) return;
  options.originals.set(JSON.stringify(original), before);
  options.say(`${pair.path}: starting the hardened project`);
  const pace = paceOf(before, options.patience);
  const { listening } = firstPace(options.patience);
  const after = await tryProject(hardened, settings, { variant: 'hardened', pace: { ...pace, listening } });
  if (options.signal.aborted) return;
  const { faults, undecided } = compareSights(before, after);
  const secrets = [...new Set([...secretValues(original), ...secretValues(hardened)])];
  const tell = (text: string): string => told(withoutValues(text, secrets), copy);
  for (const [service, reason] of after.left)
    yield skipped('run', named(pair, service), WORKS, `${reason}: --allow-host starts it too`);
  let trials = 0;
  const project: Case = {
    copy,
    original,
    hardened,
    before,
    pace,
    pairs: copy.pairs.filter(({ path }) => files.original.includes(path)),
    attempt: (model, more: TrialOptions) => {
      trials += 1;
      options.say(`${pair.path}: looking for the cause, trial ${trials}`);
      options.signal.throwIfAborted();
      return tryProject(model, settings, more);
    },
    filesChanged: async (id) => (await engine.call(['diff', id], { timeout: 20_000 })).stdout,
  };
  const inForce = notInForce(hardened, after);
  const own = faults.filter(({ service }) => service !== WHOLE);
  for (const service of [...after.services.keys(), WHOLE]) {
    const subject = named(pair, service);
    const mine = faults.filter((fault) => fault.service === service);
    for (const { says } of undecided.filter((one) => one.service === service))
      yield skipped('run', subject, WORKS, tell(says));
    for (const { says } of mine) yield failed('run', subject, WORKS, tell(withLog(says, after, service)));
    if (mine.length === 0) yield* good(subject, before, after, service);
    const missing = inForce.get(service);
    if (missing !== undefined)
      yield missing.length === 0
        ? passed('run', subject, IN_FORCE, describeInside(after.services.get(service)!))
        : failed('run', subject, IN_FORCE, missing.join('; '));
    // A service's own fault is what the whole shows too.
    const [fault] = service === WHOLE && own.length > 0 ? [] : mine;
    if (fault !== undefined && options.explain)
      yield* explained(fault, subject, project, tell, options.signal);
  }
}

const WORKS = 'it works as before';
const IN_FORCE = 'what the file asks for is in force';

async function* explained(
  fault: Fault,
  subject: string,
  project: Case,
  tell: (text: string) => string,
  signal: AbortSignal,
): AsyncGenerator<Check | Diagnosis> {
  if (stepsOf(project.original, project.hardened).length === 0) return;
  try {
    const diagnosis = await diagnose(fault, project);
    const cause = diagnosis.cause.map(tell);
    yield { ...diagnosis, subject, cause, symptom: tell(diagnosis.symptom) };
  } catch (error) {
    if (!signal.aborted) yield skipped('run', subject, 'its cause is found', tell(messageOf(error)));
  }
}

/** A secret's file is found from where the user is, not from the project. */
function absolute(secret: string): string {
  return secret.replace(
    /(^|,)(src|source)=([^,]+)/,
    (_, comma: string, key: string, path: string) => `${comma}${key}=${resolve(path)}`,
  );
}

function named(pair: Pair, service: string): string {
  return service === WHOLE ? pair.path : `${pair.path}: ${service}`;
}

function* good(subject: string, before: Sight, after: Sight, service: string): Generator<Check> {
  const [was, is] = [before.services.get(service), after.services.get(service)];
  if (was !== undefined && is !== undefined && isWell(was) && isWell(is))
    yield passed('run', subject, WORKS, describe(is));
  if (service === WHOLE && before.smoke?.ok === true && after.smoke?.ok === true)
    yield passed('run', subject, 'the smoke test succeeds as before');
}

function describe({ says, ports }: ServiceSight): string {
  const reached = ports.map(({ target, reach, status }) =>
    status === undefined ? `port ${target} ${reach}` : `port ${target} answers ${status}`,
  );
  return [says, ...reached].join(', ');
}

function describeInside({ inside }: ServiceSight): string {
  if (inside === undefined) return '';
  const { uid, bounding, noNewPrivileges, readOnlyRoot, tmpfs } = inside;
  return [
    `user ${uid}`,
    bounding.length === 0 ? 'no capabilities' : `capabilities ${bounding.join(', ')}`,
    ...(noNewPrivileges ? ['no new privileges'] : []),
    ...(readOnlyRoot ? ['read-only root'] : []),
    ...(tmpfs.size === 0 ? [] : [`tmpfs ${[...tmpfs.keys()].join(', ')}`]),
  ].join(', ');
}

/** What it printed last says more than that it ended. */
function withLog(says: string, after: Sight, service: string): string {
  const log = after.services.get(service)?.log.trim().split('\n').slice(-6).join('\n') ?? '';
  return log === '' ? says : `${says}\n${log}`;
}

async function readModel(
  compose: Command,
  files: readonly string[],
  copy: WorkingCopy,
  options: VerifyOptions,
): Promise<ComposeModel | string> {
  const request = { files, folder: dirname(files[0]!), options: ['--format', 'json'] };
  const { code, stdout, stderr } = await composeConfig(compose, request, copy, options);
  if (code !== 0) return told(stderr || stdout, copy);
  return JSON.parse(stdout) as ComposeModel;
}

/** Where a file was changed in place its name is the original's: what is built from it is built from the variant here. */
function withHardenedImages(model: ComposeModel, copy: WorkingCopy): ComposeModel {
  const variants = new Map(
    copy.pairs
      .filter(({ from }) => from === 'in-place')
      .map(({ path, hardenedPath }) => [resolve(copy.folder, path), resolve(copy.folder, hardenedPath)]),
  );
  const services = mapValues(model.services, (service) => {
    const { build } = service;
    if (build?.context === undefined) return service;
    const variant = variants.get(resolve(build.context, build.dockerfile ?? 'Dockerfile'));
    if (variant === undefined) return service;
    return { ...service, build: { ...build, dockerfile: relative(build.context, variant) } };
  });
  return { ...model, services: services ?? {} };
}
