import type { Figures, Trial } from './trial.js';

export type Row = readonly string[];

const HEADER: Row = ['project', 'size', '', 'packages', 'setuid files', 'user', 'build time'];
const MEGABYTE = 1_000_000;

/** How much smaller an image became, from 0 to 1; undefined when it was not built. */
export function reduction({ before, after }: Trial): number | undefined {
  return before === undefined || after === undefined ? undefined : 1 - after.bytes / before.bytes;
}

export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

export function percent(share: number | undefined): string {
  return share === undefined ? '' : `${Math.round(share * 100)} %`;
}

/** The images before and after, as a Markdown table. */
export function markdownTable(trials: readonly Trial[]): string {
  const rows = trials.map((trial): Row => {
    const both = (show: (figures: Figures) => string): string =>
      [trial.before, trial.after].map((figures) => (figures === undefined ? '?' : show(figures))).join(' → ');
    return [
      trial.project,
      `${both(({ bytes }) => String(Math.round(bytes / MEGABYTE)))} MB`,
      change(reduction(trial)),
      both(({ packages }) => String(packages)),
      both(({ setuid }) => String(setuid)),
      both(({ user, uid }) => (/^\d|root/.test(user) ? user : `${user} (${uid})`)),
      `${both(({ buildSeconds }) => buildSeconds.toFixed(0))} s`,
    ];
  });
  return tableOf(HEADER, rows);
}

/** A Markdown table as prettier writes it. */
export function tableOf(header: Row, rows: readonly Row[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, 3, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: Row): string => `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function change(share: number | undefined): string {
  if (share === undefined) return '';
  return share < 0 ? `+${percent(-share)}` : `−${percent(share)}`;
}
