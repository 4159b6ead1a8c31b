/** A JSON object of which nothing is known. */
export type Json = Readonly<Record<string, unknown>>;

/** The answer of a program that may be another one than it should: it is read, not believed. */
export class StrangeAnswer extends Error {}

export function objectIn(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new StrangeAnswer();
  return value as Json;
}

export function listIn(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new StrangeAnswer();
  return value;
}

export function textAt(object: Json, key: string): string {
  const value = object[key];
  if (typeof value !== 'string') throw new StrangeAnswer();
  return value;
}

export function numberAt(object: Json, key: string): number {
  const value = object[key];
  if (typeof value !== 'number') throw new StrangeAnswer();
  return value;
}

/** The text of a field that may be null, as an empty body is. */
export function maybeText(object: Json, key: string): string {
  return object[key] === null || object[key] === undefined ? '' : textAt(object, key);
}
