import { FORBIDDEN, INTRUDER, outcomesIn, SHARED_FOLDER } from '../learn/forbidden.js';
import type { Container } from '../systemd/container.js';
import { type Daemon, fileOf } from '../systemd/daemon.js';
import { startAgain } from '../systemd/trial.js';
import type { Check } from '../trial.js';

const INSTALLED = '/usr/lib/harden-lab/intruder.pl';

/** What is tried of a unit: only a filter that was made for it refuses the last. */
export const ACTIONS = [...FORBIDDEN, 'write to a shared folder', 'io_uring'] as const;
export type Action = (typeof ACTIONS)[number];

/** Who the intruder is: the unit's own user, or root, so that it is the sandbox that denies, and not the lack of a right. */
export const INTRUDERS = ['own', 'root'] as const;
export type Intruder = (typeof INTRUDERS)[number];

export function nameOf(who: Intruder): string {
  return who === 'own' ? 'its own user' : 'root';
}

/** Of an action by an intruder, `allowed` or `refused (…)`. */
export type Outcomes = (who: Intruder, action: Action) => string;

/**
 * The unit as it stands, its daemon included, starts one program more, in the same sandbox. `!` takes User= and Group=
 * away and nothing else: systemd.service(5).
 */
const DROP_IN = [
  '[Service]',
  `ExecStartPost=-/usr/bin/perl ${INSTALLED} own`,
  `ExecStartPost=-!/usr/bin/perl ${INSTALLED} root`,
  // With it only the main program would be confined.
  'PermissionsStartOnly=no',
];

/** Without this the program could not be started at all, where only the daemon's own may be. */
const EXECUTABLE = 'ExecPaths=/usr/bin/perl /usr/lib /lib64';

/** What the intruder may do in a unit, which is started anew for it, and once more without it. */
export async function intrude(container: Container, daemon: Daemon): Promise<Outcomes> {
  const dropIn = `/etc/systemd/system/${fileOf(daemon)}.d/zz-intruder.conf`;
  const closed = (await property(container, daemon, 'NoExecPaths')) !== '';
  await container.must(['install', '-d', '-m', '777', SHARED_FOLDER]);
  await container.write(INSTALLED, INTRUDER);
  await container.write(dropIn, [...DROP_IN, ...(closed ? [EXECUTABLE] : []), ''].join('\n'));
  const since = await container.must(['date', '+@%s.%N']);
  await startAgain(container, daemon);
  await container.must(['journalctl', '--sync']);
  const args = ['journalctl', '--no-pager', '--output=cat', `--since=${since}`, `--unit=${daemon.unit}`];
  const found = outcomesIn(await container.must(args));
  await container.must(['rm', dropIn]);
  await startAgain(container, daemon);
  if (found.get('root user') !== '0') throw new Error('no intruder was root');
  return (who, action) => found.get(`${who} ${action}`) ?? 'not tried';
}

/** What systemd says of a unit's setting. */
export function property(container: Container, { unit }: Daemon, name: string): Promise<string> {
  return container.must(['systemctl', 'show', '--value', `--property=${name}`, unit]);
}

/** EPERM, EACCES, EROFS, EAFNOSUPPORT: any other error would be the lab's own. */
const REFUSED =
  /^refused \((?:Operation not permitted|Permission denied|Read-only file system|Address family not supported by protocol)\)$/;

/** Whether a hardened unit refuses what it should; what it leaves open for a reason is a note. */
export async function tryRefusals(
  container: Container,
  daemon: Daemon,
): Promise<{ readonly checks: readonly Check[]; readonly notes: readonly string[] }> {
  const outcome = await intrude(container, daemon);
  const open = await leftOpen(container, daemon);
  const [checks, notes]: [Check[], string[]] = [[], []];
  for (const who of INTRUDERS) {
    for (const action of ACTIONS) {
      const [found, reason] = [outcome(who, action), open(who, action)];
      if (reason !== undefined) {
        notes.push(`${action} by ${nameOf(who)} is not promised, and ${found}: ${reason}`);
        continue;
      }
      const fault = REFUSED.test(found) ? undefined : found;
      checks.push({ name: `${action} by ${nameOf(who)} is refused`, fault });
    }
  }
  return { checks, notes };
}

/** Why harden leaves an action open; undefined for those that it does not. */
async function leftOpen(
  container: Container,
  daemon: Daemon,
): Promise<(who: Intruder, action: Action) => string | undefined> {
  const system = await property(container, daemon, 'ProtectSystem');
  const closed = (await property(container, daemon, 'NoExecPaths')) !== '';
  return (who, action) => {
    if (action === 'write to a shared folder' && system === 'full')
      return 'its configuration decides where it writes, and ProtectSystem=full protects /usr, /boot and /etc alone';
    // The unit's own user, which is never root then, may not write there anyway: systemd/allow-execution.
    if (action === 'write outside' && who === 'root' && closed)
      return 'ExecPaths= takes /usr out of what ProtectSystem=strict makes read-only';
    return undefined;
  };
}
