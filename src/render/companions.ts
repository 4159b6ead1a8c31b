import { createColors } from 'picocolors';
import { isChanged, type Companion, type CompanionNote, type ImageBuilder } from '../core/companion.js';
import {
  detail,
  diffText,
  evidenceText,
  hanging,
  plural,
  printable,
  section,
  shown,
  type Colors,
  type TextOptions,
} from './text.js';
import type { WrittenFile } from './output.js';

export interface CompanionRenderer {
  /** The diff of one, and the reasons. */
  change(companion: Companion): string;
  /** The reports of the files that change with a plan; empty when there is nothing to say. */
  files(companions: readonly Companion[]): string;
  /** What builds the file: by itself from the hardened variant, or by hand. */
  builders(companions: readonly Companion[], builders: readonly ImageBuilder[]): string;
  /** One line for a file that was written or would change. */
  summary(companion: Companion, written: WrittenFile | undefined): string;
  /** A line for each place that goes on building the original. */
  hints(builders: readonly ImageBuilder[]): string;
}

/** Renders what goes with a Dockerfile as its own plan is rendered: the diff, the reasons, what was left and why. */
export function createCompanionRenderer({ color, width }: TextOptions): CompanionRenderer {
  const c = createColors(color);
  const columns = Math.max(60, Math.min(width, 120));
  const hints = (builders: readonly ImageBuilder[]): readonly string[] =>
    builders.map(
      ({ file, line, text }) => `  also built by ${printable(`${file}:${line}`)} (${shown(text)})\n`,
    );
  return {
    change: (companion) => changeOf(c, columns, companion),
    files: (companions) =>
      companions
        .filter(({ variant }) => !variant)
        .map((companion) => fileText(c, columns, companion))
        .join(''),
    builders: (companions, builders) => {
      const variants = companions
        .filter(({ variant }) => variant)
        .map(({ path, notes }) => `  ${printable(path)} ${toldOf(notes)} (with --write)\n`);
      const text = section(c, 'What builds it', [...variants, ...hints(builders)]);
      return text === '' ? '' : `${text}\n`;
    },
    summary: (companion, written) => summaryText(c, companion, written),
    hints: (builders) => hints(builders).map(c.dim).join(''),
  };
}

function toldOf(notes: readonly CompanionNote[]): string {
  return notes.map(({ reason }) => shown(reason)).join(', ');
}

function fileText(c: Colors, columns: number, companion: Companion): string {
  return `${c.bold(c.underline(printable(companion.path)))}${stateOf(companion)}\n\n${changeOf(c, columns, companion)}\n`;
}

function stateOf(companion: Companion): string {
  return isChanged(companion) && companion.original === undefined ? ' (new)' : '';
}

function changeOf(c: Colors, columns: number, companion: Companion): string {
  const { kind, path, original, text, notes } = companion;
  const those = (disposition: CompanionNote['disposition']): readonly CompanionNote[] =>
    notes.filter((note) => note.disposition === disposition);
  const sections = [
    // A profile is data of some hundred lines: what it allows is told by its note.
    kind === 'seccomp' ? '' : diffText(c, original ?? '', text),
    section(
      c,
      'Changes',
      byReason(those('applied')).map((same) => changeText(c, columns, same, path)),
    ),
    section(
      c,
      'In a later phase',
      those('later').map(({ subject, phase }) => hanging(`  phase ${phase}  `, subject, columns, c.dim)),
    ),
    section(
      c,
      'Rightly as it is',
      byReason(those('accepted')).map((same) => keptText(c, columns, same, path)),
    ),
  ].filter((part) => part !== '');
  return sections.join('\n');
}

/** Lines that are added, or left out, for the same reason are told together; an exception with what it is one of. */
function byReason(notes: readonly CompanionNote[]): readonly (readonly CompanionNote[])[] {
  const groups = new Map<string, CompanionNote[]>();
  let key = '';
  for (const note of notes) {
    if (!note.subject.startsWith('!')) key = JSON.stringify([note.reason, note.safety]);
    groups.set(key, [...(groups.get(key) ?? []), note]);
  }
  return [...groups.values()];
}

function changeText(c: Colors, columns: number, same: readonly CompanionNote[], path: string): string {
  const [first] = same;
  if (first === undefined) return '';
  // What follows from a change of the Dockerfile has no phase of its own.
  if (first.phase === undefined) return hanging('  ', first.reason, columns, String);
  const safety = first.safety === 'unsafe' ? c.yellow('unsafe') : c.green('safe  ');
  const names = c.bold(printable(same.map(({ subject }) => subject).join(', ')));
  return (
    `  phase ${first.phase}  ${safety}  ${names}\n` +
    detail(c, columns, 'why', first.reason) +
    evidenceText(c, columns, first.evidence, path)
  );
}

function keptText(c: Colors, columns: number, same: readonly CompanionNote[], path: string): string {
  const [first] = same;
  if (first === undefined) return '';
  const names = same.map(({ subject }) => subject).join(', ');
  return (
    hanging('  ', `${names}: not left out: ${first.reason}`, columns, c.bold) +
    evidenceText(c, columns, first.evidence, path)
  );
}

function summaryText(c: Colors, companion: Companion, written: WrittenFile | undefined): string {
  const path = printable(companion.path);
  const added = companion.notes.filter(({ disposition }) => disposition === 'applied').length;
  const what =
    companion.kind === 'dockerignore' ? `${added} ${plural(added, 'line')} more` : toldOf(companion.notes);
  if (written === undefined) {
    return companion.variant || !isChanged(companion)
      ? ''
      : `${c.yellow('would change')}  ${path}  ${c.dim(what)}\n`;
  }
  if (written.error !== undefined) return `${c.red('not written ')}  ${path}  ${written.error}\n`;
  const state = written.changed ? c.green('wrote       ') : c.dim('unchanged   ');
  return `${state}  ${path}  ${c.dim(what)}\n`;
}
