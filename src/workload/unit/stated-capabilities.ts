import { uniqueEvidence } from '../../core/evidence.js';
import { likely, type Need } from '../model.js';
import { firstMentions, type Stated, type StatedNeeds } from '../stated.js';
import type { Hint, KernelInterface } from './daemons.js';
import type { Restriction } from './needs.js';
import type { SystemCalls } from './system-calls.js';

/** What else must stay for a capability to be of use. */
interface Use {
  /** System calls beyond `@system-service` without `@privileged` and `@resources`. */
  readonly calls?: readonly string[];
  /** Settings that protect one of these take the capability away again: systemd.exec(5), PrivateDevices= among them. */
  readonly interface?: KernelInterface;
  readonly devices?: boolean;
  readonly realtime?: boolean;
}

/** https://man7.org/linux/man-pages/man7/capabilities.7.html */
const USES: Readonly<Record<string, Use>> = {
  BPF: { calls: ['bpf'] },
  CHOWN: { calls: ['@chown'] },
  MKNOD: { devices: true },
  NET_ADMIN: { interface: 'tunables' },
  SETGID: { calls: ['@setuid'] },
  SETPCAP: { calls: ['capset'] },
  SETUID: { calls: ['@setuid'] },
  SYSLOG: { interface: 'logs' },
  SYS_ADMIN: { calls: ['@mount'] },
  SYS_BOOT: { calls: ['@reboot'] },
  SYS_CHROOT: { calls: ['chroot'] },
  SYS_MODULE: { calls: ['@module'], interface: 'modules' },
  SYS_NICE: { calls: ['@resources'], realtime: true },
  SYS_PACCT: { calls: ['acct'] },
  SYS_PTRACE: { calls: ['@debug'] },
  SYS_RAWIO: { calls: ['@raw-io'], devices: true },
  SYS_RESOURCE: { calls: ['@resources'] },
  SYS_TIME: { calls: ['@clock'], interface: 'clock' },
  SYS_TTY_CONFIG: { calls: ['vhangup'] },
  WAKE_ALARM: { interface: 'clock' },
};

/** Adds the capabilities that a person names; what else the unit needs is as well known as before. */
export function withStatedCapabilities(
  need: Need<readonly string[]>,
  { capabilities }: StatedNeeds,
): Need<readonly string[]> {
  const more = firstMentions(capabilities).filter(({ value }) => !need.value.includes(`CAP_${value}`));
  if (more.length === 0) return need;
  return {
    ...need,
    value: [...need.value, ...more.map(({ value }) => `CAP_${value}`)].sort(),
    evidence: [...more.map(({ evidence }) => evidence), ...need.evidence],
  };
}

export function withStatedCalls(need: Need<SystemCalls>, { capabilities }: StatedNeeds): Need<SystemCalls> {
  const more = capabilities.filter(({ value }) => USES[value]?.calls !== undefined);
  if (more.length === 0) return need;
  const calls = more.flatMap(({ value }) => USES[value]?.calls ?? []);
  return {
    ...need,
    value: { ...need.value, needs: [...new Set([...need.value.needs, ...calls])].sort() },
    evidence: uniqueEvidence([...more.map(({ evidence }) => evidence), ...need.evidence]),
  };
}

/** A user namespace of its own has capabilities over nothing of the host. */
export function withStatedHostUsers(need: Restriction, { capabilities }: StatedNeeds): Restriction {
  return neededBy(need, capabilities);
}

export function withStatedDevices(need: Restriction, { capabilities }: StatedNeeds): Restriction {
  return neededBy(
    need,
    capabilities.filter(({ value }) => USES[value]?.devices === true),
  );
}

export function withStatedRealtime(need: Restriction, { capabilities }: StatedNeeds): Restriction {
  return neededBy(
    need,
    capabilities.filter(({ value }) => USES[value]?.realtime === true),
  );
}

export function withStatedInterfaces(
  interfaces: ReadonlyMap<KernelInterface, Hint>,
  { capabilities }: StatedNeeds,
): ReadonlyMap<KernelInterface, Hint> {
  const found = capabilities.flatMap((item): [KernelInterface, Hint][] => {
    const name = USES[item.value]?.interface;
    return name === undefined ? [] : [[name, { why: reasonOf(item), evidence: item.evidence }]];
  });
  return found.length === 0 ? interfaces : new Map([...interfaces, ...found]);
}

function neededBy(need: Restriction, stated: readonly Stated[]): Restriction {
  if (stated.length === 0) return need;
  const evidence = uniqueEvidence([...stated.map((item) => item.evidence), ...need.evidence]);
  return likely([...new Set([...stated.map(reasonOf), ...need.value])], ...evidence);
}

function reasonOf({ value }: Stated): string {
  return `it needs CAP_${value}`;
}
