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
import { environmentOf } from '../plain.js';
import type { ServiceView } from '../project.js';

const TEMP_SIZE = '64m';

function temp(exec: boolean, size = TEMP_SIZE): TmpfsPath {
  return { path: '/tmp', size, mode: undefined, uid: undefined, gid: undefined, exec };
}

/** What needs a tmpfs when the root file system is read-only; paths that are mounted already need none. */
export function writableNeed(
  view: ServiceView,
  origin: Origin,
  user: Need<ProcessUser>,
  mounts: readonly Mount[],
): Need<readonly TmpfsPath[]> {
  if (origin.kind === 'server') return serverNeed(view, origin, mounts);
  if (origin.kind === 'built') return builtNeed(origin, user, mounts);
  return because(unknown(uncovered([temp(false)], mounts), ...origin.evidence), origin.reason);
}

function uncovered<T extends { readonly path: string }>(
  paths: readonly T[],
  mounts: readonly Mount[],
): readonly T[] {
  return paths.filter(({ path }) => !mounts.some((mount) => isWithin(path, mount.target)));
}

function serverNeed(
  view: ServiceView,
  origin: Extract<Origin, { kind: 'server' }>,
  mounts: readonly Mount[],
): Need<readonly TmpfsPath[]> {
  const { writable, temp: tempFact } = origin.facts;
  if (writable === undefined) {
    const reason = `what the images of ${origin.facts.name} write is not known`;
    return because(unknown(uncovered([temp(false)], mounts), ...origin.evidence), reason);
  }
  const set = view
    .fields('environment')
    .flatMap((field) =>
      Object.keys(environmentOf(field.value)).filter((name) => writable.unlessVariables?.includes(name)),
    );
  if (set.length > 0) {
    const reason = `with ${set.join(', ')} ${origin.facts.name} changes files that the image brings`;
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
    const reason = `its data is in ${places}, where nothing is mounted: give it a volume first`;
    return because(unknown(facts.map(fromFact), ...evidence), reason);
  }
  const paths = facts.map(fromFact);
  if (tempFact === undefined) return likely([...paths, ...uncovered([temp(false)], mounts)], ...evidence);
  if (!tempFact.used) return known(paths, ...evidence, ...citations(tempFact.cites));
  const all = [...paths, ...uncovered([temp(tempFact.executable, tempFact.size)], mounts)];
  return known(all, ...evidence, ...citations(tempFact.cites));
}

function fromFact(fact: WritableFact): TmpfsPath {
  const { path, size = '16m', mode, uid, gid, exec = false } = fact;
  return { path, size, mode, uid, gid, exec };
}

/**
 * A process that isn't root can only write where its user may: /tmp, its home, and what the Dockerfile gives
 * it. When that includes the program's own folder, only mounts for its state make it likely that nothing else
 * is written.
 */
function builtNeed(
  origin: Extract<Origin, { kind: 'built' }>,
  user: Need<ProcessUser>,
  mounts: readonly Mount[],
): Need<readonly TmpfsPath[]> {
  const { build } = origin;
  const paths = uncovered([temp(build.executableTemp), ...build.caches], mounts);
  const state = mounts.filter((mount) => !mount.readOnly && mount.kind !== 'tmpfs');
  const evidence = [...user.evidence, ...build.owned, ...state.map((mount) => mount.evidence)];
  if (user.certainty === 'unknown' || user.value.root) {
    return because(unknown(paths, ...evidence), 'it runs as root, which may write anywhere');
  }
  if (build.owned.length > 0 && state.length === 0) {
    const reason = 'its user owns files of the image and no volume is mounted: it may keep its state in them';
    return because(unknown(paths, ...evidence), reason);
  }
  return { value: paths, certainty: weakest('likely', user.certainty), evidence };
}
