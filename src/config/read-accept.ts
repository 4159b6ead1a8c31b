import { isMap, type Node } from 'yaml';
import { checkTransform } from './check.js';
import { readFile } from './read-override.js';
import type { ConfigReader } from './reader.js';
import type { AcceptedRisk } from './types.js';

const NEEDED = ['transform', 'file', 'reason', 'expires'];
const KEYS = ['transform', 'file', 'service', 'contains', 'reason', 'expires'];

/**
 * An accepted risk of the list; undefined where it is broken, which is told.
 * @param today as `2026-11-26`.
 */
export function readAccepted(
  node: Node,
  reader: ConfigReader,
  ids: readonly string[] | undefined,
  today: string,
): AcceptedRisk | undefined {
  const entries = reader.entries(node, KEYS, 'an accepted risk');
  if (entries === undefined) return undefined;
  // A key with a typing error has its own message.
  if (isMap(node) && node.items.length === entries.size) {
    for (const key of NEEDED.filter((name) => !entries.has(name))) {
      reader.fail(node, `an accepted risk without ${key}: ${HINTS[key] ?? ''}`);
    }
  }
  const [transform, reason, expires] = ['transform', 'reason', 'expires'].map((key) =>
    reader.text(entries, key),
  );
  const file = readFile(entries, node, reader);
  const place = (key: string): Node => entries.get(key) ?? node;
  if (transform !== undefined && ids !== undefined) {
    const checked = checkTransform(transform, ids);
    if ('problem' in checked) return reader.fail(place('transform'), `transform ${checked.problem}`);
  }
  if (expires !== undefined && !isDay(expires)) {
    return reader.fail(place('expires'), `expires must be a day, as in "${today}"`);
  }
  if (transform === undefined || file === undefined || reason === undefined || expires === undefined) {
    return undefined;
  }
  return {
    transform,
    file,
    service: reader.text(entries, 'service'),
    contains: reader.text(entries, 'contains'),
    reason: reason.replace(/\s+/g, ' ').trim(),
    expires,
    expired: expires < today,
    line: reader.lineOf(node),
    evidence: reader.cite(place('transform')),
  };
}

const HINTS: Readonly<Record<string, string>> = {
  transform: "name the transform that finds it; 'harden list' shows them all",
  file: 'name the file that it is about',
  reason: 'say why it is accepted',
  expires: 'name the last day on which it holds',
};

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(text: string): boolean {
  const [, ...parts] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  const [year = 0, month = 0, day = 0] = parts.map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
  return day >= 1 && day <= days;
}
