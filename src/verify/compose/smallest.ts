/**
 * The smallest part of what works that still does, leaving out halves, quarters, and so on to single items.
 * @param works with all items it is true.
 */
export async function smallest<T>(
  items: readonly T[],
  works: (chosen: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let kept = items;
  for (let size = Math.ceil(items.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < kept.length;) {
      const rest = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (rest.length < kept.length && (await works(rest))) kept = rest;
      else at += size;
    }
  }
  return kept;
}
