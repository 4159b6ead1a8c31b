import type { Run, Trial } from './trial.js';

type Row = readonly string[];

const HEADER: Row = [
  'daemon',
  'unit',
  'exposure',
  'directives',
  'works before',
  'works after',
  'works from its first start',
];

/** What it did before, it has to do after: what is wrong otherwise. */
export function faultsOf({ before, after, fresh }: Trial): readonly string[] {
  if (before.fault !== undefined) return [`as it comes: ${before.fault}`];
  return [
    ...(after?.fault === undefined ? [] : [`hardened: ${after.fault}`]),
    ...(fresh?.fault === undefined ? [] : [`hardened from its first start: ${fresh.fault}`]),
  ];
}

/** What the journal complains of after hardening, and did not before. */
export function newComplaints({ before, after, fresh }: Trial): readonly string[] {
  const known = new Set(before.complaints);
  const all = [...(after?.complaints ?? []), ...(fresh?.complaints ?? [])];
  return [...new Set(all)].filter((complaint) => !known.has(complaint));
}

export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function meanExposure(trials: readonly Trial[], when: 'before' | 'after'): number | undefined {
  return mean(trials.flatMap(({ exposure }) => exposure[when] ?? []));
}

/** The daemons before and after, as a Markdown table. */
export function markdownTable(trials: readonly Trial[]): string {
  const rows: readonly Row[] = [
    ...trials.map((trial) => [
      trial.daemon,
      trial.unit,
      `${level(trial.exposure.before)} → ${level(trial.exposure.after)}`,
      String(trial.directives.length),
      works(trial.before),
      works(trial.after),
      works(trial.fresh),
    ]),
    [
      'mean',
      '',
      `${level(meanExposure(trials, 'before'))} → ${level(meanExposure(trials, 'after'))}`,
      ...['', '', '', ''],
    ],
  ];
  const widths = HEADER.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: Row): string => `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`;
  return [line(HEADER), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function level(exposure: number | undefined): string {
  return exposure === undefined ? '?' : exposure.toFixed(1);
}

function works(run: Run | undefined): string {
  if (run === undefined) return '?';
  return run.fault === undefined ? 'yes' : 'no';
}
