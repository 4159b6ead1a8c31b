/** The candidate that differs from `word` in the fewest letters; undefined when none is near. */
export function near(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => {
      const short = candidate.slice(candidate.indexOf('/') + 1);
      return { candidate, distance: Math.min(distance(word, candidate), distance(word, short)) };
    })
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, word.length / 3) ? best.candidate : undefined;
}

/** Levenshtein's distance, in which two neighbours that changed places count once: the mistake of fingers. */
function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? before[j - 2]! + 1 : Infinity;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + change, swap));
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
