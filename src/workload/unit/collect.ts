import type { DaemonFacts } from '../../catalogue/daemon-types.js';
import type { Evidence } from '../../core/types.js';
import { CLOSED_PROGRAMS, INTERPRETERS } from './programs.js';
import { baseName } from './scripts.js';

/** A program that runs inside the unit's sandbox. */
export interface UnitProgram {
  readonly name: string;
  /** As it is called: absolute, or a name that is looked up. */
  readonly path: string;
  readonly args: readonly string[];
  /** It does what its arguments say and nothing else. */
  readonly closed: boolean;
  /** Names to look up: a wrapper's or an interpreter's arguments may name what really runs. */
  readonly aliases: readonly string[];
  /** What the catalogue knows of it, or of what it starts. */
  readonly facts: readonly DaemonFacts[];
  /** The command's prefix leaves it root's (`!`). */
  readonly keepsUser: boolean;
  /** It is what ExecStart= starts. */
  readonly main: boolean;
  readonly evidence: Evidence;
}

/** A line whose paths say what the unit uses. */
export interface UsedText {
  readonly text: string;
  /** It comes from a closed program that doesn't write to its arguments. */
  readonly readsOnly: boolean;
  /** It is a command of a daemon that the catalogue knows: what its words mean is known there. */
  readonly catalogued?: boolean;
  readonly evidence: Evidence;
}

/** A place that a command of a shell or of coreutils writes to. */
export interface ShellWrite {
  /** Undefined when the shell computes it. */
  readonly path: string | undefined;
  /** The path is made as a directory, so that it may not exist before. */
  readonly makesDirectory: boolean;
  readonly evidence: Evidence;
}

export interface UnitCommands {
  readonly programs: readonly UnitProgram[];
  /** What runs and can't be read: each with the reason. */
  readonly opaque: readonly { readonly reason: string; readonly evidence: Evidence }[];
  readonly texts: readonly UsedText[];
  readonly writes: readonly ShellWrite[];
  /** A configuration file or a variable may name further paths. */
  readonly configured: Evidence | undefined;
  /** A shell runs: a here-document may need a place in /tmp. */
  readonly shell: boolean;
  /** Commands outside of most of the sandbox (`+`): they are in the unit's control group and network namespace still. */
  readonly privileged: readonly UsedText[];
}

const WRAPPERS =
  /^(env|nice|ionice|nohup|timeout|flock|taskset|stdbuf|setsid|chrt|setpriv|runuser|su|sudo|dbus-run-session|start-stop-daemon|systemd-inhibit|systemd-cat|xvfb-run|unshare|nsenter|tini|dumb-init|catatonit|chpst|setuidgid|capsh|authbind|numactl|time|chroot|cpulimit|gosu|su-exec|firejail|bwrap|script|unbuffer|faketime|tsocks|proxychains4?|torsocks)$/;

export const WRITERS =
  /^(mkdir|rmdir|rm|mv|cp|ln|touch|tee|chmod|chown|chgrp|install|truncate|sed|mktemp|gzip|gunzip|xz|unxz|zstd|bzip2|split|csplit|sync|sort)$/;

/** `UnitCommands` while it is being read. */
export interface Collector {
  readonly daemon: (program: string) => DaemonFacts | undefined;
  readonly programs: UnitProgram[];
  readonly opaque: { reason: string; evidence: Evidence }[];
  readonly texts: UsedText[];
  readonly writes: ShellWrite[];
  configured: Evidence | undefined;
  shell: boolean;
  readonly privileged: readonly UsedText[];
  /** The command that is being read. */
  command: { readonly keepsUser: boolean; readonly main: boolean };
}

/** Notes a program with what its arguments say. */
export function addProgram(
  name: string,
  path: string,
  args: readonly string[],
  evidence: Evidence,
  found: Collector,
): void {
  const closed =
    (CLOSED_PROGRAMS.has(name) || startsNothing(name, args)) &&
    !path.includes('%') &&
    /^(?:[^/]+|\/(?:usr\/)?s?bin\/.*)$/.test(path);
  const indirect = WRAPPERS.test(name) || INTERPRETERS.some((interpreter) => interpreter.names.test(name));
  const bare = args
    .filter((arg) => !arg.startsWith('-'))
    .map((arg) => baseName(arg.replace(/\.(py|js|mjs|cjs|rb|pl|jar|dll|php)$/, '')));
  const aliases = [name, ...(indirect ? bare : [])];
  found.programs.push({
    name,
    path,
    args,
    closed: closed && !(name === 'env' && args.some((arg) => !arg.includes('='))),
    aliases,
    facts: closed ? [] : factsOf(aliases, args, found),
    ...found.command,
    evidence,
  });
  const readsOnly = closed && !WRITERS.test(name);
  const catalogued = !closed && found.programs.at(-1)!.facts.some(({ kind }) => kind !== 'runtime');
  found.texts.push({ text: [path, ...args].join(' '), readsOnly, catalogued, evidence });
  if (!closed) return;
  if (writesRelatively(name, args)) found.writes.push({ path: undefined, makesDirectory: false, evidence });
  for (const path of writtenArguments(name, args)) {
    if (!path.startsWith('/')) continue;
    const makesDirectory = name === 'mkdir' || (name === 'install' && args.includes('-d'));
    found.writes.push({ path, makesDirectory, evidence });
  }
}

/** What the catalogue knows of programs, started with these arguments. */
function factsOf(
  aliases: readonly string[],
  args: readonly string[],
  { daemon }: Collector,
): readonly DaemonFacts[] {
  const words = args.join(' ');
  const facts = new Set(aliases.flatMap((alias) => daemon(alias) ?? []));
  return [...facts].filter(({ when }) => when === undefined || new RegExp(when).test(words));
}

/** Commands that start nothing here: `start-stop-daemon --stop` sends signals, and a shell's `nice` is read apart. */
function startsNothing(name: string, args: readonly string[]): boolean {
  if (name === 'start-stop-daemon') return args.some((arg) => /^(-K|--stop)$/.test(arg));
  return /^(nice|ionice)$/.test(name) && args.length === 0;
}

/** Options whose value is the next argument. */
const VALUED: Readonly<Record<string, RegExp>> = {
  install: /^-\w*[gmo]$/,
  mkdir: /^-\w*m$/,
  sed: /^-\w*[ef]$/,
  split: /^-\w*[abCln]$/,
  touch: /^-\w*[drt]$/,
  truncate: /^-\w*[rs]$/,
};

/** Where a path that doesn't start at the root leads depends on the working directory. */
function writesRelatively(name: string, args: readonly string[]): boolean {
  const written = writtenArguments(name, args);
  // A mode or an owner stands before the paths, and what is installed is read.
  const paths = /^(chmod|chown|chgrp)$/.test(name)
    ? written.slice(1)
    : name === 'install' && !args.includes('-d')
      ? written.slice(-1)
      : written;
  return name !== 'mktemp' && paths.some((path) => !path.startsWith('/'));
}

/** The arguments that a program of coreutils writes to; the others are only read. */
function writtenArguments(name: string, args: readonly string[]): readonly string[] {
  const valued = VALUED[name];
  const operands = args.filter(
    (arg, at) => !arg.startsWith('-') && (at === 0 || valued?.test(args[at - 1]!) !== true),
  );
  if (name === 'cp' || name === 'ln') return operands.slice(-1);
  if (name === 'sed') {
    if (!args.some((arg) => /^(-[a-zA-Z]*i|--in-place)/.test(arg))) return [];
    return args.some((arg) => /^(-\w*[ef]|--expression|--file)/.test(arg)) ? operands : operands.slice(1);
  }
  if (name === 'sort') return args.flatMap((arg, at) => (arg === '-o' ? [args[at + 1] ?? ''] : []));
  return WRITERS.test(name) ? operands : [];
}
