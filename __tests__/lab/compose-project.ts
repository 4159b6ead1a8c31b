import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from './engine.js';
import { type Inspected, serviceOf } from './controls.js';
import type { Step } from './workload.js';
import { call, type CallOptions, lastLines, type Outcome } from '../../src/io/process.js';

/** In milliseconds: how long containers may take to be up, a first step to show what it has to, a later one; how often each is asked. */
const PATIENCE = { start: 90_000, first: 60_000, later: 20_000, poll: 200, step: 500 } as const;

const CLIENT_IMAGE = 'lab-client:1';
const OVERRIDE = 'lab.override.yml';

/** A Compose project that is up. */
export interface ComposeProject {
  /** Throws when something isn't up in time, with what it printed. */
  untilUp(): Promise<void>;
  /** Takes the steps one after another; throws at the first that doesn't show what it has to. */
  take(steps: readonly Step[]): Promise<void>;
  restart(): Promise<void>;
  containers(): Promise<readonly Inspected[]>;
  log(): Promise<string>;
}

type Settings = Readonly<
  Record<string, { readonly build?: unknown; readonly healthcheck?: { readonly disable?: boolean } }>
>;

/** Starts what the file describes, on what the project of that name has from before. */
export async function startProject(
  engine: Engine,
  name: string,
  folder: string,
  file: string,
  healthInterval: string,
  signal: AbortSignal,
): Promise<ComposeProject> {
  const options: CallOptions = { cwd: folder, signal };
  const docker = async (args: readonly string[]): Promise<string> => engine.must(args, options);
  const own = ['compose', '--project-name', name, '--file', file];
  const config = JSON.parse(await docker([...own, 'config', '--format', 'json'])) as { services: Settings };
  writeFileSync(
    join(folder, OVERRIDE),
    JSON.stringify({ services: settingsOfTheLab(config.services, healthInterval) }),
  );
  const compose = [...own, '--file', OVERRIDE];
  let ids: readonly string[] = [];
  const containers = async (): Promise<readonly Inspected[]> =>
    Promise.all(ids.map(async (id) => (await engine.get(`/containers/${id}/json`)) as Inspected));
  const log = async (): Promise<string> => {
    const logs = (await containers()).map(async (container) => {
      const { stdout, stderr } = await engine.call(['logs', container.Id], options);
      return `${stdout}${stderr}`.replace(/^(?=.)/gm, `${serviceOf(container)}: `);
    });
    return (await Promise.all(logs)).join('');
  };
  const failure = async (what: string): Promise<Error> => {
    if (signal.aborted) return new Error('interrupted');
    const unhealthy = (await containers()).filter(({ State }) => State.Health?.Status !== 'healthy');
    const checks = unhealthy.flatMap(({ State }) => State.Health?.Log.at(-1)?.Output.trim() ?? []);
    const said = checks.length === 0 ? '' : `\nhealth checks: ${checks.join('; ')}`;
    return new Error(`${what}${said}\nlog:\n${lastLines(await log())}`);
  };
  // It would keep the networks of before.
  await engine.call(['rm', '--force', clientOf(name)], options);
  const started = await engine.call(
    [...compose, 'up', '--detach', '--build', '--pull', 'never', '--timeout', '3'].filter(
      (word) => word !== '--build' || Object.values(config.services).some(({ build }) => build !== undefined),
    ),
    options,
  );
  const ofProject = ['--filter', `label=com.docker.compose.project=${name}`];
  ids = (await docker(['ps', '--all', '--quiet', ...ofProject])).split('\n').filter((id) => id !== '');
  if (started.code !== 0) throw await failure(`doesn't start: ${lastLines(started.stderr, 6)}`);
  let current: readonly Inspected[] = [];
  const untilUp = async (): Promise<void> => {
    for (let waited = 0; ; waited += PATIENCE.poll) {
      current = await containers();
      const wrong = current.map(faultOf).filter((fault) => fault !== undefined);
      if (wrong.length === 0) return;
      if (waited > PATIENCE.start || wrong.some(({ final }) => final) || signal.aborted)
        throw await failure(wrong.map(({ what }) => what).join(', '));
      await sleep(PATIENCE.poll);
    }
  };
  const run = async (step: Step, client: string): Promise<Outcome> => {
    const given: CallOptions = { ...options, input: step.input, timeout: 20_000 };
    if (step.in === 'host') return call(step.run[0]!, step.run.slice(1), given);
    const id = step.in === 'client' ? client : current.find((one) => serviceOf(one) === step.in)?.Id;
    if (id === undefined) throw new Error(`no service ${step.in}`);
    return engine.call(['exec', '--interactive', id, ...step.run], given);
  };
  let client: string | undefined;
  const take = async (steps: readonly Step[]): Promise<void> => {
    client ??= await startClient(engine, name, current, options);
    for (const [at, step] of steps.entries()) {
      const end = performance.now() + (at === 0 ? PATIENCE.first : PATIENCE.later);
      for (;;) {
        const { code, stdout, stderr } = await run(step, client);
        const said = `${stdout}${stderr}`;
        if ((code === 0) !== (step.fails === true) && new RegExp(step.shows, 'm').test(said)) break;
        const ended = (await containers()).map(faultOf).find((fault) => fault?.final === true);
        if (performance.now() > end || ended !== undefined || signal.aborted)
          throw await failure(`${step.name}: ${ended?.what ?? `exit code ${code}`}: ${lastLines(said, 6)}`);
        await sleep(PATIENCE.step);
      }
    }
  };
  const restart = async (): Promise<void> => {
    await docker([...compose, 'restart', '--timeout', '3']);
    await untilUp();
  };
  return { untilUp, take, restart, containers, log };
}

/** Ends the project of that name, and removes its data and images. */
export async function removeProject(engine: Engine, name: string, folder: string): Promise<void> {
  await engine.call(['rm', '--force', clientOf(name)]);
  const all = ['--volumes', '--rmi', 'local', '--remove-orphans', '--timeout', '3'];
  await engine.call(['compose', '--project-name', name, 'down', ...all], { cwd: folder });
}

/** Builds use the machine's network, and health is known soon; what is checked, and how, stays as it is. */
function settingsOfTheLab(services: Settings, interval: string): Readonly<Record<string, unknown>> {
  const soon = { interval, start_interval: interval, retries: 90 };
  return Object.fromEntries(
    Object.entries(services).map(([service, { build, healthcheck }]) => [
      service,
      {
        ...(build === undefined ? {} : { build: { network: 'host' } }),
        // Without a check of its own, that of its image; without either it has none.
        ...(healthcheck?.disable === true ? {} : { healthcheck: soon }),
      },
    ]),
  );
}

function clientOf(name: string): string {
  return `${name}-client`;
}

interface Fault {
  readonly what: string;
  /** True when waiting doesn't help. */
  readonly final: boolean;
}

/** Why a container isn't up; one that did its task and ended well is. */
function faultOf(container: Inspected): Fault | undefined {
  const { State, RestartCount } = container;
  const service = serviceOf(container);
  if (RestartCount > 0) return { what: `${service} was restarted`, final: true };
  if (State.Status === 'exited' && State.ExitCode === 0) return undefined;
  if (State.Status === 'exited') return { what: `${service} ended with ${State.ExitCode}`, final: true };
  if (State.Status !== 'running') return { what: `${service} is ${State.Status}`, final: false };
  const health = State.Health?.Status ?? 'healthy';
  return health === 'healthy'
    ? undefined
    : { what: `${service} is ${health}`, final: health === 'unhealthy' };
}

/** A container on all networks of the project: harden may give a data store one of its own. */
async function startClient(
  engine: Engine,
  name: string,
  containers: readonly Inspected[],
  options: CallOptions,
): Promise<string> {
  const networks = [
    ...new Set(containers.flatMap(({ NetworkSettings }) => Object.keys(NetworkSettings.Networks))),
  ].filter((network) => !['host', 'none'].includes(network));
  const [first = 'none', ...others] = networks;
  const client = clientOf(name);
  await engine.must(
    ['create', '--name', client, '--network', first, '--init', CLIENT_IMAGE, 'sleep', 'infinity'],
    options,
  );
  for (const network of others) await engine.must(['network', 'connect', network, client], options);
  await engine.must(['start', client], options);
  return client;
}
