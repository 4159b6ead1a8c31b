import { glob } from './catalogue.js';
import type { ReadVersions } from './types.js';

/** True for a tag that is none of those of which facts were read; one without a number is the newest. */
export function isOutside(tag: string, { since, except = [] }: ReadVersions): boolean {
  if (except.some((pattern) => glob(pattern).test(tag))) return true;
  const version = /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1];
  return version !== undefined && isOlder(version, since);
}

/** `25` stands for the newest 25.x: it is not older than 25.6. */
function isOlder(version: string, since: string): boolean {
  const [parts, bounds] = [version, since].map((text) => text.split('.').map(Number));
  const at = bounds!.findIndex((bound, index) => bound !== (parts![index] ?? bound));
  return at !== -1 && parts![at]! < bounds![at]!;
}
