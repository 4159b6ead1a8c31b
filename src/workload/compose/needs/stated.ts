import { because, isWithin, type Need, type TmpfsPath } from '../../model.js';
import { firstMentions, type Stated, type StatedNeeds } from '../../stated.js';
import type { Mount } from '../mounts.js';
import type { Origin } from '../origin.js';
import type { ServiceView } from '../project.js';
import { addedCapabilities, DEFAULT_CAPABILITIES } from './capabilities.js';
import type { Privileges } from './unprivileged.js';
import { ownedBy, uncovered } from './writable.js';
import type { Writer } from './writer.js';

/*
 * What a person says of a service comes on top of what is found: a need that is unknown stays so, since the rest of it
 * is still not known.
 */

/** Adds the capabilities that a person names, of those that the service has today. */
export function withStatedCapabilities(
  need: Need<readonly string[]>,
  { capabilities }: StatedNeeds,
  view: ServiceView,
): Need<readonly string[]> {
  const had = new Set([...need.value, ...addedCapabilities(view)]);
  const more = firstMentions(capabilities).filter(
    ({ value }) => DEFAULT_CAPABILITIES.has(value) && !had.has(value),
  );
  return withMore(need, [...need.value, ...valuesOf(more)].sort(), more);
}

/** The same for a service that has all capabilities, which the named ones replace. */
export function withStatedPrivileges(
  need: Need<Privileges>,
  { capabilities }: StatedNeeds,
  view: ServiceView,
): Need<Privileges> {
  const had = new Set([...need.value.capabilities, ...addedCapabilities(view)]);
  const more = firstMentions(capabilities).filter(({ value }) => !had.has(value));
  const list = [...need.value.capabilities, ...valuesOf(more)].sort();
  return withMore(need, { ...need.value, capabilities: list }, more);
}

/** Adds a tmpfs for each path that a person names, and lets programs run where that is said. */
export function withStatedPaths(
  need: Need<readonly TmpfsPath[]>,
  stated: Pick<StatedNeeds, 'writable' | 'executable'>,
  origin: Origin,
  writer: Writer,
  mounts: readonly Mount[],
): Need<readonly TmpfsPath[]> {
  const written = firstMentions(stated.writable);
  const executed = firstMentions(stated.executable);
  if (written.length + executed.length === 0) return need;
  const isNew = ({ value }: Stated): boolean => !need.value.some(({ path }) => path === value);
  const alone = executed.filter(
    ({ value }) => ![...need.value, ...written.map(toPath)].some(({ path }) => isWithin(value, path)),
  );
  const fresh = uncovered([...written.filter(isNew), ...alone].map(toPath), mounts);
  const empty = origin.kind === 'built' && origin.build.scratch;
  const owned = ownedBy(
    writer,
    { ...need, value: fresh.map(({ path }) => tmpfsOn(path, origin, writer)) },
    empty,
  );
  const all = [...need.value, ...owned.value];
  const runs = new Set(executed.flatMap(({ value }) => innermost(all, value) ?? []));
  const value = all.map((path) => (runs.has(path) ? { ...path, exec: true } : path));
  const used = [
    ...fresh.map(({ item }) => item),
    ...executed.filter(
      (item) => innermost(all, item.value)?.exec === false && !fresh.some((place) => place.item === item),
    ),
  ];
  const whole =
    need.certainty === 'unknown' || owned.reason === undefined
      ? need
      : because({ ...need, certainty: owned.certainty }, owned.reason);
  return withMore(whole, value, used);
}

function toPath(item: Stated): { readonly path: string; readonly item: Stated } {
  return { path: item.value, item };
}

/**
 * An entrypoint that steps down by itself makes and owns what is there as root, and its program writes there as another
 * user: only a place for all is for both.
 */
function tmpfsOn(path: string, origin: Origin, writer: Writer): TmpfsPath {
  const stepsDown =
    (origin.kind === 'server' && origin.facts.user.stepsDownTo !== undefined) ||
    (origin.kind === 'built' && origin.build.stepsDown.length > 0);
  const mode = writer === 'root' && stepsDown && path !== '/tmp' ? '1777' : undefined;
  return { path, size: undefined, mode, uid: undefined, gid: undefined, exec: false };
}

function innermost(paths: readonly TmpfsPath[], place: string): TmpfsPath | undefined {
  return paths
    .filter(({ path }) => isWithin(place, path))
    .reduce<TmpfsPath | undefined>(
      (a, b) => (a === undefined || b.path.length > a.path.length ? b : a),
      undefined,
    );
}

function valuesOf(list: readonly Stated[]): readonly string[] {
  return list.map(({ value }) => value);
}

/** What a person says comes first among the evidence. */
function withMore<T>(need: Need<T>, value: T, stated: readonly Stated[]): Need<T> {
  if (stated.length === 0) return need;
  return { ...need, value, evidence: [...stated.map(({ evidence }) => evidence), ...need.evidence] };
}
