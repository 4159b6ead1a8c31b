import { uniqueEvidence } from '../../core/evidence.js';
import { because, citations, isWithin, known, likely, unknown, type Need } from '../model.js';
import type { UnitCommands } from './collect.js';
import { sandboxedCommands } from './commands.js';
import { daemonsOf, isUnderstood } from './daemons.js';
import type { WritablePath } from './paths.js';
import type { Stated } from '../stated.js';
import type { UnitDocument } from '../../formats/systemd/document.js';

/** Where programs may run and libraries may be mapped, and where not. */
export interface Execution {
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
}

/** All that packages install, the dynamic loader and the libraries among it. */
const INSTALLED = ['/bin', '/sbin', '/lib', '/lib64'];

/**
 * What other settings mount in the namespace, or keep apart from it: `NoExecPaths=/` doesn't reach these (make_noexec()
 * in https://github.com/systemd/systemd/blob/v257/src/core/namespace.c), so that they are named.
 */
const MOUNTED = ['/tmp', '/var/tmp', '/dev/shm', '/home', '/root'];

/**
 * @param executable writable places from which the unit executes, as a person says.
 * @returns undefined where a command isn't understood, or runs from elsewhere: a folder with data may be beside it.
 */
export function executionOf(
  document: UnitDocument,
  commands: UnitCommands,
  writable: readonly WritablePath[],
  executable: readonly Stated[],
): Need<Execution> | undefined {
  const { programs } = commands;
  if (programs.length === 0 || !isUnderstood(commands)) return undefined;
  // Where a script that another one calls is installed isn't known.
  const files = programs.flatMap(({ evidence }) => ('file' in evidence ? [evidence.file] : []));
  if (new Set(files.filter((file) => !/\.(service|conf)$/.test(file))).size > 1) return undefined;
  const started = [
    ...programs.map(({ path }) => path),
    ...sandboxedCommands(document).map(({ command }) => command.program.text),
  ];
  if (started.some((path) => path.includes('/') && !/^\/(usr|s?bin)\/[^%$]+$/.test(path))) return undefined;

  const facts = daemonsOf(commands);
  const places = [
    ...executable.map(({ value }) => ({ path: value })),
    ...facts.flatMap((entry) => entry.writable.paths).filter(({ exec }) => exec === true),
  ];
  const written = writable.map(({ path }) => path).filter((path) => /^\/[^\s"'$]+$/.test(path));
  if (written.some((path) => isWithin(path, '/usr'))) return undefined;
  const refused = [...new Set([...MOUNTED, ...written])].filter(
    (path) => !places.some((place) => isWithin(path, place.path)),
  );
  const value = {
    allowed: [
      '/usr',
      ...[...INSTALLED, ...new Set(places.map(({ path }) => path))].map((path) => `-${path}`),
    ],
    refused: ['/', ...refused.map((path) => `-${path}`)],
  };
  const evidence = uniqueEvidence([
    ...executable.map((item) => item.evidence),
    ...programs.map((program) => program.evidence),
    ...facts.flatMap(({ helpers }) => citations(helpers.cites).slice(0, 1)),
  ]);
  const chosen = facts.find(({ helpers }) => helpers.chosen !== undefined);
  if (chosen !== undefined)
    return because(
      unknown(value, ...evidence),
      `${chosen.name}: ${chosen.helpers.chosen!}; they must stand in one of these places`,
    );
  return programs.every(({ closed }) => closed) ? known(value, ...evidence) : likely(value, ...evidence);
}

export function executionAssignments({ allowed, refused }: Execution): readonly string[] {
  return [`NoExecPaths=${refused.join(' ')}`, `ExecPaths=${allowed.join(' ')}`];
}
