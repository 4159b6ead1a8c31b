import { createColors } from 'picocolors';
import type { Companion } from '../core/companion.js';
import type { PlanEntry } from '../core/plan.js';
import type { Answer, ChangeQuestion } from '../interactive/question.js';
import type { Key } from '../interactive/review.js';
import { createCompanionRenderer } from './companions.js';
import type { WrittenFile } from './output.js';
import {
  changesText,
  detail,
  diffText,
  evidenceText,
  hanging,
  plural,
  printable,
  shown,
  subjectOf,
  whatOf,
  type TextOptions,
} from './text.js';
import { wrap } from './wrap.js';

/** How many changes were answered in which way. */
export interface Tally {
  readonly made: number;
  readonly skipped: number;
  readonly open: number;
}

/** How a review asks and answers. */
export interface ReviewRenderer {
  /** Begins a file. */
  file(path: string, changes: number, note?: string): string;
  /** A change: the diff, what it is, and why. */
  change(question: ChangeQuestion, path: string, before: string): string;
  companion(companion: Companion): string;
  /** All evidence of a change. */
  why(entries: readonly PlanEntry[], path: string): string;
  companionWhy(companion: Companion): string;
  /** @param place as `(1/3)`. */
  prompt(place: string, asks: string, keys: readonly Key[]): string;
  help(keys: readonly Key[]): string;
  /** What a person is to know before the next question. */
  remark(text: string): string;
  problem(text: string): string;
  /** @param note what is said of it. */
  written(path: string, written: WrittenFile | undefined, note: string): string;
  ended(tally: Tally, files: number, more: readonly string[]): string;
}

export function createReviewRenderer({ color, width }: TextOptions): ReviewRenderer {
  const c = createColors(color);
  const columns = Math.max(60, Math.min(width, 120));
  const beside = createCompanionRenderer({ color, width });
  const lines = (text: string, style: (line: string) => string): string =>
    wrap(shown(text), columns)
      .map((line) => `${style(line)}\n`)
      .join('');
  return {
    file: (path, changes, note = '') =>
      `\n${c.bold(c.underline(printable(path)))}  ${c.dim(`${note}${changes} ${plural(changes, 'change')}`)}\n`,
    change: ({ after, entry, within }, path, before) =>
      `\n${diffText(c, before, after)}\n${changesText(c, columns, [entry], path)}` +
      within
        .map((item) => `${subjectOf(item)}: ${whatOf(item)} (${item.meta.id})`)
        .map((text, at) => detail(c, columns, at === 0 ? 'with it' : '', text))
        .join(''),
    companion: (companion) => `\n${beside.change(companion)}`,
    why: (entries, path) =>
      entries
        .map((entry) => ({ ...entry, head: `${subjectOf(entry)}: ${whatOf(entry)}` }))
        .map(
          ({ finding, head, meta }) =>
            hanging('  ', head, columns, c.bold) +
            detail(c, columns, 'why', `${finding.message} (${meta.id}, ${meta.severity})`) +
            evidenceText(c, columns, finding.evidence, path, Infinity) +
            (meta.controls.length === 0 ? '' : detail(c, columns, 'controls', meta.controls.join(', '))),
        )
        .join(''),
    companionWhy: ({ notes, path }) =>
      notes
        .filter(({ disposition }) => disposition === 'applied')
        .map(
          ({ evidence, reason, subject }) =>
            detail(c, columns, 'why', `${subject}: ${reason}`) +
            evidenceText(c, columns, evidence, path, Infinity),
        )
        .join(''),
    prompt: (place, asks, keys) =>
      `${c.bold(c.blue(`${`${place} ${asks}`.trim()} [${keys.map(({ key }) => key).join(',')}]?`))} `,
    help: (keys) => keys.map(({ key, does }) => c.bold(c.red(`${key} - ${does}\n`))).join(''),
    remark: (text) => lines(text, String),
    problem: (text) => lines(text, c.red),
    written: (path, written, note) => {
      const counts = c.dim(note);
      if (written?.error !== undefined)
        return `${c.red('not written ')}  ${printable(written.path)}  ${written.error}\n`;
      if (written === undefined) return `${c.dim('left alone  ')}  ${printable(path)}  ${counts}\n`;
      const state = written.changed ? c.green('wrote       ') : c.dim('unchanged   ');
      return `${state}  ${printable(written.path)}  ${counts}\n`;
    },
    ended: (tally, files, more) => {
      const where = tally.made === 0 ? '' : ` in ${files} ${plural(files, 'file')}`;
      const open = tally.open === 0 ? '' : `, ${tally.open} left open`;
      const head = `${tally.made} ${plural(tally.made, 'change')} made${where}, ${tally.skipped} skipped${open}.`;
      return `\n${c.bold(head)}\n${more.map((text) => lines(text, String)).join('')}`;
    },
  };
}

export function tallyText({ made, skipped, open }: Tally): string {
  const parts = [
    [made, 'made'],
    [skipped, 'skipped'],
    [open, 'left open'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return told.length === 0 ? 'nothing made' : told.join(', ');
}

/** How a question was answered before, for one that is asked again. */
export function answerText(answer: Answer | undefined): string {
  return answer === undefined ? '' : `, ${answer.kind}`;
}
