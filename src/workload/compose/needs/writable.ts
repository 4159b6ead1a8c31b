import type { WritableFact } from '../../../catalogue/types.js';
import type { Evidence } from '../../../core/types.js';
import {
  because,
  citations,
  isWithin,
  known,
  likely,
  unknown,
  weakest,
  type Need,
  type ProcessUser,
  type TmpfsPath,
} from '../../model.js';
import type { Mount } from '../mounts.js';
import type { Origin } from '../origin.js';
import { runsFromTemp } from '../../image-needs.js';
import { programName } from '../../startup.js';
import { variablesSet } from '../environment.js';
import { strings } from '../plain.js';
import type { ServiceView } from '../project.js';
import type { Writer } from './writer.js';

function temp(exec: boolean, size?: string): TmpfsPath {
  return { path: '/tmp', size, mode: undefined, uid: undefined, gid: undefined, exec };
}

/** What needs a tmpfs when the root file system is read-only; paths that are mounted already need none. */
export function writableNeed(
  view: ServiceView,
  origin: Origin,
  user: Need<ProcessUser>,
  writer: Writer,
  mounts: readonly Mount[],
): Need<readonly TmpfsPath[]> {
  if (origin.kind === 'server') return serverNeed(view, origin, writer, mounts);
  if (origin.kind === 'built') return builtNeed(view, origin, user, writer, mounts);
  return because(unknown(uncovered([temp(false)], mounts), ...origin.evidence), origin.reason);
}

/** The paths that lie in no mount. */
export function uncovered<T extends { readonly path: string }>(
  paths: readonly T[],
  mounts: readonly Mount[],
): readonly T[] {
  return paths.filter(({ path }) => !mounts.some((mount) => isWithin(path, mount.target)));
}

function serverNeed(
  view: ServiceView,
  origin: Extract<Origin, { kind: 'server' }>,
  writer: Writer,
  mounts: readonly Mount[],
): Need<readonly TmpfsPath[]> {
  const { writable, writableRoot, temp: tempFact, name } = origin.facts;
  if (writableRoot !== undefined) {
    return because(unknown([], ...origin.evidence, ...citations(writableRoot.cites)), writableRoot.because);
  }
  if (writable === undefined) {
    const reason = `what the images of ${name} write is not known`;
    return because(unknown(uncovered([temp(false)], mounts), ...origin.evidence), reason);
  }
  const set = variablesSet(view, writable.unlessVariables);
  if (set.length > 0) {
    const reason = `with ${set.join(', ')} ${name} writes elsewhere too, where is not known`;
    return because(unknown(uncovered([temp(false)], mounts), ...origin.evidence), reason);
  }
  const mounted = (path: string): boolean => mounts.some(({ target }) => isWithin(target, path));
  const facts = uncovered(writable.paths, mounts).filter(
    ({ whenMounted }) => whenMounted === undefined || mounted(whenMounted),
  );
  const evidence: Evidence[] = [
    ...origin.evidence,
    ...citations(writable.cites),
    ...citations(facts.flatMap((fact) => fact.cites)),
  ];
  // Data in a tmpfs would be lost: where it is to be kept is for a person to say.
  const lost = facts.filter(({ keep }) => keep === true);
  if (lost.length > 0) {
    const places = lost.map(({ path }) => path).join(', ');
    const reason = `it keeps files in ${places}, where nothing is mounted: give it a volume first`;
    const others = facts.filter(({ keep }) => keep !== true).map(fromFact);
    return because(unknown(others, ...evidence), reason);
  }
  const paths = facts.map(fromFact);
  const { used = true, executable = false, size, grows, cites = [] } = tempFact ?? {};
  const temps = used ? uncovered([temp(executable, size)], mounts) : [];
  // How much a place must hold under load is a guess, and so is whether anything counts on what a tmpfs hides.
  const unsure =
    tempFact === undefined ||
    (grows === true && temps.length > 0) ||
    facts.some((fact) => fact.grows === true || fact.hides === true);
  const all = [...paths, ...temps];
  const cited = [...evidence, ...citations(cites)];
  return ownedBy(writer, unsure ? likely(all, ...cited) : known(all, ...cited));
}

function fromFact(fact: WritableFact): TmpfsPath {
  const { path, size = '16m', mode, uid, gid, exec = false } = fact;
  return { path, size, mode, uid, gid, exec };
}

/**
 * A tmpfs is root's, and has the mode of the directory that it hides, or 0755 from the second start on where there is
 * none: who isn't root could not write there. `/tmp` is there for all in every image but an empty one.
 * https://github.com/opencontainers/runc/blob/main/libcontainer/rootfs_linux.go, https://github.com/moby/moby/issues/20437
 */
export function ownedBy(
  writer: Writer,
  need: Need<readonly TmpfsPath[]>,
  temporary = false,
): Need<readonly TmpfsPath[]> {
  if (writer === 'root') return need;
  const isWriters = ({ path, uid }: TmpfsPath): boolean =>
    uid === undefined && (temporary || path !== '/tmp');
  if (!need.value.some(isWriters)) return need;
  if (writer === 'unknown') {
    const reason = 'which number its user has is not known: a tmpfs must belong to it (uid=)';
    return because({ ...need, certainty: 'unknown' }, reason);
  }
  return { ...need, value: need.value.map((path) => (isWriters(path) ? { ...path, ...writer } : path)) };
}

/**
 * A process that isn't root can only write where its user may: /tmp, its home, and what the Dockerfile gives
 * it. When that includes the program's own folder, only mounts for its state make it likely that nothing else
 * is written, unless its sources say so.
 */
function builtNeed(
  view: ServiceView,
  origin: Extract<Origin, { kind: 'built' }>,
  user: Need<ProcessUser>,
  writer: Writer,
  mounts: readonly Mount[],
): Need<readonly TmpfsPath[]> {
  const { build } = origin;
  const executable = build.executableTemp || startsFromTemp(view);
  const paths = uncovered([temp(executable), ...build.caches], mounts);
  const state = mounts.filter((mount) => !mount.readOnly && mount.kind !== 'tmpfs');
  const evidence = [...user.evidence, ...build.owned, ...state.map((mount) => mount.evidence)];
  if (user.certainty === 'unknown' || user.value.root) {
    return because(unknown(paths, ...evidence), 'it runs as root, which may write anywhere');
  }
  if (build.owned.length > 0 && state.length === 0) {
    const reason = 'its user owns files of the image and no volume is mounted: it may keep its state in them';
    return because(unknown(paths, ...evidence), reason);
  }
  // What its user doesn't own it could not write before either.
  const [written] = build.owned.length === 0 ? [] : uncovered(build.ownWrites, mounts);
  if (written !== undefined) {
    const reason = `it writes ${written.path}, where nothing is mounted: give it a volume or a tmpfs first`;
    return because(unknown(paths, ...evidence, written.evidence), reason);
  }
  const need = { value: paths, certainty: weakest('likely', user.certainty), evidence };
  return ownedBy(writer, need, build.scratch);
}

/** What the service's own command starts in the place of the Dockerfile's. */
function startsFromTemp(view: ServiceView): boolean {
  return ['entrypoint', 'command'].some((key) =>
    strings(view.last(key)?.value)
      .flatMap((word) => word.split(/[\s;&|"'()]+/))
      .some((word) => runsFromTemp(programName(word))),
  );
}
