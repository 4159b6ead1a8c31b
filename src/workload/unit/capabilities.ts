import { uniqueEvidence } from '../../core/evidence.js';
import type { DaemonFacts } from '../../catalogue/daemon-types.js';
import type { Evidence } from '../../core/types.js';
import { citeEntry, parseBoolean, type UnitDocument } from '../../formats/systemd/document.js';
import { because, citations, known, likely, unknown, weakest, type Need } from '../model.js';
import type { UnitCommands, UnitProgram } from './collect.js';
import { isCatalogued, optionalNeeds, startsHelpers } from './daemons.js';
import type { UnitUser } from './identity.js';
import { STEPPERS } from './programs.js';

/** What programs of coreutils use as root: capabilities(7). */
const CLOSED: readonly (readonly [programs: RegExp, capabilities: readonly string[]])[] = [
  // A setgid bit is lost without FSETID when the group is none of root's.
  [/^(chown|chgrp|install|cp|mv)$/, ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID']],
  // The new file gets the owner of the old one.
  [/^(sed|gzip|gunzip|xz|unxz|zstd|bzip2)$/, ['CHOWN', 'DAC_OVERRIDE', 'FOWNER']],
  [/^(chmod|mkdir|touch)$/, ['DAC_OVERRIDE', 'FOWNER', 'FSETID']],
  [/^(rmdir|rm|ln|tee|truncate|sort|mktemp|split|csplit|sync)$/, ['DAC_OVERRIDE', 'FOWNER']],
  [/^(kill|pkill|start-stop-daemon)$/, ['KILL']],
  [/^(nice|ionice)$/, ['SYS_NICE']],
  [/^ulimit$/, ['SYS_RESOURCE']],
  [
    /^(cat|head|tail|cut|tr|uniq|wc|stat|ls|e?grep|fgrep|md5sum|sha\d+sum|b2sum|cksum|cmp|diff|comm|paste|join|fold|nl|tac|rev|base64|od|xxd|jq|realpath|readlink|test|\[|\[\[|zcat|du|df)$/,
    ['DAC_READ_SEARCH'],
  ],
];

/** What a daemon uses as root, with what the unit says of its configuration. */
function ofRoot(facts: DaemonFacts, texts: readonly string[]): readonly string[] {
  const optional = optionalNeeds(facts.optional, texts);
  return [...facts.capabilities.asRoot, ...optional.flatMap(({ capabilities = [] }) => capabilities)];
}

interface Use {
  readonly capabilities: readonly string[];
  readonly evidence: readonly Evidence[];
  /** Undefined when all is known that it does. */
  readonly unclear: string | undefined;
}

/** @param ambient whether the unit gives its programs capabilities itself. */
function useOf(program: UnitProgram, root: boolean, ambient: boolean, texts: readonly string[]): Use {
  const { args, evidence, facts, name } = program;
  const cited = (list: readonly DaemonFacts[]): readonly Evidence[] =>
    list.flatMap(({ capabilities }) => citations(capabilities.cites).slice(0, 1));
  if (program.closed) {
    const capabilities = root ? CLOSED.filter(([names]) => names.test(name)).flatMap(([, list]) => list) : [];
    // `test -w` asks the kernel what root may write.
    if (root && /^(test|\[\[?)$/.test(name) && args.includes('-w')) capabilities.push('DAC_OVERRIDE');
    return { capabilities, evidence: [evidence], unclear: undefined };
  }
  const files = facts.flatMap((entry) => entry.fileCapabilities?.capabilities ?? []);
  if (!root) {
    // A program with file capabilities can't even be started where the set lacks one of them.
    const own = ambient ? [] : facts.flatMap((entry) => entry.capabilities.asUser);
    return { capabilities: [...files, ...own], evidence: [evidence, ...cited(facts)], unclear: undefined };
  }
  if (!isCatalogued(program)) {
    return { capabilities: [], evidence: [evidence], unclear: `what ${name} uses as root is not known` };
  }
  const steps = STEPPERS.test(name) ? ['SETGID', 'SETUID'] : [];
  return {
    capabilities: [...steps, ...files, ...facts.flatMap((entry) => ofRoot(entry, texts))],
    evidence: [evidence, ...cited(facts)],
    unclear: undefined,
  };
}

/** What sendmail (exim is setuid root) and sudo use when a daemon's users start them: exim(8), sudo(8). */
const OF_HELPERS = ['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'SETGID', 'SETUID'];

/** `!`, `!!` and PermissionsStartOnly= leave a command root's in a unit with `User=`. */
function commandsStayRoot(document: UnitDocument): boolean {
  return parseBoolean(document.last('Service', 'PermissionsStartOnly')?.value ?? '') === true;
}

/**
 * The capabilities that the unit's processes use, with their prefix, in alphabetical order.
 * @param helpers what gains privileges on exec: it would need others.
 */
export function capabilitiesOf(
  document: UnitDocument,
  commands: UnitCommands,
  user: UnitUser,
  helpers: Need<readonly string[]>,
): Need<readonly string[]> {
  const ambient = document.assignments('Service', 'AmbientCapabilities');
  const given = ambient
    .flatMap(({ value }) => value.match(/CAP_\w+/gi) ?? [])
    .map((name) => name.toUpperCase());
  const root = user.kind === 'root';
  const startsAsRoot = commandsStayRoot(document);
  const texts = commands.texts.map(({ text }) => text);
  const uses = commands.programs.map((program) =>
    useOf(program, root || program.keepsUser || (startsAsRoot && !program.main), ambient.length > 0, texts),
  );
  const writes = root && commands.writes.length > 0 ? ['DAC_OVERRIDE'] : [];
  // A shell enters folders and reads files by itself: cd, `read < file`.
  const reads = root && commands.shell && writes.length === 0 ? ['DAC_READ_SEARCH'] : [];
  const helped = commands.programs.some(startsHelpers) ? OF_HELPERS : [];
  const names = [...uses.flatMap(({ capabilities }) => capabilities), ...writes, ...reads, ...helped].map(
    (name) => `CAP_${name}`,
  );
  const value = [...new Set([...given, ...names])].sort();
  const evidence = uniqueEvidence([
    ...ambient.map((entry) => citeEntry(document, entry)),
    ...uses.flatMap((use) => use.evidence),
    ...helpers.evidence,
  ]);
  const opaque = commands.opaque[0];
  if (opaque !== undefined) return because(unknown(value, opaque.evidence), opaque.reason);
  const unclear = uses.find((use) => use.unclear !== undefined)?.unclear;
  if (unclear !== undefined) return because(unknown(value, ...evidence), unclear);
  const certain = commands.programs.every(({ closed }) => closed);
  const need = certain ? known(value, ...evidence) : likely(value, ...evidence);
  return { ...need, certainty: weakest(need.certainty, helpers.certainty) };
}
