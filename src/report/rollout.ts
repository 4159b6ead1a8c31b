import type { Phase } from '../core/types.js';
import type { SurveyedFile } from '../survey.js';
import { buildCommand, composeCommand, isProject, originalOf, unitCommands, variantOf } from './commands.js';
import { loadCommands, profilesOf } from './container-apparmor.js';
import type { ReportFinding } from './findings.js';
import { grouped, isFirst, type FindingGroup } from './groups.js';
import { subjectsOf } from './finding-sections.js';
import { blocks, code, fence, list } from './markdown.js';

const NAMES: Readonly<Record<Phase, string>> = { 1: 'immediate', 2: 'needs testing', 3: 'advanced' };

/** What a phase changes, file by file, and the commands that bring it into use. */
export function phaseSection(
  phase: Phase,
  applied: readonly ReportFinding[],
  all: readonly SurveyedFile[],
): string {
  const ofPhase = applied.filter((finding) => finding.phase === phase);
  const groups = grouped(ofPhase);
  const files = all.filter(({ original, after }) =>
    phase === 1 ? after[1] !== original.text : after[phase] !== after[(phase - 1) as Phase],
  );
  const heading = `### Phase ${phase}: ${NAMES[phase]}`;
  if (groups.length === 0) return blocks(heading, 'Nothing of this phase is changed here.');
  const before = groups
    .map(({ first: { change = '' } }) => /, after: (sudo chown .*)$/.exec(change)?.[1])
    .filter((command) => command !== undefined);
  return blocks(
    heading,
    list(
      groups
        .map(({ first }) => first.path)
        .filter(isFirst)
        .sort((a, b) => (a < b ? -1 : 1))
        .map((path) => changesOf(path, groups)),
    ),
    before.length === 0 ? undefined : blocks('Before the first start:', fence(before.join('\n'), 'sh')),
    fence(rollOut(phase, loadCommands(profilesOf(ofPhase)), files, all).join('\n'), 'sh'),
  );
}

/** A unit's settings in one line; a line for each change of what has several services or stages. */
function changesOf(path: string, groups: readonly FindingGroup[]): string {
  const own = groups.filter(({ first }) => first.path === path);
  const lines = own
    .map(({ first }) => first.change ?? '')
    .filter(isFirst)
    .map((change) => {
      const places = own.filter(({ first }) => first.change === change).flatMap((group) => group.places);
      return `${code(change)}${subjectsOf(places)}`;
    });
  return own.every(({ first }) => first.subject === '')
    ? `${code(path)}: ${lines.join(', ')}`
    : `${code(path)}\n${list(lines)}`;
}

/** @param loads what an engine looks for when it starts a container. */
function rollOut(
  phase: Phase,
  loads: readonly string[],
  files: readonly SurveyedFile[],
  all: readonly SurveyedFile[],
): readonly string[] {
  // A project comes anew when one of its images does.
  const rebuilt = files.some(({ image }) => image?.composed === true);
  const used = all.filter((file) => files.includes(file) || (rebuilt && file.format === 'compose'));
  return [
    `harden --write --phase ${phase}`,
    ...loads,
    `harden verify --phase ${phase}`,
    ...files.filter(({ image }) => image !== undefined && !image.composed).map((file) => buildCommand(file)),
    ...inUse(used, all, variantOf),
  ];
}

/** The commands that bring files into use, or back. */
function inUse(
  files: readonly SurveyedFile[],
  all: readonly SurveyedFile[],
  name: (file: SurveyedFile) => string,
): readonly string[] {
  return [
    ...files.filter(isProject).map((file) => `${composeCommand(file, all, name)} up --detach --build --wait`),
    ...files.filter(({ format }) => format === 'fly').map((file) => `fly deploy --config ${name(file)}`),
    ...unitCommands(
      files.filter(({ format }) => format === 'systemd' || format === 'quadlet'),
      name,
    ),
  ];
}

/** How the originals come back. */
export function rollback(
  changed: readonly SurveyedFile[],
  all: readonly SurveyedFile[],
  applied: readonly ReportFinding[],
): string {
  const users = applied.some(({ meta }) => meta.id.endsWith('/run-as-non-root'));
  const commands = inUse(changed, all, originalOf);
  return blocks(
    'The originals stay as they are beside the variants.',
    commands.length === 0 ? undefined : blocks('To go back to them:', fence(commands.join('\n'), 'sh')),
    'After `--in-place`, take the changes back first:',
    fence(`git restore -- ${changed.map(originalOf).join(' \\\n  ')}`, 'sh'),
    users
      ? 'What the hardened services wrote belongs to their new users: `chown` it back where the original runs as another user than root.'
      : undefined,
  );
}
