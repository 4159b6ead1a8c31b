import { isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import { near } from '../core/near.js';
import { redact } from '../core/redact.js';
import type { LineIndex } from '../core/text.js';
import type { Evidence } from '../core/types.js';
import { resolveAlias, rangeOf } from '../formats/compose/document.js';
import type { Checked } from './check.js';

/** What is wrong in a config, and what to do about it. */
export interface ConfigProblem {
  readonly line: number;
  readonly reason: string;
}

/** A mapping's values by their keys. */
export type Entries = ReadonlyMap<string, Node>;

/** Reads the nodes of a config, and collects what is wrong with them. */
export interface ConfigReader {
  readonly problems: readonly ConfigProblem[];
  fail(place: Node | number, reason: string): undefined;
  /** The line of a node. */
  cite(node: Node): Evidence;
  /** Undefined where lines say nothing to a reader. */
  lineOf(node: Node): number | undefined;
  /** The node, or the one that an alias stands for. */
  resolve(node: unknown): Node | undefined;
  /** A mapping's values, with aliases followed; undefined for what is none. */
  entries(node: Node, keys: readonly string[], what: string): Entries | undefined;
  text(entries: Entries, key: string): string | undefined;
  /** The items of a list that pass the check. */
  list(
    entries: Entries,
    key: string,
    check: (word: string) => Checked,
    example: string,
  ): readonly { readonly value: string; readonly evidence: Evidence }[];
  /** The items of a list of mappings. */
  maps(entries: Entries, key: string, what: string, first: string): readonly Node[];
}

export interface ReaderOptions {
  /** The path that evidence names. */
  readonly path: string;
  /** The text was made of a program's value: its lines say nothing. */
  readonly generated: boolean;
}

export function createReader(
  yaml: Document,
  text: string,
  lines: LineIndex,
  { path, generated }: ReaderOptions,
): ConfigReader {
  const problems: ConfigProblem[] = [];
  const redacted = redact(text).split('\n');
  const textAt = (line: number): string => (redacted[line - 1] ?? '').trim();
  const fail = (place: Node | number, reason: string): undefined => {
    problems.push({ line: lines.lineOf(typeof place === 'number' ? place : startOf(place)), reason });
  };
  const cite = (node: Node): Evidence => {
    const line = lines.lineOf(startOf(node));
    return generated ? { source: path, text: textAt(line) } : { file: path, line, text: textAt(line) };
  };
  const resolve = (node: unknown): Node | undefined => resolveAlias(node, yaml);

  return {
    problems,
    fail,
    cite,
    lineOf: (node) => (generated ? undefined : lines.lineOf(startOf(node))),
    resolve,
    entries: (node, keys, what) => {
      if (!isMap(node)) return fail(node, `${what} must be a mapping with ${orOf(keys)}`);
      const found = new Map<string, Node>();
      for (const pair of node.items) {
        const key = pair.key as Node;
        const name = isScalar(key) ? String(key.value) : '';
        const value = resolve(pair.value);
        if (!keys.includes(name)) fail(key, unknownKey(name, keys));
        else if (value === undefined) fail(key, `${name} has no value: give it one, or take it out`);
        else found.set(name, value);
      }
      return found;
    },
    text: (entries, key) => {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      if (isScalar(value) && typeof value.value === 'string' && value.value.trim() !== '') return value.value;
      return fail(value, `${key} must be text: write it in quotes`);
    },
    list: (entries, key, check, example) => {
      const list = entries.get(key);
      if (list === undefined) return [];
      if (!isSeq(list)) {
        fail(list, `${key} must be a list, for example ${example}`);
        return [];
      }
      return list.items.flatMap((item) => {
        const word = resolve(item);
        const checked =
          isScalar(word) && typeof word.value === 'string'
            ? check(word.value)
            : { problem: `must hold only text, for example ${example}` };
        const place = word ?? list;
        if ('problem' in checked) fail(place, `${key} ${checked.problem}`);
        return 'value' in checked ? [{ value: checked.value, evidence: cite(place) }] : [];
      });
    },
    maps: (entries, key, what, first) => {
      const list = entries.get(key);
      if (list === undefined || isNull(list)) return [];
      if (!isSeq(list)) {
        fail(list, `${key} must be a list: begin each ${what} with "- ${first}"`);
        return [];
      }
      return list.items.flatMap((item) => {
        const node = resolve(item);
        if (node === undefined) fail(list, `an entry of ${key} is empty: fill it, or take it out`);
        return node ?? [];
      });
    },
  };
}

function unknownKey(name: string, keys: readonly string[]): string {
  const shown = name === '' ? 'a key that is no text' : name;
  const meant = near(name, keys);
  return meant === undefined
    ? `unknown key ${shown}: it may have ${orOf(keys)}`
    : `unknown key ${shown}: did you mean ${meant}?`;
}

export function isNull(node: Node): boolean {
  return isScalar(node) && node.value === null;
}

function startOf(node: Node): number {
  return rangeOf(node).start;
}

/** `a, b or c` */
export function orOf(words: readonly (string | number)[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? String(last) : `${words.slice(0, -1).join(', ')} or ${last}`;
}
