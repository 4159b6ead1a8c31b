import type { ImageFacts } from '../../../catalogue/types.js';
import { because, citations, likely, unknown, type Need } from '../../model.js';
import { wordsOf, type RecordedNeeds } from '../../recorded.js';
import type { Stated } from '../../stated.js';
import { refusedByDefault } from '../../../seccomp/profile.js';
import { specialKind } from '../engine.js';
import type { Mount } from '../mounts.js';
import type { Origin } from '../origin.js';
import { strings } from '../plain.js';
import type { ServiceView } from '../project.js';
import { addedCapabilities, boundingSet } from './capabilities.js';

/** Roles whose programs serve requests: they trace nothing, mount nothing and make no namespaces. */
const SERVERS: ReadonlySet<ImageFacts['role']> = new Set(['data-store', 'broker', 'proxy', 'web-server']);

/** Capabilities that are asked for to do what the default profiles forbid besides. */
const REACHING = /^(?:ALL|SYS_(?:ADMIN|PTRACE|MODULE|RAWIO|BOOT)|BPF|PERFMON|SYSLOG)$/;

const SPECIAL_REASONS: Readonly<Record<string, string>> = {
  engine: 'a container engine makes namespaces and mounts, which the default profiles forbid',
  browser:
    "Chromium's own sandbox makes user namespaces, which the default seccomp profile forbids: a profile that adds these keeps the rest",
  system: 'systemd mounts file systems, which the default profiles forbid',
};

/**
 * True when the service does with Docker's own seccomp and AppArmor profiles, which every other container has:
 * https://docs.docker.com/engine/security/seccomp/ and https://docs.docker.com/engine/security/apparmor/.
 */
export function confinementNeed(
  view: ServiceView,
  origin: Origin,
  recorded: RecordedNeeds | undefined,
): Need<boolean> {
  const not = (reason: string): Need<boolean> => because(unknown(false, ...origin.evidence), reason);
  const special = SPECIAL_REASONS[specialKind(view) ?? 'none'];
  if (special !== undefined) return not(special);
  const reaching = addedCapabilities(view).find((name) => REACHING.test(name));
  if (reaching !== undefined) {
    return not(`cap_add names ${reaching}, for what the default profiles forbid besides`);
  }
  const words = ['command', 'environment'].flatMap((key) =>
    view.fields(key).map((field) => JSON.stringify(field.value)),
  );
  // Docker's profile has no io_uring since 25.0: https://github.com/moby/moby/pull/46762
  if (words.some((text) => text.includes('io_uring'))) {
    return not('it is told to use io_uring, which the default seccomp profile forbids');
  }
  const seen = recorded?.whole === true ? seenConfinement(view, recorded) : undefined;
  if (seen !== undefined) return seen;
  if (origin.kind === 'unknown') return not(`which system calls it makes is not known: ${origin.reason}`);
  if (origin.kind === 'built') return not('which system calls its program makes is not known');
  const { name, role, capabilities } = origin.facts;
  const needed = [...(capabilities?.asRoot ?? []), ...(capabilities?.file ?? [])];
  if (capabilities === undefined || !SERVERS.has(role) || needed.some((item) => REACHING.test(item))) {
    return not(`whether ${name} does without is not known`);
  }
  return likely(true, ...origin.evidence, ...citations(capabilities.cites));
}

/** The files of a kernel that the default profiles and the masked paths keep from a container. */
const OF_KERNEL = /^\/(?:sys|proc\/(?!self\/|thread-self\/|\d+\/))/;
const MASKED =
  /^\/(?:proc\/(?:acpi|kcore|keys|latency_stats|timer_list|timer_stats|sched_debug|scsi)|sys\/firmware)(?:\/|$)/;

/** What follows from a recording of all that it did without the profiles. */
function seenConfinement(view: ServiceView, recorded: RecordedNeeds): Need<boolean> {
  const { evidence, namespaces, reads, systemCalls, writes } = recorded;
  const not = ({ value, evidence: line }: Stated, what: string): Need<boolean> =>
    because(
      unknown(false, evidence, line),
      `it was seen to ${what} ${value}, which the default profiles forbid`,
    );
  const refused = refusedByDefault(wordsOf(systemCalls), boundingSet(view));
  const call = systemCalls.find(({ value }) => refused.includes(value));
  if (call !== undefined) return not(call, 'call');
  const [namespace] = namespaces;
  if (namespace !== undefined) return not(namespace, 'make namespaces:');
  const written = writes.find(({ value }) => OF_KERNEL.test(value));
  if (written !== undefined) return not(written, 'write');
  const masked = reads.find(({ value }) => MASKED.test(value));
  if (masked !== undefined) return not(masked, 'read');
  return likely(true, evidence, ...systemCalls.slice(0, 1).map((item) => item.evidence));
}

/** A mount of the host that SELinux would deny to a confined container: it has no label of its own (`:z`, `:Z`). */
export function unlabelledMount(mounts: readonly Mount[]): Mount | undefined {
  return mounts.find(
    ({ kind, options }) => kind === 'bind' && !options.some((option) => /^z$/i.test(option)),
  );
}

const UNCONFINED = /^(?:(?:seccomp|apparmor|systempaths)[:=]unconfined|label[:=]disable)$/;

/** The options of `security_opt` that turn a confinement off, with their place in the list. */
export function unconfinedOptions(value: Parameters<typeof strings>[0]): readonly string[] {
  return strings(value).filter((option) => UNCONFINED.test(option));
}
