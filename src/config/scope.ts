import ignore from 'ignore';
import { lazy } from '../core/lazy.js';
import { pathInConfig, type ConfigPlace } from './place.js';

/** What of a config is about a file. */
export interface Scopes<T> {
  readonly items: readonly T[];
  /** @param path relative to the root of the run. */
  about(path: string): readonly T[];
}

/**
 * Finds the entries of a config by the files that they name.
 * @param place undefined where there is no config, and nothing in it.
 */
export function createScopes<T extends { readonly file: string }>(
  items: readonly T[],
  place: ConfigPlace | undefined,
): Scopes<T> {
  const rules = items.map((item) => ({ item, matches: matcher(item.file) }));
  return {
    items,
    about: (path) => {
      if (rules.length === 0 || place === undefined) return [];
      const named = pathInConfig(place, path);
      if (named === undefined) return [];
      return rules.filter(({ matches }) => matches(named)).map(({ item }) => item);
    },
  };
}

/** A plain path stands for itself and what is below it; anything else is read as in a `.gitignore`. */
function matcher(pattern: string): (path: string) => boolean {
  const rules = lazy(() => ignore({ ignorecase: false }).add(pattern));
  const isPattern = /[*?[\\]/.test(pattern);
  return (path) => path === pattern || path.startsWith(`${pattern}/`) || (isPattern && rules().ignores(path));
}
