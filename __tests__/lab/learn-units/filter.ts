import { expandSystemCalls } from '../../../src/formats/systemd/system-calls.js';
import { hasSystemCall, systemCallName } from '../../../src/seccomp/system-calls.js';
import type { Container } from '../systemd/container.js';
import type { Daemon } from '../systemd/daemon.js';
import type { Hardening } from '../systemd/harden.js';
import { property } from './intruder.js';

const isHere = (name: string): boolean => hasSystemCall('x86_64', name);

/** Above all numbers of x86-64. */
const NUMBERS = 1024;

/** The system calls of x86-64 that libseccomp knows. */
const ALL = Array.from({ length: NUMBERS }, (_, number) => systemCallName('x86_64', number)).filter(
  (name) => name !== undefined,
);

/** The system calls of x86-64 that a unit may make, as systemd has its filter; all where it has none. */
export async function allowedCalls(container: Container, daemon: Daemon): Promise<ReadonlySet<string>> {
  const shown = await property(container, daemon, 'SystemCallFilter');
  const names = new Set(shown.replace(/^~/, '').split(' ').filter(isHere));
  return shown === '' || shown.startsWith('~') ? new Set(ALL.filter((name) => !names.has(name))) : names;
}

/** The lines of the filter that harden wrote. */
export function filterOf({ directives }: Hardening): readonly string[] {
  return directives.filter((line) => line.startsWith('SystemCallFilter='));
}

/**
 * What is wrong with the filter that systemd and the kernel have of a running unit; undefined when it is what harden wrote
 * from the recording.
 */
export async function faultInForce(
  container: Container,
  daemon: Daemon,
  hardening: Hardening,
  seen: readonly string[],
): Promise<string | undefined> {
  const words = filterOf(hardening).flatMap((line) => line.slice(line.indexOf('=') + 1).split(' '));
  if (words.length === 0) return 'harden wrote no filter';
  if (words.includes('@system-service')) return 'harden wrote the usual filter for services';
  const allowed = await allowedCalls(container, daemon);
  const written = expandSystemCalls([...words, '@default']);
  const lost = [...expandSystemCalls(words), ...seen].filter((name) => isHere(name) && !allowed.has(name));
  if (lost.length > 0) return `systemd does not allow ${[...new Set(lost)].join(', ')}`;
  const more = [...allowed].filter((name) => !written.has(name));
  if (more.length > 0) return `systemd allows ${more.join(', ')} too`;
  const free = await unfiltered(container, daemon);
  return free.length > 0 ? `no filter is in force for ${free.join(', ')}` : undefined;
}

/** Lists the unit's processes with how many filters they have, after systemd itself. */
const FILTERS =
  'for pid in 1 $(cat "/sys/fs/cgroup$0/cgroup.procs"); do grep -Hs ^Seccomp_filters: /proc/$pid/status; done';

/** The processes of a running unit for which no more is in force than for its systemd, which the container filters. */
async function unfiltered(container: Container, daemon: Daemon): Promise<readonly string[]> {
  const group = await property(container, daemon, 'ControlGroup');
  const printed = await container.must(['sh', '-c', FILTERS, group]);
  const [systemd, ...processes] = printed.split('\n').map((line) => {
    const [, pid = line, filters = '0'] = /^\/proc\/(\d+)\/status:Seccomp_filters:\s+(\d+)$/.exec(line) ?? [];
    return { pid, filters: Number(filters) };
  });
  if (processes.length === 0) return ['any process: there is none'];
  return processes.filter(({ filters }) => filters <= (systemd?.filters ?? 0)).map(({ pid }) => pid);
}
