import type { Phase } from '../src/core/types.js';
import type { Exposure } from '../src/exposure/exposure.js';
import type { Step } from '../src/pr/steps.js';
import { evidenceLine, toldChanges, type ToldChange } from '../src/pr/told.js';
import { formatName, stepTitle } from '../src/pr/titles.js';
import { enumeration } from '../src/core/words.js';
import { blocks, capital, cell, code, codeCell, escape, list, prose, table } from '../src/report/markdown.js';
import { counted } from '../src/report/words.js';
import type { Status } from '../src/standards/types.js';
import type { Stage } from '../src/verify/check.js';

/** What a pull request tells. Nothing in it shows a secret. */
export interface PullRequestFacts {
  /** harden's version. */
  readonly version: string;
  readonly noun: 'pull request' | 'merge request';
  readonly phase: Phase;
  /** The only transform, with a pull request for each. */
  readonly transform: string | undefined;
  readonly steps: readonly Step[];
  /** The branch of the phase before it, whose commits are in this one too. */
  readonly onTopOf: string | undefined;
  readonly controls: readonly ControlChange[];
  readonly exposures: readonly {
    readonly path: string;
    readonly before: Exposure;
    readonly after: Exposure;
  }[];
  /** What `harden verify` found; undefined where it did not run. */
  readonly verification: Verification | undefined;
  /** What is left on purpose, each with its reason. */
  readonly accepted: readonly string[];
  /** What a person has to decide. */
  readonly manual: number;
}

/** A control whose status the changes move. */
export interface ControlChange {
  readonly standard: string;
  readonly id: string;
  readonly title: string;
  readonly before: Status;
  readonly after: Status;
}

export interface Verification {
  /** The stages in which a check passed or failed: one without was not run, whatever was asked for. */
  readonly stages: readonly Stage[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly subject: string; readonly name: string; readonly detail: string }[];
  /** What was seen to hold. */
  readonly held: readonly { readonly subject: string; readonly name: string; readonly detail: string }[];
}

/** Between them stands what harden writes: the rest of the body is people's. */
export const BEGIN = '<!-- harden:begin -->';
export const END = '<!-- harden:end -->';

const PHASES: Readonly<Record<Phase, string>> = {
  1: 'immediate',
  2: 'needs testing',
  3: 'advanced',
};

/** `Harden Dockerfile and Compose (phase 1, immediate)`. */
export function pullRequestTitle({ steps, phase, transform }: PullRequestFacts, prefix = ''): string {
  const [first] = steps;
  if (transform !== undefined && first !== undefined) return prefix + stepTitle(first.meta);
  const formats = [...new Set(steps.map(({ meta }) => formatName(meta)))];
  return `${prefix}Harden ${enumeration(formats)} (phase ${phase}, ${PHASES[phase]})`;
}

/**
 * The body: what changes and why, what it may break, what it is good for, and the way back. Where all of it is too long,
 * the evidence is left out, then the changes beyond the first of each transform.
 * @param limit of the forge, in characters.
 */
export function pullRequestBody(facts: PullRequestFacts, limit: number): string {
  const detailed = [
    { changes: 50, evidence: 4 },
    { changes: 20, evidence: 1 },
    { changes: 5, evidence: 0 },
    { changes: 0, evidence: 0 },
  ];
  const bodies = detailed.map((detail) => () => bodyOf(facts, detail));
  for (const body of bodies.slice(0, -1)) {
    const text = body();
    if (text.length <= limit) return text;
  }
  return bodies.at(-1)!();
}

interface Detail {
  /** At most, of each transform. */
  readonly changes: number;
  /** At most, of each change. */
  readonly evidence: number;
}

function bodyOf(facts: PullRequestFacts, detail: Detail): string {
  const { version, phase, steps, onTopOf, noun } = facts;
  const changes = steps.flatMap(toldChanges);
  const files = new Set(changes.map(({ path }) => path));
  const total = countOf(changes);
  const untested = countOf(changes.filter(({ toBeTested }) => toBeTested));
  return blocks(
    BEGIN,
    `${counted(total, 'change')} in ${counted(files.size, 'file')}, each a consequence of what the workload needs, with its evidence; one commit for each kind. Comments, order, quoting and indentation stay as they were.`,
    untested === 0
      ? 'Nothing that these changes depend on is guessed.'
      : `${untested === 1 ? 'One of them depends' : `${untested} of them depend`} on something that is only likely: they are marked **test first**.`,
    onTopOf === undefined
      ? undefined
      : `It stands on ${code(onTopOf)}: merge the ${noun} of that branch first.`,
    '## What changes, and why',
    ...steps.map((step) => stepSection(step, detail)),
    controlSection(facts),
    exposureSection(facts),
    verificationSection(facts),
    `## The way back\n\nEvery kind of change is a commit of its own: \`git revert\` of one takes back that kind alone. After a merge, \`git revert -m 1\` of the merge commit takes back all of it; of a squashed one, \`git revert\`.`,
    leftSection(facts),
    `Written by harden ${version}, phase ${phase} (${PHASES[phase]}). A later run brings this ${noun} up to date, as long as nobody else has committed to its branch; what is written above or below this part stays.`,
    END,
  );
}

function stepSection(step: Step, { changes: most, evidence }: Detail): string {
  const { meta } = step;
  const changes = toldChanges(step);
  const shown = changes.slice(0, most);
  const rest = countOf(changes.slice(most));
  return blocks(
    `### ${escape(stepTitle(meta))}`,
    `Severity ${meta.severity}. ${prose(firstSentences(meta.description))}`,
    list([
      ...shown.map((change) => changeItem(change, evidence)),
      ...(rest === 0
        ? []
        : [`${shown.length === 0 ? '' : '... and '}${counted(rest, 'change')} more, in the diff`]),
    ]),
    `**May break:** ${prose(meta.mayBreak)}`,
  );
}

/** As the preview counts: one for each service, though those that are alike are told together. */
function countOf(changes: readonly ToldChange[]): number {
  return changes.reduce((sum, { count }) => sum + count, 0);
}

/** The first sentences of a description, which say what is wrong. */
function firstSentences(text: string): string {
  return text
    .split(/(?<=[.!?])\s+(?=[A-Z])/)
    .slice(0, 2)
    .join(' ');
}

const MAX_SUBJECTS = 12;

function changeItem({ path, subjects, change, why, evidence, toBeTested }: ToldChange, most: number): string {
  const named = subjects.slice(0, MAX_SUBJECTS).map(escape);
  const others = subjects.length - named.length;
  const names = others > 0 ? [...named, `${others} more`] : named;
  const whose = names.length === 0 ? '' : ` ${enumeration(names)}:`;
  const first = toBeTested ? '**test first** ' : '';
  const head = `${first}${code(path)}${whose} ${code(change)}: ${escape(why)}`;
  const shown = evidence.slice(0, most).map((item) => code(evidenceLine(item)));
  return shown.length === 0 ? head : `${head}\n${list(shown)}`;
}

function controlSection({ controls }: PullRequestFacts): string {
  if (controls.length === 0)
    return '## Controls\n\nNo control of the standards that harden knows changes its status.';
  return blocks(
    '## Controls, before and after',
    table(
      ['standard', 'control', 'what it asks for', 'before', 'after'],
      controls.map(({ standard, id, title, before, after }) => [
        cell(standard),
        cell(id),
        cell(title),
        before,
        after,
      ]),
    ),
  );
}

function exposureSection({ exposures }: PullRequestFacts): string | undefined {
  if (exposures.length === 0) return undefined;
  return blocks(
    '## Exposure of units, before and after',
    'As `systemd-analyze security` scores it, from 0 (confined) to 10.',
    table(
      ['unit', 'before', 'after'],
      exposures.map(({ path, before, after }) => [codeCell(path), scored(before), scored(after)]),
    ),
  );
}

function scored({ score, rating }: Exposure): string {
  return `${score.toFixed(1)} ${rating}`;
}

function verificationSection({ verification, noun }: PullRequestFacts): string {
  if (verification === undefined) {
    return blocks(
      '## Not verified by running',
      `Nothing was built or started for this ${noun}. \`harden verify\` does so beside the original, and \`harden pr --verification\` puts what it finds here.`,
    );
  }
  const { passed, failed, skipped, held, stages } = verification;
  const [built, started] = [stages.includes('build'), stages.includes('run')];
  const line = ({ subject, name, detail }: Verification['held'][number]): string =>
    `${code(subject)}: ${escape(name)}${detail === '' ? '' : ` (${escape(detail)})`}`;
  return blocks(
    started || built ? '## Verified' : '## Not verified by running',
    `\`harden verify\` made ${counted(passed + failed + skipped.length, 'check')}: ${passed} passed, ${failed} failed, ${skipped.length} skipped.`,
    ...unrun(stages, noun),
    folded('What was seen to hold', held.map(line)),
    folded('What could not be checked', skipped.map(line)),
  );
}

/** What the stages that did not run leave unknown. */
function unrun(stages: readonly Stage[], noun: string): readonly string[] {
  const missing = (['static', 'build', 'run'] as const).filter((stage) => !stages.includes(stage));
  if (missing.length === 0) return [];
  const [unbuilt, unstarted] = [missing.includes('build'), missing.includes('run')];
  const nothing = [...(unbuilt ? ['built'] : []), ...(unstarted ? ['started'] : [])].join(' or ');
  const so = nothing === '' ? '' : ` Nothing was ${nothing} for this ${noun}.`;
  return [
    `${missing.length === 1 ? 'The stage' : 'The stages'} ${enumeration(missing.map(code))} ${missing.length === 1 ? 'was' : 'were'} not run.${so}`,
  ];
}

/** https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/organizing-information-with-collapsed-sections */
function folded(summary: string, items: readonly string[]): string | undefined {
  if (items.length === 0) return undefined;
  const [shown, rest] = [items.slice(0, MAX_FOLDED), items.length - MAX_FOLDED];
  return blocks(
    `<details><summary>${summary}</summary>`,
    list([...shown, ...(rest > 0 ? [`... and ${rest} more`] : [])]),
    '</details>',
  );
}

const MAX_FOLDED = 40;

function leftSection({ accepted, manual }: PullRequestFacts): string | undefined {
  if (accepted.length === 0 && manual === 0) return undefined;
  return blocks(
    '## What is left',
    manual === 0
      ? undefined
      : `${capital(counted(manual, 'finding'))} ${manual === 1 ? 'is' : 'are'} for a person to decide: \`harden\` shows them with their reasons.`,
    accepted.length === 0
      ? undefined
      : blocks('Accepted, by the config or a comment:', list(accepted.map(escape))),
  );
}
