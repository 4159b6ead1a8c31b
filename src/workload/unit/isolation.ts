import { uniqueEvidence } from '../../core/evidence.js';
import type { DaemonFacts } from '../../catalogue/daemon-types.js';
import type { UnitDocument } from '../../formats/systemd/document.js';
import { because, citations, known, likely, unknown, type Need } from '../model.js';
import type { UnitCommands, UnitProgram, UsedText } from './collect.js';
import { daemonsOf, hintsOf, isCatalogued, isUnderstood } from './daemons.js';
import {
  entryHints,
  neededFor,
  needOf,
  nothing,
  nothingUnless,
  textHints,
  type Restriction,
} from './needs.js';
import { INTERPRETERS } from './programs.js';

/** What makes machine code at run time, and so needs memory that is writable and executable. */
export function compilersOf(commands: UnitCommands): Restriction {
  const byFact = daemonsOf(commands)
    .filter(({ jit }) => jit.compiles)
    .flatMap(({ jit, name }) => hintsOf(`${name} makes machine code while it runs`, jit.cites));
  const byName = commands.programs
    .filter(
      ({ facts, name }) =>
        facts.length === 0 && INTERPRETERS.some(({ jit, names }) => jit && names.test(name)),
    )
    .map(({ evidence, name }) => ({ why: `${name} makes machine code while it runs`, evidence }));
  const patterns = commands.programs
    .filter(({ args, name }) => name === 'grep' && args.some((arg) => /^(-\w*P|--perl-regexp$)/.test(arg)))
    .map(({ evidence }) => ({ why: 'grep compiles a Perl expression to machine code', evidence }));
  const hints = [...byFact, ...byName, ...patterns];
  if (hints.length > 0) return neededFor(hints);
  return nothingUnless(
    commands,
    strangerOf(commands),
    (name) => `whether ${name} makes machine code at run time is not known`,
  );
}

/** A program of which neither its arguments nor the catalogue say anything. */
function strangerOf({ programs }: UnitCommands): UnitProgram | undefined {
  return programs.find(({ closed, facts }) => !closed && facts.length === 0);
}

/** What the unit's processes read of /proc beyond their own directories. */
export interface ProcUse {
  /** Files such as /proc/meminfo; undefined when that isn't known. */
  readonly host: boolean | undefined;
  /** Why it must see processes of other users. */
  readonly others: string | undefined;
}

/** Programs that look at the processes of the host. */
const LOOKS_AT_PROCESSES = /^(ps|pgrep|pkill|pidof|pidwait|killall|top|htop|fuser|lsof|ss)$/;

export function procOf(commands: UnitCommands, texts: readonly UsedText[]): Need<ProcUse> {
  const facts = daemonsOf(commands);
  const cited = facts.flatMap(({ proc }) => (proc === undefined ? [] : citations(proc.cites).slice(0, 1)));
  const monitors = needOf(commands, 'host-mounts', []);
  const hints = [
    ...facts.flatMap(({ name, proc }) =>
      proc?.others === true ? hintsOf(`${name} looks at processes of other users`, proc.cites) : [],
    ),
    ...commands.programs
      .filter(({ name }) => LOOKS_AT_PROCESSES.test(name))
      .map(({ evidence, name }) => ({ why: `${name} looks at processes of other users`, evidence })),
    ...textHints(texts, /\/proc\/[$\d"{]/, 'it looks at another process'),
  ];
  const others = hints[0]?.why ?? monitors.value[0];
  const everything = commands.programs.every(({ closed }) => closed);
  const reads = facts.some(({ proc }) => proc?.host === true);
  const told = isUnderstood(commands) && facts.every(({ proc }) => proc !== undefined);
  const host = reads || others !== undefined ? true : told && !everything ? false : undefined;
  const base = nothing(commands, ...hints.map(({ evidence }) => evidence), ...cited, ...monitors.evidence);
  return { ...base, value: { host, others } };
}

/** Whom the unit's processes reach by the Internet's protocols. */
export type NetworkUse = 'none' | 'loopback' | 'any';

export const LISTENS_TO_ALL = /(^|[\s=,[])(0\.0\.0\.0|\*:\d|\[?::\]?(:\d|\s|$)|INADDR_ANY)/;

export function networkOf(commands: UnitCommands, texts: readonly UsedText[]): Need<NetworkUse> {
  // What runs with full privileges shares the network namespace of the unit.
  if (!isUnderstood(commands) || commands.privileged.length > 0) return unknown('any');
  const facts = daemonsOf(commands);
  const all = textHints(texts, LISTENS_TO_ALL, 'it listens on all addresses');
  if (all.length > 0) return likely('any', ...all.map(({ evidence }) => evidence));
  const reach = (name: NetworkUse): readonly DaemonFacts[] =>
    facts.filter(({ network }) => network.reaches === name);
  const evidence = facts.flatMap(({ network }) => citations(network.cites).slice(0, 1));
  if (reach('any').length > 0) return likely('any', ...evidence);
  if (reach('loopback').length > 0) return likely('loopback', ...evidence);
  const own = uniqueEvidence(commands.programs.map((program) => program.evidence));
  return facts.length > 0 ? likely('none', ...own, ...evidence) : known('none', ...own);
}

/** Why the unit's processes must see the host's users as they are, or hold privileges over the host. */
export function hostUsersOf(document: UnitDocument, commands: UnitCommands): Restriction {
  const facts = daemonsOf(commands);
  const hints = [
    ...entryHints(document, [
      ['AmbientCapabilities', /./, 'it is given capabilities over the host'],
      ['PermissionsStartOnly', /^(1|y|yes|t|true|on)$/i, 'some of its commands stay root'],
    ]),
    ...commands.programs
      .filter(({ keepsUser }) => keepsUser)
      .map(({ evidence }) => ({ why: 'a command of it stays root', evidence })),
    ...facts.flatMap(({ hostUsers, name }) =>
      hostUsers === undefined ? [] : hintsOf(`${name}: ${hostUsers.because}`, hostUsers.cites),
    ),
    ...facts.flatMap(({ fileCapabilities, name }) =>
      fileCapabilities === undefined ? [] : hintsOf(`${name} has file capabilities`, fileCapabilities.cites),
    ),
  ];
  if (hints.length > 0) return neededFor(hints);
  return nothingUnless(
    commands,
    strangerOf(commands),
    (name) => `whether ${name} asks for other users' names or files is not known`,
  );
}

/** Why others count on what the umask lets them read. */
export function sharedFilesOf(commands: UnitCommands): Restriction {
  const facts = daemonsOf(commands);
  const hints = facts.flatMap(({ name, sharesFiles }) =>
    sharesFiles === undefined ? [] : hintsOf(`${name}: ${sharesFiles.because}`, sharesFiles.cites),
  );
  if (hints.length > 0) return neededFor(hints);
  const need = nothingUnless(
    commands,
    commands.programs.find((program) => !isCatalogued(program) && !program.closed),
    (name) => `whether others read what ${name} writes is not known`,
  );
  const [writer] = commands.writes;
  if (need.certainty === 'unknown' || writer === undefined) return need;
  return because(unknown([], writer.evidence), 'others may read what it writes');
}
