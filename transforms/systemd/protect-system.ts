import { citeSource } from '../../src/core/evidence.js';
import { combine } from '../../src/core/text.js';
import type { UnitEntry } from '../../src/formats/systemd/document.js';
import { addAssignments, replaceValue } from '../../src/formats/systemd/edit.js';
import { isWithin, weakest } from '../../src/workload/model.js';
import { isCatalogued, isUnderstood } from '../../src/workload/unit/daemons.js';
import type { UnitWorkload } from '../../src/workload/unit.js';
import { directive, type SetDecision } from './directive.js';
import { manualPage } from '../../src/formats/systemd/directives.js';

const STRICT = citeSource(
  manualPage('ProtectSystem'),
  'If set to "strict" the entire file system hierarchy is mounted read-only, except for the API file system subtrees /dev/, /proc/ and /sys/',
);

/** A path that doesn't exist fails the unit with 226/NAMESPACE unless it has the `-`. */
function item(path: string): string {
  const optional = /^\/(run|tmp)$/.test(path) ? path : `-${path}`;
  return /[\s"']/.test(optional) ? `"${optional.replaceAll('"', '\\"')}"` : optional;
}

function readWrite(paths: readonly string[]): readonly string[] {
  return paths.length === 0 ? [] : [`ReadWritePaths=${paths.map(item).join(' ')}`];
}

/**
 * `strict` makes /tmp read-only too, and only PrivateTmp= gives a writable one back. Another transform proposes
 * that, but a reader may apply this change alone.
 */
function temporaries(unit: UnitWorkload): readonly string[] {
  if (unit.privateTemp) return [];
  const uses =
    unit.commands.shell || unit.commands.programs.some(({ name }) => /^(mktemp|sort|tac)$/.test(name));
  return unit.writable.certainty === 'known' && !uses && unit.sharedTemp.value.length === 0
    ? []
    : ['/tmp', '/var/tmp'];
}

/** `strict` with everything that the service writes, when that is known or likely. */
function strict(unit: UnitWorkload, existing: UnitEntry | undefined): SetDecision {
  const paths = unit.writable.value.filter((path) => !path.managed).map((path) => path.path);
  const extra = readWrite([...paths, ...temporaries(unit).filter((path) => !paths.includes(path))]);
  const decision = {
    act: 'set',
    assignments: ['ProtectSystem=strict', ...extra],
    certainty: unit.writable.certainty,
    evidence: [...unit.writable.evidence.slice(0, 6), STRICT],
  } as const;
  if (existing === undefined) return decision;
  const edits = combine(
    replaceValue(existing, 'strict'),
    extra.length === 0 ? { ok: true, edits: [] } : addAssignments(unit.file, 'Service', extra),
  );
  return { ...decision, edits, range: existing.range };
}

/**
 * Only /usr and the boot loader's directories, with what the unit names below them. `full` would take /etc too, and
 * daemons that aren't root own their settings there and write them: transmission, jellyfin.
 */
function vendorOnly(unit: UnitWorkload): SetDecision {
  const covered = unit.writable.value.filter(
    ({ managed, path }) => !managed && ['/usr', '/boot', '/efi'].some((root) => isWithin(path, root)),
  );
  return {
    act: 'set',
    assignments: ['ProtectSystem=yes', ...readWrite(covered.map(({ path }) => path))],
    certainty: weakest('likely', unit.setuid.certainty),
    evidence: [
      ...covered.map((place) => place.evidence),
      ...unit.user.evidence,
      citeSource(
        manualPage('ProtectSystem'),
        'If true, mounts the /usr/ and the boot loader directories (/boot and /efi) read-only',
      ),
    ],
  };
}

/**
 * Everything that packages and administrators install, for a daemon whose configuration decides where else it writes:
 * /usr, the boot loader's directories and /etc, with what the daemon is known to write there.
 */
function installedOnly(unit: UnitWorkload): SetDecision {
  const covered = unit.writable.value.filter(
    ({ managed, path }) => !managed && ['/usr', '/boot', '/efi', '/etc'].some((root) => isWithin(path, root)),
  );
  const cited = unit.writable.evidence.slice(-6);
  return {
    act: 'set',
    assignments: ['ProtectSystem=full', ...readWrite(covered.map(({ path }) => path))],
    certainty: 'likely',
    evidence: [
      ...covered.flatMap(({ evidence }) => (cited.includes(evidence) ? [] : [evidence])),
      ...cited,
      citeSource(
        manualPage('ProtectSystem'),
        'If set to "full", the /etc/ directory is mounted read-only, too',
      ),
    ],
  };
}

/** As much of the file system read-only as what the service writes allows. */
export const protectSystem = directive({
  meta: {
    id: 'systemd/protect-system',
    title: 'Make read-only what the service never writes',
    description:
      "A service that may write everywhere lets who takes it over change programs, units and keys. It needs to write to its own data and nowhere else: where the unit says what that is, everything else becomes read-only; where it doesn't, a service that isn't root loses only /usr and /boot, which it can't write to as a rule, and one that is root is left to its maintainer.",
    severity: 'high',
    phase: 2,
    mayBreak: 'A program that writes to a place which neither the unit nor its arguments name.',
    touches: ['Service.ProtectSystem', 'Service.ReadWritePaths'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('ProtectSystem'), manualPage('ReadWritePaths')],
  },
  settings: ['ProtectSystem'],
  message: 'the service can write wherever its user may, beyond its own data',
  mounts: true,
  hidesMounts: true,
  impliedByDynamicUser: true,
  mayTighten: true,
  decide(unit) {
    const { document, writable, setuid, home, user } = unit;
    const existing = document.last('Service', 'ProtectSystem');
    const named = writable.certainty !== 'unknown' && home.value !== 'write' && setuid.value.length === 0;
    if (document.has('Service', 'ProtectSystem')) {
      const loose = existing !== undefined && /^(full|1|y|yes|t|true|on)$/i.test(existing.value);
      // Who made exceptions to a looser value has weighed it already.
      const weighed = ['ReadWritePaths', 'ReadWriteDirectories'].some((key) => document.has('Service', key));
      return loose && existing.origin === undefined && named && !weighed ? strict(unit, existing) : undefined;
    }
    if (setuid.value[0] !== undefined && user.value.kind !== 'root') {
      return {
        act: 'keep',
        reason: `it is left out: ${setuid.value[0]}, and the helper inherits the mounts`,
        evidence: setuid.evidence,
      };
    }
    if (named) return strict(unit, undefined);
    const { commands } = unit;
    if (isUnderstood(commands) && commands.programs.some(isCatalogued)) return installedOnly(unit);
    if (user.value.kind !== 'root') return vendorOnly(unit);
    return {
      ...strict(unit, undefined),
      certainty: 'unknown',
      question: 'it runs as root, and neither the unit nor a script says all that it writes',
    };
  },
});
