import { uniqueEvidence } from '../../../core/evidence.js';
import type { Capability } from '../../../catalogue/types.js';
import type { Evidence } from '../../../core/types.js';
import { because, isWithin, known, likely, SETUID_HELPERS, type Need, type TmpfsPath } from '../../model.js';
import type { RecordedNeeds } from '../../recorded.js';
import type { Stated } from '../../stated.js';
import type { Mount } from '../mounts.js';
import type { Origin } from '../origin.js';
import type { ServiceView } from '../project.js';
import { addedCapabilities, DEFAULT_CAPABILITIES } from './capabilities.js';
import { withStatedPaths } from './stated.js';
import { uncovered } from './writable.js';
import type { Writer } from './writer.js';

/*
 * What a service was seen to do comes on top of what its files say. Where those leave a need unknown, a recording without
 * gaps makes it likely: it holds all that was exercised, and a person tests the result.
 */

/** What root does by these is no call of its own: capabilities(7). A recording of root can't show that they are idle. */
const UNSEEN: readonly Capability[] = ['DAC_OVERRIDE', 'FOWNER', 'KILL'];

/** Calls that look as if these were used succeed for another user than root where they change nothing. */
const OF_ROOT: ReadonlySet<string> = new Set(['CHOWN', 'SETGID', 'SETUID']);

export function withRecordedCapabilities(
  need: Need<readonly Capability[]>,
  recorded: RecordedNeeds | undefined,
  view: ServiceView,
): Need<readonly Capability[]> {
  if (recorded === undefined) return need;
  const { capabilities, root, whole } = recorded;
  const had = new Set([...need.value, ...addedCapabilities(view)]);
  const seen = capabilities.filter(
    ({ value }) => DEFAULT_CAPABILITIES.has(value) && !had.has(value) && (root || !OF_ROOT.has(value)),
  );
  const settles = need.certainty === 'unknown' && whole;
  const unseen = settles && root ? UNSEEN.filter((name) => !had.has(name)) : [];
  if (seen.length === 0 && !settles) return need;
  const value = [...new Set([...need.value, ...seen.map((item) => item.value), ...unseen])].sort();
  const evidence = [recorded.evidence, ...evidenceOf(seen), ...need.evidence];
  return settles ? likely(value, ...evidence) : { ...need, value, evidence };
}

/** Places whose content nobody misses after a restart; the first part is where a tmpfs goes. */
const VOLATILE = /^(?:\/tmp|\/var\/tmp|\/run|\/dev\/shm|\/var\/cache\/[^/]+)(?=\/|$)/;

export function withRecordedPaths(
  need: Need<readonly TmpfsPath[]>,
  recorded: RecordedNeeds | undefined,
  origin: Origin,
  writer: Writer,
  mounts: readonly Mount[],
): Need<readonly TmpfsPath[]> {
  if (recorded === undefined) return need;
  const written = recorded.writes.map((item) => ({ ...item, path: placeOf(item.value) }));
  const open = uncovered(written, mounts).filter(
    ({ path }) => !need.value.some((tmpfs) => isWithin(path, tmpfs.path)),
  );
  const volatile = open.flatMap(({ evidence, path }): Stated[] => {
    const place = VOLATILE.exec(path)?.[0];
    return place === undefined || place === '/dev/shm' ? [] : [{ value: place, evidence }];
  });
  const kept = open.find(({ path }) => !VOLATILE.test(path));
  const temporary = recorded.executes.filter(({ value }) => VOLATILE.test(value));
  const more = withStatedPaths(
    need,
    { writable: volatile, executable: temporary.map(inFolder) },
    origin,
    writer,
    mounts,
  );
  if (kept !== undefined) {
    const reason = `it was seen to write ${kept.path}, where nothing is mounted: give it a volume or a tmpfs first`;
    return because({ ...more, certainty: 'unknown', evidence: [kept.evidence, ...more.evidence] }, reason);
  }
  if (more.certainty !== 'unknown' || !recorded.whole || origin.kind === 'server') return more;
  // Whose the tmpfs must be is known, or it is nobody's matter: /tmp is everybody's.
  if (writer === 'unknown' && more.value.some(({ path }) => path !== '/tmp')) return more;
  return likely(more.value, recorded.evidence, ...more.evidence);
}

/** `/var/lib/app/` is the folder itself; /var/run is /run in every image that has both. */
function placeOf(path: string): string {
  return path.replace(/^\/var\/run(?=\/|$)/, '/run').replace(/(?!^)\/+$/, '');
}

function inFolder({ value, evidence }: Stated): Stated {
  return { value: VOLATILE.exec(value)?.[0] ?? value, evidence };
}

const HELPER = new RegExp(`^(?:${SETUID_HELPERS})$`);

/** A setuid program that was started is needed; where none was, that makes it likely that none is. */
export function withRecordedHelpers(
  need: Need<readonly string[]>,
  recorded: RecordedNeeds | undefined,
): Need<readonly string[]> {
  if (recorded === undefined) return need;
  const helpers = recorded.executes.filter(({ value }) => HELPER.test(nameOf(value)));
  if (helpers.length > 0) {
    const names = [...new Set([...need.value, ...helpers.map(({ value }) => nameOf(value))])];
    return known(names, ...evidenceOf(helpers), ...need.evidence);
  }
  if (need.certainty !== 'unknown' || !recorded.whole) return need;
  return likely(need.value, recorded.evidence, ...need.evidence);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function evidenceOf(list: readonly Stated[]): readonly Evidence[] {
  return uniqueEvidence(list.map(({ evidence }) => evidence));
}
