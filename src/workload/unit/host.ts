import type { Evidence } from '../../core/types.js';
import { citeEntry, parseBoolean, type UnitDocument } from '../../formats/systemd/document.js';
import { parseExec } from '../../formats/systemd/exec.js';
import type { UnitCommands, UnitProgram } from './collect.js';
import { EXEC_KEYS } from './commands.js';
import { HOST_CLASSES, HOST_TARGETS } from './hosts.js';
import { baseName } from './scripts.js';

export interface HostManagement {
  /** Reads after "it": `it manages devices (udevadm)`. */
  readonly reason: string;
  readonly evidence: Evidence;
}

/** Why the unit manages the host or opens sessions for others; undefined for an ordinary service. */
export function hostManagementOf(document: UnitDocument, commands: UnitCommands): HostManagement | undefined {
  return byProgram(document, commands) ?? bySession(document) ?? byBoot(document);
}

function classOf(name: string): string | undefined {
  return HOST_CLASSES.find((entry) => entry.programs.test(name))?.what;
}

function byProgram(document: UnitDocument, commands: UnitCommands): HostManagement | undefined {
  // A command with `+` isn't sandboxed, but what a unit starts with full privileges still says what it is.
  for (const entry of EXEC_KEYS.flatMap((key) => document.assignments('Service', key))) {
    for (const { program, fullPrivileges } of parseExec(entry.value)) {
      const name = baseName(program.text);
      // As a step before or after the service itself, systemctl is only a message to the manager.
      const what =
        name === 'systemctl' && entry.key === 'ExecStart' ? 'starts and stops other units' : classOf(name);
      if (what !== undefined && (!fullPrivileges || entry.key === 'ExecStart')) {
        return {
          reason: `it ${what} (${name})`,
          evidence: citeEntry(document, entry),
        };
      }
    }
  }
  for (const program of commands.programs) {
    const name = program.aliases.find((alias) => classOf(alias) !== undefined);
    if (name !== undefined) return { reason: `it ${classOf(name)!} (${name})`, evidence: program.evidence };
    if (setsHost(program))
      return { reason: `it changes the state of the machine (${program.name})`, evidence: program.evidence };
  }
  return undefined;
}

/** `date` sets the clock and `hostname` the name when they are told one. */
function setsHost({ args, name }: UnitProgram): boolean {
  if (name === 'date') return args.some((arg) => /^(-\w*s|--set(=.*)?|\d{8,12}(\.\d\d)?)$/.test(arg));
  return name === 'hostname' && args.some((arg) => /^(?!-)|^(-F|--file)/.test(arg));
}

function bySession(document: UnitDocument): HostManagement | undefined {
  for (const key of ['PAMName', 'TTYPath', 'UtmpIdentifier']) {
    const entry = document.last('Service', key);
    if (entry !== undefined)
      return { reason: 'it opens a session on a terminal', evidence: citeEntry(document, entry) };
  }
  const input = document.last('Service', 'StandardInput');
  if (input !== undefined && /^tty/.test(input.value)) {
    return { reason: 'it opens a session on a terminal', evidence: citeEntry(document, input) };
  }
  return undefined;
}

function byBoot(document: UnitDocument): HostManagement | undefined {
  const early = document.last('Unit', 'DefaultDependencies');
  if (early !== undefined && parseBoolean(early.value) === false) {
    return { reason: 'it runs in early boot or at shutdown', evidence: citeEntry(document, early) };
  }
  const wanted = ['WantedBy', 'RequiredBy']
    .flatMap((key) => document.assignments('Install', key))
    .find((entry) => entry.value.split(/\s+/).some((target) => HOST_TARGETS.test(target)));
  if (wanted === undefined) return undefined;
  return {
    reason: 'it runs in early boot or at a change of the power state',
    evidence: citeEntry(document, wanted),
  };
}
