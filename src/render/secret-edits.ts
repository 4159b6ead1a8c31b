import { diffChars } from 'diff';
import { MASK, redact } from '../core/redact.js';
import type { TextEdit } from '../core/text.js';

/**
 * Edits that make the same of a text and hold no secret: one that writes again what stands in the place that it replaces
 * (in other quotes) is told as the edits around it.
 * @returns undefined when a secret is written where it did not stand.
 */
export function withoutSecrets(edits: readonly TextEdit[], text: string): readonly TextEdit[] | undefined {
  const told: TextEdit[] = [];
  for (const edit of edits) {
    const secrets = secretsIn(edit.text);
    const parts = secrets.length === 0 ? [edit] : around(edit, text);
    if (parts.some((part) => secrets.some((secret) => part.text.includes(secret)))) return undefined;
    told.push(...parts);
  }
  return told;
}

/** The values that `redact` masks in a text. */
function secretsIn(text: string): readonly string[] {
  const redacted = redact(text);
  if (redacted === text) return [];
  const [first = '', ...rest] = redacted.split(MASK);
  let at = first.length;
  return rest
    .map((next, index) => {
      const end = index === rest.length - 1 ? text.length - next.length : text.indexOf(next, at + 1);
      const value = text.slice(at, end);
      at = end + next.length;
      return value;
    })
    .filter((value) => value !== '' && value !== MASK);
}

function around({ start, end, text: written, depth, under }: TextEdit, text: string): readonly TextEdit[] {
  const order = {
    ...(depth === undefined ? {} : { depth }),
    ...(under === undefined ? {} : { under }),
  };
  const parts: TextEdit[] = [];
  let at = start;
  for (const { added, removed, value } of diffChars(text.slice(start, end), written)) {
    if (added) parts.push({ start: at, end: at, text: value, ...order });
    else {
      if (removed) parts.push({ start: at, end: at + value.length, text: '', ...order });
      at += value.length;
    }
  }
  return parts;
}
