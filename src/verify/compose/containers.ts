import type { Engine } from '../tools.js';
import type { Pace } from './pace.js';

/** `up`: it runs, and its check is content. `done`: it ended with 0. All else is a fault. */
export type State = 'up' | 'done' | 'ended' | 'restarting' | 'unhealthy' | 'starting' | 'absent';

/** What `docker inspect` says of a container, as far as it is used here. */
export interface Container {
  readonly Id: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly Error: string;
    readonly OOMKilled?: boolean;
    readonly Pid: number;
    readonly StartedAt: string;
    readonly Health?: {
      readonly Status: string;
      readonly Log?: readonly { readonly Output: string }[];
    } | null;
  };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly NetworkSettings: {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>>;
  };
}

/** The containers of a project, whether they run or not. */
export async function containerIds(
  engine: Engine,
  project: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const filter = `label=com.docker.compose.project=${project}`;
  const listed = await engine.call(['ps', '--all', '--quiet', '--no-trunc', '--filter', filter], { signal });
  return listed.stdout.split('\n').filter((id) => id !== '');
}

/** The name of the service whose container it is. */
export function serviceOf({ Id, Config }: Container): string {
  return Config.Labels['com.docker.compose.service'] ?? Id;
}

export async function inspect(
  engine: Engine,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly Container[]> {
  const { stdout } = await engine.call(['inspect', '--type', 'container', ...ids], { signal });
  return JSON.parse(stdout === '' ? '[]' : stdout) as readonly Container[];
}

/** What a container that has come to no rest is asked again after, in milliseconds. */
const POLL = 300;

/**
 * @param steady how long it must have run to count as up, in milliseconds.
 * @returns `restsIn`: in how many milliseconds it may have come to rest; 0 when it has.
 */
export function stateOf(
  { State, RestartCount }: Container,
  { restarts }: Pace,
  steady: number,
): { state: State; says: string; restsIn: number } {
  const health = State.Health?.Status ?? 'none';
  const checked = State.Health?.Log?.at(-1)?.Output.trim() ?? '';
  const reason = State.Error === '' ? '' : `: ${State.Error}`;
  const end = `exit code ${State.ExitCode}${State.OOMKilled === true ? ', killed for want of memory' : ''}`;
  const again = State.Status === 'running' && RestartCount > restarts;
  if (State.Status === 'restarting' || again)
    return {
      state: 'restarting',
      // While it runs its exit code is 0.
      says: `it ends${again ? '' : ` with ${end}`} and is started again${reason}`,
      restsIn: RestartCount > restarts ? 0 : POLL,
    };
  if (State.Status === 'running') {
    const age = Date.now() - Date.parse(State.StartedAt);
    if (health === 'unhealthy')
      return { state: 'unhealthy', says: `its health check fails: ${checked}`, restsIn: 0 };
    if (health === 'starting')
      return {
        state: 'starting',
        says: `it is not healthy in time${checked === '' ? '' : `: ${checked}`}`,
        restsIn: POLL,
      };
    return { state: 'up', says: 'it runs', restsIn: Math.max(0, steady - age) };
  }
  if (State.Status === 'exited' && State.ExitCode === 0)
    return { state: 'done', says: 'it ended well', restsIn: 0 };
  if (State.Status === 'created' && State.Error === '')
    return { state: 'absent', says: 'what it depends on is not up', restsIn: 0 };
  return { state: 'ended', says: `it ended with ${end}${reason}`, restsIn: 0 };
}
