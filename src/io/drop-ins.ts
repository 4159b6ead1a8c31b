import { DROP_IN } from '../drop-in.js';
import type { FileReader } from '../core/types.js';
import type { UnitDocument } from '../formats/systemd/document.js';
import { parseUnit } from '../formats/systemd/parse.js';
import { join } from '../workload/compose/project.js';
import { sealOf } from './write.js';

/** Folders of units, of the highest precedence first: https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html */
export const UNIT_FOLDERS = [
  'etc/systemd/system',
  'run/systemd/system',
  'usr/local/lib/systemd/system',
  'usr/lib/systemd/system',
  'lib/systemd/system',
] as const;

/** The folders of a unit's drop-ins by name, the most specific first: `a-b@x.service.d`, `a-b@.service.d`, `a-.service.d`. */
export function dropInFolders(unitName: string): readonly string[] {
  const [, stem = unitName, type = 'service'] = /^(.*)\.([a-z]+)$/.exec(unitName) ?? [];
  const [template = stem, instance] = stem.split('@', 2);
  const names = instance === undefined || instance === '' ? [stem] : [stem, `${template}@`];
  const parts = template.split('-');
  const prefixes = parts.slice(1).map((_, at) => `${parts.slice(0, parts.length - 1 - at).join('-')}-`);
  return [...names, ...prefixes].map((name) => `${name}.${type}.d`).concat(`${type}.d`);
}

/** The folders beside a unit's own from which the manager reads units, of the highest precedence first. */
function unitFolders(path: string): readonly string[] {
  const own = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
  const known = UNIT_FOLDERS.find((folder) => own === folder || own.endsWith(`/${folder}`));
  if (known === undefined) return [own];
  const root = own.slice(0, own.length - known.length);
  return UNIT_FOLDERS.map((folder) => root + folder);
}

/**
 * Reads the drop-ins of a unit in the order in which the manager does: by file name, of several files of one name that of
 * the first folder.
 * @param withOwn whether the one that harden wrote counts.
 */
export function readDropIns(path: string, files: FileReader, withOwn: boolean): readonly UnitDocument[] {
  const unitName = path.slice(path.lastIndexOf('/') + 1);
  const found = new Map<string, string>();
  for (const name of dropInFolders(unitName)) {
    for (const folder of unitFolders(path).map((place) => join(place, name))) {
      if (files.kind(folder) !== 'directory') continue;
      for (const { name: file } of files.list(folder)) {
        if (file.endsWith('.conf') && !found.has(file)) found.set(file, join(folder, file));
      }
    }
  }
  const names = [...found.keys()].sort();
  return names.flatMap((name) => {
    const place = found.get(name)!;
    const text = files.read(place);
    if (text === undefined || (!withOwn && name === DROP_IN && sealOf(text) !== 'none')) return [];
    const parsed = parseUnit(place, text);
    return parsed.ok ? [parsed.document] : [];
  });
}
