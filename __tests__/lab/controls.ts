import { readFileSync } from 'node:fs';
import type { Engine } from './engine.js';
import { type Credentials, credentialsIn } from './credentials.js';

/** What restrains a running container, read from outside. */
export interface Controls {
  readonly service: string;
  readonly image: string;
  /** The first process, then the others that differ from it. */
  readonly processes: readonly Credentials[];
  readonly readOnly: boolean;
  readonly tmpfs: readonly string[];
  readonly volumes: readonly string[];
  /** In bytes; 0 is none. */
  readonly memory: number;
  readonly pids: number;
  /** As they are published: `127.0.0.1:5432`. */
  readonly ports: readonly string[];
  readonly networks: readonly string[];
  readonly healthCheck: boolean;
}

/** The part of `docker inspect` that is read. */
export interface Inspected {
  readonly Id: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Pid: number;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Health?: { readonly Status: string; readonly Log: readonly { readonly Output: string }[] };
  };
  readonly Config: {
    readonly Image: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Healthcheck?: { readonly Test?: readonly string[] };
  };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly Memory: number;
    readonly PidsLimit: number | null;
    readonly Tmpfs?: Readonly<Record<string, string>>;
    readonly NetworkMode: string;
  };
  readonly Mounts: readonly { readonly Type: string; readonly Destination: string }[];
  readonly NetworkSettings: {
    readonly Ports: Readonly<
      Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>
    >;
    readonly Networks: Readonly<Record<string, unknown>>;
  };
}

export async function controlsOf(engine: Engine, container: Inspected): Promise<Controls> {
  const { Config, HostConfig, Mounts, NetworkSettings } = container;
  const mounted = (type: (name: string) => boolean): readonly string[] =>
    Mounts.filter(({ Type }) => type(Type))
      .map(({ Destination }) => Destination)
      .sort();
  const test = Config.Healthcheck?.Test;
  return {
    service: serviceOf(container),
    image: Config.Image,
    processes: await processesOf(engine, container),
    readOnly: HostConfig.ReadonlyRootfs,
    tmpfs: [
      ...new Set([...Object.keys(HostConfig.Tmpfs ?? {}), ...mounted((type) => type === 'tmpfs')]),
    ].sort(),
    volumes: mounted((type) => type !== 'tmpfs'),
    memory: HostConfig.Memory,
    pids: Math.max(HostConfig.PidsLimit ?? 0, 0),
    ports: Object.values(NetworkSettings.Ports).flatMap((published) =>
      (published ?? []).map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}`),
    ),
    networks: Object.keys(NetworkSettings.Networks),
    healthCheck: test !== undefined && test[0] !== 'NONE',
  };
}

export function serviceOf({ Config }: Inspected): string {
  return Config.Labels['com.docker.compose.service'] ?? '';
}

/** The first process and those that it started; not those that a health check runs in the container. */
async function processesOf(engine: Engine, { Id, State }: Inspected): Promise<readonly Credentials[]> {
  const listed = (await engine.must(['top', Id, '-o', 'pid,ppid'])).split('\n').slice(1);
  const parents = new Map(listed.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]));
  const isOwn = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === State.Pid || isOwn(parents.get(pid)));
  const pids = [State.Pid, ...[...parents.keys()].filter((pid) => pid !== State.Pid && isOwn(pid))];
  const seen = new Map(
    pids.flatMap(statusOf).map((credentials) => [JSON.stringify(credentials), credentials] as const),
  );
  return [...seen.values()];
}

/** None of a process that has ended since it was listed. */
function statusOf(pid: number): readonly Credentials[] {
  try {
    return [credentialsIn(readFileSync(`/proc/${pid}/status`, 'utf8'))];
  } catch {
    return [];
  }
}
