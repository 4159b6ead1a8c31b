import { evidenceLine, toldChanges, type ToldChange } from '../src/pr/told.js';
import type { Step } from '../src/pr/steps.js';
import { stepTitle } from '../src/pr/titles.js';
import { wrap } from '../src/render/wrap.js';

/** As git's own documentation wraps it. */
const COLUMNS = 72;
const MAX_CHANGES = 20;
const MAX_EVIDENCE = 2;
const MAX_EVIDENCE_OF_MANY = 8;

/**
 * The message of the commit that makes one transform's changes.
 * @param prefix as the project begins its subjects: `chore(security): `.
 */
export function commitMessage(step: Step, prefix = ''): string {
  const changes = toldChanges(step);
  const left = changes.length - MAX_CHANGES;
  const body = [
    ...changes.slice(0, MAX_CHANGES).map(changeText),
    ...(left > 0 ? [`... and ${left} more like these.`] : []),
    paragraph(`May break: ${step.meta.mayBreak}`),
    `More: harden explain ${step.meta.id}`,
  ];
  return `${prefix}${stepTitle(step.meta)}\n\n${body.join('\n\n')}\n`;
}

function changeText({ path, subjects, change, why, evidence, toBeTested }: ToldChange): string {
  const what = [...subjects, change].join(': ');
  // Each of them has its own.
  const shown = evidence.slice(
    0,
    Math.min(MAX_EVIDENCE * Math.max(1, subjects.length), MAX_EVIDENCE_OF_MANY),
  );
  const rest = evidence.length - shown.length;
  return [
    paragraph(`${path}: ${subjects.length > 1 ? `${subjects.join(', ')}: ${change}` : what}`),
    paragraph(`${why}${toBeTested ? ' (to be tested)' : ''}`, '  '),
    // A line that git would take for a comment, or cut, stays one: it is indented.
    ...shown.map((item) => paragraph(evidenceLine(item), '  - ')),
    ...(rest > 0 ? [`  - and ${rest} more: harden shows them`] : []),
  ].join('\n');
}

function paragraph(text: string, lead = ''): string {
  return wrap(text, COLUMNS - lead.length)
    .map((line, at) => (at === 0 ? lead : ' '.repeat(lead.length)) + line)
    .join('\n');
}
