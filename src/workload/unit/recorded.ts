import { uniqueEvidence } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { isWithin, likely, SETUID_HELPERS, type Need } from '../model.js';
import { wordsOf, type RecordedNeeds } from '../recorded.js';
import type { Stated } from '../stated.js';
import type { Hint } from './daemons.js';
import type { UnitUser } from './identity.js';
import type { NetworkUse, ProcUse } from './isolation.js';
import type { Restriction } from './needs.js';
import type { HomeUse, WritablePath } from './paths.js';
import { withStatedPaths } from './stated.js';
import type { SystemCalls } from './system-calls.js';

/*
 * What a unit was seen to do comes on top of what its files say. Where those leave a need unknown, a recording without
 * gaps makes it likely: it holds all that was exercised, and a person tests the result.
 */

/** What needs a restriction's subject was seen; where nothing was, that is likely all. */
function restricted(need: Restriction, hints: readonly Hint[], recorded: RecordedNeeds): Restriction {
  if (hints.length === 0) return settled(need, recorded);
  return likely(
    [...new Set([...need.value, ...hints.map(({ why }) => why)])],
    ...uniqueEvidence([...hints.map(({ evidence }) => evidence), ...need.evidence]),
  );
}

function settled<T>(need: Need<T>, recorded: RecordedNeeds, value: T = need.value): Need<T> {
  if (need.certainty !== 'unknown' || !recorded.whole) return need;
  return likely(value, recorded.evidence, ...need.evidence);
}

function seen(list: readonly Stated[], pattern: RegExp, why: (value: string) => string): readonly Hint[] {
  return list
    .filter(({ value }) => pattern.test(value))
    .map(({ evidence, value }) => ({ why: why(value), evidence }));
}

function withMore<T>(need: Need<T>, value: T, more: readonly Evidence[]): Need<T> {
  return { ...need, value, evidence: uniqueEvidence([...more, ...need.evidence]) };
}

const HELPER = new RegExp(`/(?:${SETUID_HELPERS})$`);

/** What root does by these is no call of its own: capabilities(7). */
const UNSEEN = ['DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'KILL'];

/** Calls that look as if these were used succeed for another user than root where they change nothing. */
const OF_ROOT: ReadonlySet<string> = new Set(['CHOWN', 'SETGID', 'SETUID']);

/** The calls of a recording, as far as they are outside of what services have anyway. */
export type CallsBeyond = (calls: readonly string[]) => readonly string[];

/** The needs of a unit as a recording completes them. */
export interface RecordedUnit {
  helpers(need: Restriction): Restriction;
  capabilities(need: Need<readonly string[]>): Need<readonly string[]>;
  systemCalls(need: Need<SystemCalls>): Need<SystemCalls>;
  compilers(need: Restriction): Restriction;
  proc(need: Need<ProcUse>): Need<ProcUse>;
  network(need: Need<NetworkUse>): Need<NetworkUse>;
  hostUsers(need: Restriction): Restriction;
  writable(need: Need<readonly WritablePath[]>): Need<readonly WritablePath[]>;
  /** Places outside of what packages install, from which it was seen to start programs. */
  readonly executable: readonly Stated[];
  home(need: Need<HomeUse>): Need<HomeUse>;
  devices(need: Restriction): Restriction;
  families(need: Restriction): Restriction;
  hostMounts(need: Restriction): Restriction;
  namespaces(need: Restriction): Restriction;
  realtime(need: Restriction): Restriction;
  kernel(need: Restriction): Restriction;
  suidSgid(need: Restriction): Restriction;
  personality(need: Restriction): Restriction;
}

/**
 * @param user the unit's: what was recorded as root says nothing of what another user may do.
 * @param beyond finds the calls that the usual filter for services refuses.
 */
export function recordedUnit(recorded: RecordedNeeds, user: UnitUser, beyond: CallsBeyond): RecordedUnit {
  const { behaviours, capabilities, connects, devices, executes, families, listens, namespaces } = recorded;
  const { reads, systemCalls, writes } = recorded;
  const root = recorded.root && user.kind === 'root';
  const used = capabilities.filter(({ value }) => root || !OF_ROOT.has(value));
  const behaving = (how: string, why: string): readonly Hint[] =>
    seen(behaviours, new RegExp(`^${how}$`), () => why);
  return {
    helpers: (need) =>
      restricted(
        need,
        seen(executes, HELPER, (path) => `it was seen to start ${path}`),
        recorded,
      ),
    capabilities: (need) => {
      const more = used.filter(({ value }) => !need.value.includes(`CAP_${value}`));
      const settles = need.certainty === 'unknown' && recorded.whole;
      const names = [...wordsOf(more), ...(settles && root ? UNSEEN : [])].map((name) => `CAP_${name}`);
      const value = [...new Set([...need.value, ...names])].sort();
      return settled(withMore(need, value, evidenceOf(more)), recorded);
    },
    systemCalls: (need) => {
      const more = beyond(wordsOf(systemCalls));
      const { narrow, needs } = need.value;
      // Where only the usual set was given for want of knowledge, it is known now what of it was used.
      const settles = recorded.wholeCalls && (need.certainty === 'unknown' || !narrow);
      const value = { narrow: narrow || settles, needs: [...new Set([...needs, ...more])].sort() };
      const told = withMore(need, value, more.length > 0 ? evidenceOf(systemCalls.slice(0, 1)) : []);
      return settles ? likely(value, recorded.evidence, ...told.evidence) : told;
    },
    compilers: (need) =>
      restricted(need, behaving('executable-memory', 'it was seen to make memory executable'), recorded),
    proc: (need) => {
      const host = reads.find(({ value }) => value.startsWith('/proc/'));
      if (host !== undefined) return withMore(need, { ...need.value, host: true }, [host.evidence]);
      if (need.value.host !== undefined || !recorded.whole) return need;
      return settled(need, recorded, { ...need.value, host: false });
    },
    network: (need) => {
      const addresses = [...listens, ...connects].filter(({ value }) => !value.startsWith('unix '));
      const outside = addresses.find(({ value }) => !LOOPBACK.test(value));
      if (outside !== undefined) return likely('any', outside.evidence, ...need.evidence);
      const inside = addresses[0];
      if (inside !== undefined && need.value === 'none')
        return likely('loopback', inside.evidence, ...need.evidence);
      // That nobody was reached says little of a client: only one that opened no socket has no use for them.
      const silent = !families.some(({ value }) => /^AF_INET6?$/.test(value));
      return settled(need, recorded, silent ? 'none' : need.value);
    },
    hostUsers: (need) =>
      restricted(
        need,
        seen(used, /./, (name) => `it was seen to use CAP_${name}`),
        recorded,
      ),
    writable: (need) => {
      const places = writes.flatMap((item) => {
        const value = folderOf(item.value);
        return value === undefined ? [] : [{ value, evidence: item.evidence }];
      });
      const more = withStatedPaths(need, { writable: places }, user);
      return settled(more, recorded);
    },
    executable: executes.flatMap(({ evidence, value }) =>
      INSTALLED.test(value) ? [] : [{ value: value.replace(/\/[^/]*$/, ''), evidence }],
    ),
    home: (need) => {
      const written = writes.find(({ value }) => HOMES.some((folder) => isWithin(value, folder)));
      if (written !== undefined) return likely('write', written.evidence, ...need.evidence);
      const read = reads.find(({ value }) => HOMES.some((folder) => isWithin(value, folder)));
      if (read !== undefined && need.value === 'none') return likely('read', read.evidence, ...need.evidence);
      return settled(need, recorded);
    },
    devices: (need) =>
      restricted(
        need,
        seen(devices, /./, (path) => `it was seen to open ${path}`),
        recorded,
      ),
    families: (need) => {
      const more = families.filter(({ value }) => !need.value.includes(value));
      const value = [...need.value, ...wordsOf(more)];
      return settled(withMore(need, value, evidenceOf(more)), recorded);
    },
    hostMounts: (need) =>
      restricted(
        need,
        seen(systemCalls, MOUNTS, (name) => `it was seen to call ${name}`),
        recorded,
      ),
    namespaces: (need) =>
      restricted(
        need,
        seen(namespaces, /./, (kind) => `it was seen to make a ${kind} namespace`),
        recorded,
      ),
    realtime: (need) =>
      restricted(need, behaving('realtime', 'it was seen to ask for realtime scheduling'), recorded),
    kernel: (need) =>
      restricted(
        need,
        seen(writes, KERNEL, (path) => `it was seen to write ${path}`),
        recorded,
      ),
    suidSgid: (need) =>
      restricted(need, behaving('set-id-files', 'it was seen to set a setuid or setgid bit'), recorded),
    personality: (need) =>
      restricted(need, behaving('personality', 'it was seen to change its execution domain'), recorded),
  };
}

const LOOPBACK = /^\w+ (?:127\.[\d.]+|\[::1\]|\[::ffff:127\.[\d.]+\]):/;
const HOMES = ['/home', '/root', '/run/user'];
const INSTALLED = /^\/(?:usr|bin|sbin|lib\w*)\//;
/** Not chroot: it leaves the mounts as they are. */
const MOUNTS = /^(?:mount|umount2?|pivot_root|move_mount|fsmount|open_tree)$/;
const KERNEL = /^\/(?:proc|sys)\//;

/** The folder that must be writable: below the shared one, what the program made may not be there when it starts. */
function folderOf(path: string): string | undefined {
  if (/^\/(?:proc|sys|dev|tmp|var\/tmp)\//.test(path)) return undefined;
  const own = /^\/(?:var\/[^/]+|run|srv|opt|mnt|media)\/[^/]+(?=\/)/.exec(path)?.[0];
  if (own !== undefined) return own;
  const folder = path.replace(/\/[^/]*$/, '');
  return folder === '' ? undefined : folder;
}

function evidenceOf(list: readonly Stated[]): readonly Evidence[] {
  return list.map(({ evidence }) => evidence);
}
