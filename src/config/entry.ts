import { capabilityWord, pathWord } from './check.js';
import { OVERRIDE_LISTS, type Override, type OverrideList } from './types.js';

/** An override as harden writes it: each word once and in its short form. */
export interface Entry extends Record<OverrideList, readonly string[]> {
  readonly file: string;
  readonly service: string | undefined;
  readonly reason: string | undefined;
}

export function entryOf(override: Override): Entry {
  const words = (list: OverrideList, short: (word: string) => string): readonly string[] => [
    ...new Set((override[list] ?? []).map(short)),
  ];
  const reason = (override.reason ?? '').replace(/\s+/g, ' ').trim();
  return {
    file: override.file,
    service: override.service,
    capabilities: words('capabilities', capabilityWord),
    writable: words('writable', pathWord),
    executable: words('executable', pathWord),
    egress: words('egress', (word) => word.toLowerCase()),
    skip: words('skip', (name) => name),
    reason: reason === '' ? undefined : reason,
  };
}

/** The lines of an entry of the list, behind `indent` spaces. */
export function entryLines(entry: Entry, indent: number): readonly string[] {
  const pairs = pairsOf(entry).map(
    ([key, value]) =>
      `${key}: ${typeof value === 'string' ? scalar(value) : `[${value.map(flowScalar).join(', ')}]`}`,
  );
  return pairs.map((pair, at) => `${' '.repeat(indent)}${at === 0 ? '- ' : '  '}${pair}`);
}

/** An entry for a list in brackets: JSON is YAML too. */
export function entryJson(entry: Entry): string {
  const pairs = pairsOf(entry).map(([key, value]) => `${JSON.stringify(key)}: ${json(value)}`);
  return `{ ${pairs.join(', ')} }`;
}

export function json(value: string | readonly string[]): string {
  return typeof value === 'string'
    ? JSON.stringify(value)
    : `[${value.map((word) => JSON.stringify(word)).join(', ')}]`;
}

function pairsOf(entry: Entry): readonly (readonly [key: string, value: string | readonly string[]])[] {
  const { file, service, reason } = entry;
  const lists = OVERRIDE_LISTS.filter((list) => entry[list].length > 0);
  return [
    ['file', file],
    ...(service === undefined ? [] : [['service', service] as const]),
    ...lists.map((list) => [list, entry[list]] as const),
    ...(reason === undefined ? [] : [['reason', reason] as const]),
  ];
}

const SPECIAL = /^(?:true|false|yes|no|on|off|null|y|n)$/i;

/** Quotes what YAML would read as something else, or not at all. */
function scalar(value: string): string {
  const plain = /^[A-Za-z_/](?:[\w ./()+;,'=-]*[\w./()+;,'=-])?$/.test(value) && !SPECIAL.test(value);
  return plain ? value : JSON.stringify(value);
}

function flowScalar(value: string): string {
  return /^[A-Za-z_/][\w./-]*$/.test(value) && !SPECIAL.test(value) ? value : JSON.stringify(value);
}
