import { isMap } from 'yaml';
import { applyEdits, lineEnding, refused, type Edits } from '../core/text.js';
import { contentEnd, ownPair } from '../formats/compose/document.js';
import { insertInFlow, insertLines, keyColumn } from '../formats/compose/edit.js';
import { parseConfig, type KnownTransform } from './parse.js';
import { atEnd, HEAD, losesComment, open, type Parts, type Recorded } from './record.js';
import type { HardenConfig } from './types.js';

/**
 * Turns a transform off for the whole project, in a config's text; all else stays byte for byte as it is.
 * @param text undefined where there is no config yet.
 * @param reason stands in a comment, where comments can.
 * @param known the transforms that a config may name.
 */
export function recordOff(
  text: string | undefined,
  id: string,
  reason: string,
  known: readonly KnownTransform[],
): Recorded {
  const line = offLine(id, reason);
  if (text === undefined) return { ok: true, text: `${HEAD}\ntransforms:\n  ${line}\n` };
  const before = configOf(text, known);
  if (typeof before === 'string') return { ok: false, reason: before };
  if (before.off.includes(id)) return { ok: true, text };
  const parts = open(text);
  if (parts === undefined) return { ok: false, reason: 'it is not YAML' };
  const made = add(parts, id, line);
  if (!made.ok) return made;
  return prove(text, applyEdits(text, made.edits), before, [...before.off, id], known);
}

/** `compose/limit-pids: off # the mailer forks` */
export function offLine(id: string, reason: string): string {
  const comment = reason.replace(/\s+/g, ' ').trim();
  return `${id}: off${comment === '' ? '' : ` # ${comment}`}`;
}

function add({ document, root }: Parts, id: string, line: string): Edits {
  const { text } = document;
  const section = `transforms:${lineEnding(text)}  ${line}`;
  const entry = `${JSON.stringify(id)}: "off"`;
  if (root === undefined) return atEnd(text, section);
  const transforms = ownPair(root, 'transforms');
  if (transforms === undefined) {
    return root.flow === true
      ? insertInFlow(document, root, [`"transforms": { ${entry} }`])
      : atEnd(text, section);
  }
  const map = transforms.value;
  if (isMap(map)) {
    if (ownPair(map, id) !== undefined) return refused(`it sets something of ${id} already`);
    if (map.flow === true) return insertInFlow(document, map, [entry]);
    const column = keyColumn(document, map);
    if (column === undefined) return refused('its keys are not at the start of their lines');
    return insertLines(document, contentEnd(map), column, map, [' '.repeat(column) + line]);
  }
  const [start = 0, end = 0] = map?.range ?? transforms.key.range ?? [];
  if (map !== null && start !== end) return refused('its transforms are no mapping');
  const colon = text.indexOf(':', transforms.key.range?.[1] ?? 0) + 1;
  return insertLines(document, colon, 0, undefined, [`  ${line}`]);
}

function configOf(text: string, known: readonly KnownTransform[]): HardenConfig | string {
  const parsed = parseConfig(text, {
    path: '',
    place: { folder: '.', root: '.' },
    transforms: known,
  });
  if (parsed.ok) return parsed.config;
  const [first] = parsed.problems;
  return `line ${first?.line ?? 1}: ${first?.reason ?? ''}`;
}

/** The text with the transform turned off, when nothing else has changed. */
function prove(
  text: string,
  result: string,
  before: HardenConfig,
  off: readonly string[],
  known: readonly KnownTransform[],
): Recorded {
  const after = configOf(result, known);
  if (typeof after === 'string') return { ok: false, reason: `the result would be broken: ${after}` };
  const said = (config: HardenConfig, ids: readonly string[]): string =>
    JSON.stringify({ ...config, off: [...ids].sort() }, (key, value: unknown) =>
      key === 'line' || key === 'evidence' ? undefined : value,
    );
  if (said(after, after.off) !== said(before, off))
    return { ok: false, reason: 'it would change what else it says' };
  if (losesComment(text, result)) return { ok: false, reason: 'a comment would be lost' };
  return { ok: true, text: result };
}
