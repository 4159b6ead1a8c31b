/** Computes a value when it is first asked for, and keeps it. */
export function lazy<T>(compute: () => T): () => T {
  let box: { readonly value: T } | undefined;
  return () => (box ??= { value: compute() }).value;
}
