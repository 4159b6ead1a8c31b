import { citeSource } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { citeEntry, type UnitDocument } from '../../formats/systemd/document.js';
import type { UnitContext } from '../context.js';
import { because, unknown } from '../model.js';
import type { UnitCommands, UsedText } from './collect.js';
import { unitCommands } from './commands.js';
import { isUnderstood } from './daemons.js';
import { managerOf, userOf } from './identity.js';
import { needOf, type Restriction } from './needs.js';
import { hasPrivateTemp, sharedTempOf, usedTexts } from './paths.js';

/** What shares files in /tmp or /var/tmp with others, or may do so with a unit of the same application. */
export function inferTemp(
  document: UnitDocument,
  commands: UnitCommands,
  texts: readonly UsedText[],
  context: UnitContext,
): Restriction {
  const named = namedTemp(document, commands, texts);
  // Sharing takes two: what is known to use none needs none, whoever stands beside it.
  if (named.value.length > 0 || named.certainty === 'unknown' || isUnderstood(commands)) return named;
  for (const neighbour of context.unitsBeside(document.path)) {
    const evidence = sameApplication(document, neighbour);
    if (evidence === undefined || keepsToItself(neighbour, context)) continue;
    return because(
      unknown([], ...evidence, JOINS),
      `it may share files in /tmp with ${neighbour.unitName}: JoinsNamespaceOf= lets both see one`,
    );
  }
  return named;
}

const JOINS = citeSource(
  'https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#JoinsNamespaceOf=',
  'its processes will see the same /tmp/, /var/tmp/, IPC namespace and network namespace as one listed unit that is started',
);

function namedTemp(document: UnitDocument, commands: UnitCommands, texts: readonly UsedText[]): Restriction {
  const named = sharedTempOf(document, texts);
  return needOf(
    commands,
    'shared-temp',
    named.map((evidence) => ({ why: 'it names a file in /tmp', evidence })),
  );
}

/** True for a unit that has a /tmp of its own already, or is known to share nothing there. */
function keepsToItself(unit: UnitDocument, context: UnitContext): boolean {
  const dynamic = userOf(unit, managerOf(unit).value).value.kind === 'dynamic';
  if (dynamic || (hasPrivateTemp(unit) && !unit.has('Unit', 'JoinsNamespaceOf'))) return true;
  const commands = unitCommands(unit, context);
  return isUnderstood(commands) && namedTemp(unit, commands, usedTexts(unit, commands)).value.length === 0;
}

/** The lines that say that two units are parts of one application; undefined where none does. */
function sameApplication(one: UnitDocument, other: UnitDocument): readonly Evidence[] | undefined {
  for (const [key, anyones] of SHARED) {
    const [mine, theirs] = [one, other].map((unit) => unit.last('Service', key));
    if (mine === undefined || theirs === undefined || anyones.test(mine.value)) continue;
    if (mine.value === theirs.value) return [citeEntry(one, mine), citeEntry(other, theirs)];
  }
  return dependsOn(one, other) ?? dependsOn(other, one);
}

/** Settings whose value two parts of one application have in common, and the values that say nothing. */
const SHARED = [
  ['User', /^(?:root|0|nobody)$|%/],
  ['WorkingDirectory', /^-?(?:\/|~|\/tmp|\/root|\/home)\/?$|%/],
] as const;

function dependsOn(unit: UnitDocument, on: UnitDocument): readonly Evidence[] | undefined {
  const entry = unit
    .assignments('Unit', 'PartOf', 'Requires', 'BindsTo')
    .find(({ value }) => value.split(/\s+/).includes(on.unitName));
  return entry === undefined ? undefined : [citeEntry(unit, entry)];
}
