import type { UnitDocument } from '../../formats/systemd/document.js';
import { because, citations, known, likely, unknown, type Need } from '../model.js';
import type { UnitCommands, UnitProgram } from './collect.js';
import { sandboxedCommands } from './commands.js';
import { daemonsOf, isUnderstood } from './daemons.js';
import { uniqueEvidence } from './needs.js';

/** Where the dynamic loader and the libraries are, which are mapped as executable. */
const LIBRARIES = ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/lib', '/lib64'];

/** All that packages install. */
const INSTALLED = ['/usr', '/bin', '/sbin', '/lib', '/lib64'];

/**
 * Programs that are one native binary, in Debian's packages as in their makers', and start nothing but themselves:
 * no script, no launcher, no helper.
 */
const ALONE =
  /^(nginx|memcached|mosquitto|nats-server|etcd|minio|mongod|rest-server|ntfy|(prometheus-)?(node[-_]exporter|alertmanager|pushgateway|blackbox[-_]exporter|process-exporter)|prometheus|(redis|postgres|mysqld|memcached|bind|snmp)_exporter)$/;

function isAlone({ closed, facts, name, path }: UnitProgram): boolean {
  if (!/^\/(usr\/(local\/)?)?s?bin\/[^/%$]+$/.test(path)) return false;
  if (closed) return true;
  return (
    ALONE.test(name) &&
    facts.every(({ helpers }) => helpers.programs.length === 0 && helpers.chosen === undefined)
  );
}

/** The folder to run programs from: `/opt/<name>` with libraries beside them; undefined for a place that is no such folder. */
function programFolder(path: string): string | undefined {
  return /^\/(?:opt|srv)\/[^/%$]+(?=\/)/.exec(path)?.[0];
}

/**
 * The paths from which the unit's processes run programs and map libraries, as ExecPaths= takes them; undefined where a
 * command isn't understood, or a program stands where nothing says what lies beside it.
 */
export function executableOf(
  document: UnitDocument,
  commands: UnitCommands,
): Need<readonly string[]> | undefined {
  const { opaque, programs, shell } = commands;
  if (opaque.length > 0 || programs.length === 0 || !isUnderstood(commands)) return undefined;
  // Where a script that another one calls is installed isn't known.
  const scripts = new Set(
    programs.flatMap(({ evidence }) => ('file' in evidence ? [evidence.file] : [])).filter(isScript),
  );
  if (scripts.size > 1) return undefined;
  const facts = daemonsOf(commands);
  const paths = [
    ...programs.map(({ path }) => path).filter((path) => path.includes('/')),
    ...sandboxedCommands(document).map(({ command }) => command.program.text),
  ];
  const outside = paths.filter((path) => !/^\/(usr|s?bin|lib)\//.test(path) && path.includes('/'));
  const folders = outside.map(programFolder);
  if (!folders.every((folder) => folder !== undefined)) return undefined;
  if (paths.some((path) => path.includes('%'))) return undefined;
  const places = facts
    .flatMap(({ writable }) => writable.paths)
    .filter(({ exec }) => exec === true)
    .map(({ path }) => path);

  const evidence = uniqueEvidence([
    ...programs.map((program) => program.evidence),
    ...facts.flatMap(({ helpers }) => citations(helpers.cites).slice(0, 1)),
  ]);
  const alone = !shell && places.length === 0 && programs.every(isAlone);
  const value = alone
    ? [...new Set(programs.map(({ path }) => path)), ...LIBRARIES.map(optional)]
    : ['/usr', ...[...INSTALLED.slice(1), ...new Set(folders), ...new Set(places)].map(optional)];
  const chosen = facts.find(({ helpers }) => helpers.chosen !== undefined);
  if (chosen !== undefined) {
    return because(
      unknown(value, ...evidence),
      `${chosen.name}: ${chosen.helpers.chosen!}; they must stand in one of these places`,
    );
  }
  return programs.every(({ closed }) => closed) ? known(value, ...evidence) : likely(value, ...evidence);
}

/** A path that doesn't exist fails the unit unless it has the `-`. */
function optional(path: string): string {
  return path === '/usr/lib' ? path : `-${path}`;
}

function isScript(file: string): boolean {
  return !/\.(service|conf)$/.test(file);
}
