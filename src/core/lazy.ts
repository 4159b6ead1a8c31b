/** Computes a value when it is first asked for, and keeps it. */
export function lazy<T>(compute: () => T): () => T {
  let box: { readonly value: T } | undefined;
  return () => (box ??= { value: compute() }).value;
}

/**
 * Keeps the answers for the keys that were asked for last: at least `size` of them, at most twice as many. An answer
 * that is asked for again stays.
 */
export function keepLast<T>(size: number, compute: (key: string) => T): (key: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return (key) => {
    const kept = young.get(key);
    if (kept !== undefined || young.has(key)) return kept as T;
    const answer = old.has(key) ? (old.get(key) as T) : compute(key);
    if (young.size >= size) {
      old = young;
      young = new Map();
    }
    young.set(key, answer);
    return answer;
  };
}

/** An object whose properties are computed when they are first read. */
export function lazily<T extends object>(compute: { readonly [K in keyof T]: () => T[K] }): T {
  const object = {};
  for (const [name, value] of Object.entries<() => unknown>(compute)) {
    const get = lazy(value);
    Object.defineProperty(object, name, { get, enumerable: true });
  }
  return object as T;
}
