import { isWithin, known, type Need } from '../model.js';
import { firstMentions, type StatedNeeds } from '../stated.js';
import type { UnitUser } from './identity.js';
import type { HomeUse, WritablePath } from './paths.js';

/** Adds the paths that a person names, but for those that are writable already. */
export function withStatedPaths(
  need: Need<readonly WritablePath[]>,
  stated: Pick<StatedNeeds, 'writable'>,
  user: UnitUser,
): Need<readonly WritablePath[]> {
  const more = placesOf(stated, user).filter(
    ({ path }) => !need.value.some((other) => isWithin(path, other.path)),
  );
  if (more.length === 0) return need;
  const kept = need.value.filter(
    ({ managed, path }) => managed || !more.some((other) => isWithin(path, other.path)),
  );
  return {
    ...need,
    value: [...kept, ...more],
    evidence: [...more.map(({ evidence }) => evidence), ...need.evidence],
  };
}

function placesOf({ writable }: Pick<StatedNeeds, 'writable'>, user: UnitUser): readonly WritablePath[] {
  const places = firstMentions(writable).map(({ value, evidence }) => {
    const path = value.replace(/^\/var\/run(?=\/|$)/, '/run');
    // /run is empty at boot: what root makes there itself doesn't exist yet when its paths are made writable.
    return {
      path: user.kind === 'root' && path.startsWith('/run/') ? '/run' : path,
      managed: false,
      evidence,
    };
  });
  return places.filter(
    ({ path }, at) =>
      !places.some(
        (other, position) =>
          position !== at && isWithin(path, other.path) && (path !== other.path || position < at),
      ),
  );
}

/** Homes are written where a person says so. */
export function withStatedHome(need: Need<HomeUse>, { writable }: StatedNeeds): Need<HomeUse> {
  const homes = writable.filter(({ value }) =>
    ['/home', '/root', '/run/user'].some((folder) => isWithin(value, folder)),
  );
  if (homes.length === 0 || need.value === 'write') return need;
  return known('write', ...homes.map(({ evidence }) => evidence));
}
