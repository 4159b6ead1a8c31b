import { isMap, isSeq, type Node } from 'yaml';
import { checkCapability, checkDestination, checkFile, checkPath, checkTransform } from './check.js';
import { readOptions } from './read-transforms.js';
import { orOf, type ConfigReader, type Entries } from './reader.js';
import type { KnownTransform } from './parse.js';
import { OVERRIDE_LISTS, type ConfigOverride } from './types.js';

const KEYS = ['file', 'service', ...OVERRIDE_LISTS, 'transforms', 'reason'];

/** An override of the list; undefined where it is broken, which is told. */
export function readOverride(
  node: Node,
  reader: ConfigReader,
  known: readonly KnownTransform[] | undefined,
): ConfigOverride | undefined {
  const entries = reader.entries(node, KEYS, 'an override');
  if (entries === undefined) return undefined;
  const ids = known?.map(({ id }) => id);
  const override = {
    service: reader.text(entries, 'service'),
    capabilities: reader.list(entries, 'capabilities', checkCapability, '[CHOWN, SETUID]'),
    writable: reader.list(entries, 'writable', checkPath, '[/var/cache/nginx]'),
    executable: reader.list(entries, 'executable', checkPath, '[/tmp]'),
    egress: reader.list(entries, 'egress', checkDestination, '[api.example.com]'),
    skip: reader.list(
      entries,
      'skip',
      (name) => (ids === undefined ? { value: name } : checkTransform(name, ids)),
      '[compose/read-only-rootfs]',
    ),
    options: readOptions(entries.get('transforms'), reader, known),
    reason: reader.text(entries, 'reason'),
    line: reader.lineOf(node),
  };
  if (override.egress.length > 1 && override.egress.some(({ value }) => value === 'none')) {
    reader.fail(entries.get('egress') ?? node, 'egress names none, and something: take one of them out');
  }
  // A key with a typing error has its own message.
  if (isMap(node) && node.items.length === entries.size) {
    if (!entries.has('file')) reader.fail(node, 'an override without file: name the file that it is about');
    const changing = [...OVERRIDE_LISTS, 'transforms'];
    if (!changing.some((key) => isFilled(entries.get(key)))) {
      reader.fail(node, `an override that names nothing to change: give it ${orOf(changing)}`);
    }
  }
  const file = readFile(entries, node, reader);
  return file === undefined ? undefined : { ...override, file };
}

/** `file:` of an override or an accepted risk, in its short form. */
export function readFile(entries: Entries, node: Node, reader: ConfigReader): string | undefined {
  const file = reader.text(entries, 'file');
  if (file === undefined) return undefined;
  const checked = checkFile(file);
  if ('value' in checked) return checked.value;
  return reader.fail(entries.get('file') ?? node, `file ${checked.problem}`);
}

function isFilled(node: Node | undefined): boolean {
  // What is no list has its own message.
  return node !== undefined && (!(isSeq(node) || isMap(node)) || node.items.length > 0);
}
