import { basename } from 'node:path';
import type { UnitDocument, UnitEntry } from './formats/systemd/document.js';
import { parseUnit } from './formats/systemd/parse.js';
import { managerOf } from './workload/unit/identity.js';

/** The name that harden gives its own drop-in: behind those of packages, before an administrator's later ones. */
export const DROP_IN = '50-hardening.conf';

/** Where the drop-in of a unit stands: in the folder that the manager reads beside it. */
export function dropInPath(unit: string): string {
  return `${unit}.d/${DROP_IN}`;
}

/** How an administrator installs a drop-in, and takes it away again. */
export interface DropInCommands {
  /** Where the manager of the machine looks for it. */
  readonly target: string;
  readonly activate: string;
  readonly undo: string;
}

/** @param name of the unit, as systemctl takes it. */
export function dropInCommands(name: string, manager: 'system' | 'user'): DropInCommands {
  const user = manager === 'user';
  const folder = user ? '~/.config/systemd/user' : '/etc/systemd/system';
  const target = `${folder}/${dropInPath(name)}`;
  const sudo = user ? '' : 'sudo ';
  const systemctl = user ? 'systemctl --user' : 'sudo systemctl';
  // A template is started by its instances.
  const restart = `${systemctl} daemon-reload && ${systemctl} restart ${name.replace(/@(?=\.)/, '@INSTANCE')}`;
  return { target, activate: restart, undo: `${sudo}rm ${target} && ${restart}` };
}

/**
 * A drop-in with what a hardened unit says and the original doesn't, to be merged over it:
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Description. Undefined when that is nothing.
 */
export function dropInOf(original: UnitDocument, hardened: string): string | undefined {
  const parsed = parseUnit(original.path, hardened);
  const added = parsed.ok ? addedEntries(original, parsed.document) : [];
  if (added.length === 0) return undefined;
  const name = basename(original.path);
  const { activate, target, undo } = dropInCommands(name, managerOf(original).value);
  const sections = [...new Set(added.map(({ section }) => section))];
  return [
    `# Merged over ${name}. It belongs to ${target}`,
    `# Activate: ${activate}`,
    `# Undo: ${undo}`,
    ...sections.flatMap((section) => [
      `[${section}]`,
      ...added.filter((entry) => entry.section === section).map(({ key, value }) => `${key}=${value}`),
    ]),
    '',
  ].join('\n');
}

/** The assignments of one that the other hasn't, each as often as it has more of it. */
function addedEntries(original: UnitDocument, hardened: UnitDocument): readonly UnitEntry[] {
  const name = ({ section, key, value }: UnitEntry): string => JSON.stringify([section, key, value]);
  const counts = new Map<string, number>();
  for (const entry of original.entries) counts.set(name(entry), (counts.get(name(entry)) ?? 0) + 1);
  return hardened.entries.filter((entry) => {
    const left = counts.get(name(entry)) ?? 0;
    if (left > 0) counts.set(name(entry), left - 1);
    return left === 0;
  });
}
