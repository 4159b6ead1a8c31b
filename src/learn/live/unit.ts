import type { UnitDocument } from '../../formats/systemd/document.js';
import { parseUnit } from '../../formats/systemd/parse.js';
import type { DropIn } from '../../verify/unit/install.js';
import { assign } from '../../verify/unit/steps.js';
import { traceArguments, type TraceOptions, type Tracer } from './tracer.js';

/** The settings whose commands run in the unit's sandbox. */
const COMMANDS = ['ExecCondition', 'ExecStartPre', 'ExecStart', 'ExecStartPost', 'ExecStop', 'ExecStopPost'];

/** Special prefixes: https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines */
const PREFIX = /^[-:+!|]*/;

export type TracedUnit =
  | {
      readonly ok: true;
      readonly text: string;
      readonly dropIn: DropIn;
      /** The recordings: one for each command, as two that run at once would write into each other's lines. */
      readonly outputs: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

/**
 * The unit as it is started to be recorded: strace goes before each of its commands. What runs with full privileges (`+`)
 * is outside of the sandbox and stays as it is.
 */
export function tracedUnit(
  document: UnitDocument,
  { path }: Tracer,
  options: Omit<TraceOptions, 'detached'>,
): TracedUnit {
  const outputs: string[] = [];
  const traced = (command: string, prefix: string): string => {
    const output = `${options.output}.${outputs.length}`;
    outputs.push(output);
    const words = [path, ...traceArguments({ ...options, output, detached: true })].map(quoted).join(' ');
    return `${prefix}${words} ${command.slice(prefix.length)}`;
  };
  let current = document;
  for (const key of COMMANDS) {
    const values = current.entries
      .filter((entry) => entry.section === 'Service' && entry.key === key)
      .map(({ value }) => value);
    if (values.some((value) => /^[-:+!|]*@/.test(value))) {
      return { ok: false, reason: `${key}= gives the program another name (@), which strace can't keep` };
    }
    const changed = values.map((value) => {
      const prefix = PREFIX.exec(value)![0];
      return value === '' || prefix.includes('+') ? value : traced(value, prefix);
    });
    if (changed.every((value, at) => value === values[at])) continue;
    const parsed = parseUnit(document.path, assign(current, 'Service', key, changed));
    if (!parsed.ok) return { ok: false, reason: parsed.reason };
    current = parsed.document;
  }
  if (current === document) return { ok: false, reason: 'it has no command that runs in its sandbox' };
  return {
    ok: true,
    text: current.text,
    outputs,
    dropIn: { name: 'zy-harden-learn.conf', text: allowing(document, path, options) },
  };
}

/** What strace needs of a sandbox that the unit has already. */
function allowing(document: UnitDocument, tracer: string, { output }: Pick<TraceOptions, 'output'>): string {
  const filtered = document.has('Service', 'SystemCallFilter');
  return [
    '[Service]',
    `ReadWritePaths=-${output.slice(0, output.lastIndexOf('/'))}`,
    // A process that has changed its user can't be read by another of root's without it: ptrace(2), dumpable.
    ...(document.has('Service', 'CapabilityBoundingSet') ? ['CapabilityBoundingSet=CAP_SYS_PTRACE'] : []),
    ...(document.has('Service', 'NoExecPaths') ? [`ExecPaths=-${tracer}`] : []),
    // With an output file strace calls setreuid. Added to what an allow list has, and taken out of a deny list: systemd.exec(5).
    ...(filtered ? ['SystemCallFilter=@debug @process kcmp prctl seccomp setreuid'] : []),
    '',
  ].join('\n');
}

/** A word of a command line as systemd reads it: systemd.service(5); `$` and `%` are its own. */
function quoted(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./!?-]+$/.test(escaped) ? escaped : `"${escaped.replace(/["\\]/g, '\\$&')}"`;
}
