import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from '../../io/process.js';
import type { Command, Engine } from '../tools.js';
import { containerIds, inspect, serviceOf, stateOf, type Container, type State } from './containers.js';
import { denials } from './denials.js';
import { withSoonerImageChecks } from './image-checks.js';
import { lookInside, type Inside } from './inside.js';
import { isolate, type Isolated } from './isolate.js';
import type { ComposeModel } from './model.js';
import { firstPace, type Pace } from './pace.js';
import { probePort, type Probe } from './probe.js';
import { smokeTest } from './smoke.js';
import { makeStandIns } from './stand-ins.js';
import { takeDown } from './take-down.js';

/** What trials of a project have in common. */
export interface TrialSettings {
  readonly engine: Engine;
  readonly compose: Command;
  /** The folder of the tree's copy. */
  readonly folder: string;
  /** The folder of the project in it, whose `.env` is read. */
  readonly projectFolder: string;
  /** For what the trials write. */
  readonly scratch: string;
  /** Whose containers these are, in a label. */
  readonly owner: string;
  readonly allowHost: boolean;
  readonly envFiles: readonly string[];
  readonly buildArgs: readonly string[];
  /** Tags of the images that earlier trials built. */
  readonly images: Set<string>;
  /** The user's own check, for a shell. */
  readonly smoke: string | undefined;
  /** How long a project may take to be up, in milliseconds. */
  readonly patience: number;
  /** How long a service must have run to count as up, in milliseconds. */
  readonly settle: number;
  readonly signal: AbortSignal;
}

export interface PortProbe extends Probe {
  readonly target: number;
  /** The port of this machine. */
  readonly published: number;
  /** How long it took to be reached, in milliseconds. */
  readonly after: number;
}

/** What was seen of a service. */
export interface ServiceSight {
  readonly state: State;
  /** As a sentence: `it ended with exit code 1`. */
  readonly says: string;
  readonly id: string | undefined;
  readonly ports: readonly PortProbe[];
  readonly inside: Inside | undefined;
  readonly log: string;
  readonly denied: readonly string[];
  /** How often it was started again. */
  readonly restarts: number;
}

export interface Sight {
  readonly services: ReadonlyMap<string, ServiceSight>;
  /** Why nothing could be started. */
  readonly trouble: string | undefined;
  /** The user's check; undefined where there is none. */
  readonly smoke: { readonly ok: boolean; readonly output: string } | undefined;
  readonly left: ReadonlyMap<string, string>;
  /** How long it took to come to rest, in milliseconds. */
  readonly took: number;
}

export interface TrialOptions {
  /** `original`, `hardened`: for the names of what is made. */
  readonly variant: string;
  /** Only these services and what they depend on. */
  readonly only?: readonly string[];
  /** By default that of a slow start. */
  readonly pace?: Pace;
  /** Changes the project after it was set apart: what it mounts is mounted as it says. */
  readonly alter?: (model: ComposeModel) => ComposeModel;
  /** What is asked of the running project before it goes: of a service's container. */
  readonly ask?: (id: (service: string) => string | undefined) => Promise<void>;
}

let count = 0;

/** Starts a project apart from all others, looks at it, and takes it away with all that it made. */
export async function tryProject(
  model: ComposeModel,
  settings: TrialSettings,
  options: TrialOptions,
): Promise<Sight> {
  const project = `${settings.owner}-${(count += 1)}`;
  const scratch = join(settings.scratch, project);
  mkdirSync(scratch, { recursive: true });
  const isolated = isolate(model, scratch, settings);
  const file = join(scratch, 'compose.json');
  writeFileSync(file, JSON.stringify(isolated.model), { mode: 0o600 });
  const compose: Compose = (args, timeout) =>
    settings.compose.call(
      [
        ...['--project-name', project, '--project-directory', settings.projectFolder, '--file', file],
        ...settings.envFiles.flatMap((path) => ['--env-file', path]),
        ...args,
      ],
      { timeout, signal: settings.signal },
    );
  try {
    if (Object.keys(isolated.model.services).length === 0) return nothing(isolated, undefined);
    await makeStandIns(isolated.standIns, settings.signal);
    const trouble = await build(isolated, compose, settings);
    if (trouble !== undefined) return nothing(isolated, trouble);
    const altered = options.alter?.(isolated.model) ?? isolated.model;
    const checked = await withSoonerImageChecks(altered, settings.engine, settings.signal);
    writeFileSync(file, JSON.stringify(checked), { mode: 0o600 });
    return await watch(isolated, project, compose, settings, options);
  } finally {
    await takeDown(settings.engine, project);
  }
}

type Compose = (args: readonly string[], timeout: number) => ReturnType<Command['call']>;

const BUILD_PATIENCE = 30 * 60_000;

/** Builds what was not built for an earlier trial; returns why that can't be done. */
async function build(
  { built }: Isolated,
  compose: Compose,
  { buildArgs, images }: TrialSettings,
): Promise<string | undefined> {
  const missing = built.filter(({ image }) => !images.has(image));
  if (missing.length === 0) return undefined;
  const args = buildArgs.flatMap((arg) => ['--build-arg', arg]);
  const names = missing.map(({ service }) => service);
  const { code, stdout, stderr } = await compose(['build', '--quiet', ...args, ...names], BUILD_PATIENCE);
  if (code !== 0) return `it doesn't build:\n${lastLines(stderr || stdout)}`;
  for (const { image } of missing) images.add(image);
  return undefined;
}

function nothing({ left }: Isolated, trouble: string | undefined): Sight {
  return { services: new Map(), trouble, smoke: undefined, left, took: 0 };
}

async function watch(
  isolated: Isolated,
  project: string,
  compose: Compose,
  settings: TrialSettings,
  options: TrialOptions,
): Promise<Sight> {
  const { pace = firstPace(settings.patience) } = options;
  const began = Date.now();
  const up = await compose(
    ['up', '--detach', '--no-build', '--quiet-pull', ...(options.only ?? [])],
    pace.up,
  );
  const names = options.only === undefined ? Object.keys(isolated.model.services) : options.only;
  const containers = await settle(settings, project, pace, pace.up - (Date.now() - began));
  const took = Date.now() - began;
  if (containers.size === 0 && up.code !== 0)
    return nothing(isolated, `it doesn't start:\n${lastLines(up.stderr || up.stdout)}`);
  const sights = [...new Set([...names, ...containers.keys()])].map(
    async (name) => [name, await look(settings, containers.get(name), pace, up.stderr)] as const,
  );
  const services = new Map(await Promise.all(sights));
  const smoke =
    settings.smoke === undefined ? undefined : await smokeTest(settings, options.variant, project, services);
  await options.ask?.((service) => services.get(service)?.id);
  return { services, trouble: undefined, smoke, left: isolated.left, took };
}

/** Waits until each service has come to rest, or the time is over. */
async function settle(
  { engine, settle: steady, signal }: TrialSettings,
  project: string,
  pace: Pace,
  patience: number,
): Promise<ReadonlyMap<string, Container>> {
  const end = Date.now() + Math.max(patience, 5000);
  const ids = await containerIds(engine, project, signal);
  for (;;) {
    const containers = ids.length === 0 ? [] : await inspect(engine, ids, signal);
    const wait = Math.max(0, ...containers.map((container) => stateOf(container, pace, steady).restsIn));
    if (wait === 0 || Date.now() > end || signal.aborted)
      return new Map(containers.map((container) => [serviceOf(container), container]));
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}

async function look(
  { engine, signal, settle: steady }: TrialSettings,
  container: Container | undefined,
  pace: Pace,
  said: string,
): Promise<ServiceSight> {
  if (container === undefined) {
    const says = `it was not started: ${lastLines(said, 3)}`;
    const nothing = { id: undefined, ports: [], inside: undefined, log: '', denied: [], restarts: 0 };
    return { state: 'absent', says, ...nothing };
  }
  const { Id: id } = container;
  const first = stateOf(container, pace, steady).state;
  const ports =
    first === 'up' || first === 'unhealthy' ? await probes(container, pace.listening, signal) : [];
  // Meanwhile it may have ended.
  const [now = container] = await inspect(engine, [id], signal);
  const { state, says } = stateOf(now, pace, steady);
  const inside = now.State.Status === 'running' ? await lookInside(engine, id, now.State.Pid) : undefined;
  const { stdout, stderr } = await engine.call(['logs', id], { timeout: 20_000, signal });
  const log = stdout + stderr;
  return { state, says, id, ports, inside, log, denied: denials(log), restarts: now.RestartCount };
}

async function probes(
  { NetworkSettings }: Container,
  patience: number,
  signal: AbortSignal,
): Promise<readonly PortProbe[]> {
  const published = Object.entries(NetworkSettings.Ports ?? {}).flatMap(([name, hosts]) => {
    const [target, protocol] = name.split('/');
    const port = hosts?.[0]?.HostPort;
    return protocol === 'tcp' && port !== undefined
      ? [{ target: Number(target), published: Number(port) }]
      : [];
  });
  return Promise.all(
    published.map(async (port) => ({ ...port, ...(await lasting(port.published, patience, signal)) })),
  );
}

/** How often a port is asked, in milliseconds. */
const POLL = 300;

/** A service without a health check is up before it listens. */
async function lasting(
  port: number,
  patience: number,
  signal: AbortSignal,
): Promise<Omit<PortProbe, 'target' | 'published'>> {
  const began = Date.now();
  for (;;) {
    const probe = await probePort('127.0.0.1', port, signal);
    const after = Date.now() - began;
    const good = probe.reach === 'answers' || probe.reach === 'open';
    if (good || after > patience || signal.aborted) return { ...probe, after };
    await sleep(POLL, undefined, { signal }).catch(() => undefined);
  }
}
