import type { Evidence } from '../../core/types.js';
import { citeEntry, type UnitDocument, type UnitEntry } from '../../formats/systemd/document.js';
import { parseExec, type ExecCommand } from '../../formats/systemd/exec.js';
import type { UnitContext } from '../context.js';
import { addProgram, type Collector, type UnitCommands } from './collect.js';
import { SHELLS } from './programs.js';
import { baseName, findScript } from './scripts.js';
import { readScript, readScriptAt, readShell, type ShellScope } from './shell.js';

export const EXEC_KEYS = [
  'ExecCondition',
  'ExecStartPre',
  'ExecStart',
  'ExecStartPost',
  'ExecReload',
  'ExecStop',
  'ExecStopPost',
] as const;

const CONFIGURATION =
  /^-{1,2}(c|f|conf|config|configuration|configfile|cfg)([-.]?(file|path|dir))?(=|$)|\.(conf|cfg|cnf|ini|ya?ml|toml|json|hcl|properties|config|rc)$|\/etc\//i;

/** Reads every command that runs in the unit's sandbox: `+` commands run outside of it and don't count. */
export function unitCommands(document: UnitDocument, context: UnitContext): UnitCommands {
  const found: Collector = {
    daemon: (program) => context.daemon(program),
    programs: [],
    opaque: [],
    texts: [],
    writes: [],
    configured: undefined,
    shell: false,
    privileged: allCommands(document)
      .filter(({ command }) => command.fullPrivileges)
      .map(({ entry }) => ({ text: entry.value, readsOnly: false, evidence: citeEntry(document, entry) })),
    command: { keepsUser: false, main: true },
  };
  for (const { entry, command } of sandboxedCommands(document)) {
    const evidence = citeEntry(document, entry);
    found.command = { keepsUser: command.keepsUser, main: entry.key === 'ExecStart' };
    readExec(command, evidence, { unitPath: document.path, context, found, depth: 0 });
  }
  return found;
}

interface UnitCommand {
  readonly entry: UnitEntry;
  readonly command: ExecCommand;
}

/** The commands of all Exec settings in force, with the assignment that each stands in. */
function allCommands(document: UnitDocument): readonly UnitCommand[] {
  return EXEC_KEYS.flatMap((key) => document.assignments('Service', key)).flatMap((entry) =>
    parseExec(entry.value).map((command) => ({ entry, command })),
  );
}

export function sandboxedCommands(document: UnitDocument): readonly UnitCommand[] {
  return allCommands(document).filter(({ command }) => !command.fullPrivileges);
}

function readExec(command: ExecCommand, evidence: Evidence, scope: ShellScope): void {
  const { found } = scope;
  const path = command.program.text;
  const name = baseName(path);
  const args = command.args.map((word) => word.text);
  const variable = command.args.some((word) => word.variable && !/^\$\{?MAINPID\}?$/.test(word.text));
  if (variable || args.some((arg) => CONFIGURATION.test(arg))) found.configured ??= evidence;

  if (SHELLS.test(name)) {
    const inline = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
    const line = inline < 0 ? undefined : args[inline + 1];
    // systemd replaces `$$` by `$` before the shell reads the line.
    if (line !== undefined) readShell(line.replaceAll('$$', '$'), () => evidence, scope);
    else
      readScriptAt(
        args.find((arg) => !arg.startsWith('-')),
        evidence,
        scope,
      );
    return;
  }
  // apachectl, pg_ctlcluster: what the script of a package starts is known better than by reading it.
  const isSystems = /^\/(?:usr\/|s?bin\/)/.test(path) && scope.context.daemon(name) !== undefined;
  const script = isSystems ? undefined : findScript(path, scope.unitPath, scope.context);
  if (script !== undefined) {
    found.texts.push({ text: path, readsOnly: true, evidence });
    found.texts.push({ text: args.join(' '), readsOnly: false, evidence });
    readScript(script, evidence, scope);
    return;
  }
  if (/\.(sh|bash|zsh|ksh)$/.test(name)) {
    found.texts.push({ text: [path, ...args].join(' '), readsOnly: false, evidence });
    found.opaque.push({ reason: `${path} is a script that this repository doesn't have`, evidence });
    return;
  }
  addProgram(name, path, args, evidence, found);
}
