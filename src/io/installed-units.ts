import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { UNIT_FOLDERS } from './drop-ins.js';
import { isInside, systemReason } from './files.js';

/** A unit that is installed below a root. */
export type FoundUnit =
  | {
      readonly ok: true;
      /** As systemctl knows it: an alias is the unit's own name. */
      readonly name: string;
      /** Relative to the root. */
      readonly path: string;
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Finds a service by its name in the folders of the system manager, through aliases; of an instance the template.
 * @param root real path of the system's root.
 * @param given the name, with or without `.service`.
 */
export function findUnit(root: string, given: string): FoundUnit {
  const name = /\.service$/.test(given) ? given : `${given}.service`;
  if (/\.(?:socket|timer|target|path|mount|slice|scope|device|swap|automount)$/.test(given))
    return { ok: false, reason: `${given} is no service: only services start programs of their own.` };
  if (name.includes('/'))
    return { ok: false, reason: `${given} is a path: give the name of a unit, or run harden on the file.` };
  const template = /^([^@]+)@.+(\.service)$/.exec(name);
  const names = template === null ? [name] : [name, `${template[1] ?? ''}@${template[2] ?? ''}`];
  for (const candidate of names) {
    for (const folder of UNIT_FOLDERS) {
      const found = look(root, join(root, folder, candidate), candidate);
      if (found !== undefined) return found;
    }
  }
  return { ok: false, reason: `there is no unit ${name} below ${root}.` };
}

function look(root: string, place: string, name: string): FoundUnit | undefined {
  try {
    const entry = lstatSync(place, { throwIfNoEntry: false });
    if (entry === undefined) return undefined;
    if (entry.isSymbolicLink() && readlinkSync(place) === '/dev/null')
      return { ok: false, reason: `${name} is masked: it can't be started.` };
    const real = realpathSync(place);
    if (!isInside(root, real)) return { ok: false, reason: `${name} is a link that leads out of ${root}.` };
    if (!statSync(real).isFile()) return { ok: false, reason: `${name} is not a regular file.` };
    const path = relative(root, real).split(sep).join('/');
    // /lib is a link to /usr/lib; another name is an alias.
    return { ok: true, name: basename(real), path };
  } catch (error) {
    return { ok: false, reason: `${name} ${systemReason(error)}.` };
  }
}
