import { createColors } from 'picocolors';
import { code } from '../render/markdown.js';
import { printable } from '../render/text.js';
import type { Scoreboard } from './scoreboard.js';
import { COLUMNS, numbersOf } from './table.js';

/** The version of the JSON's shape. */
const SCHEMA = 1;

/** So many of the transforms are shown to people. */
const SHOWN = 15;

/** A file that is no result, and why. */
export interface ResultFailure {
  readonly path: string;
  readonly reason: string;
}

/** The scoreboard as one JSON object, in the shape of fleet.schema.json. */
export function fleetJson(board: Scoreboard, failures: readonly ResultFailure[], version: string): string {
  const repositories = board.repositories.map(({ transforms, ...one }) => ({
    ...one,
    transforms: Object.fromEntries(transforms),
  }));
  return `${JSON.stringify({ schema: SCHEMA, version, ...board, repositories, failures }, null, 2)}\n`;
}

/** The scoreboard for a terminal. */
export function fleetText(board: Scoreboard, color: boolean): string {
  const c = createColors(color);
  const rows = board.repositories.map((one) => ({ name: printable(one.name), numbers: numbersOf(one) }));
  const total = { name: `all ${rows.length}`, numbers: numbersOf(board.totals) };
  const first = Math.max('repository'.length, ...[...rows, total].map(({ name }) => name.length));
  const widths = COLUMNS.map((column, at) => Math.max(column.length, String(total.numbers[at]).length));
  const paint = (text: string, column: string, number: number): string => {
    if (number === 0) return c.dim(text);
    if (['critical', 'high', 'errors'].includes(column)) return c.red(text);
    return column === 'medium' ? c.yellow(text) : text;
  };
  const line = ({ name, numbers }: typeof total): string =>
    [
      name.padEnd(first),
      ...COLUMNS.map((column, at) => paint(String(numbers[at]).padStart(widths[at]!), column, numbers[at]!)),
    ].join('  ');
  const head = ['repository'.padEnd(first), ...COLUMNS.map((column, at) => column.padStart(widths[at]!))];
  const shown = board.transforms.slice(0, SHOWN);
  const counts = shown.map(({ findings }) => String(findings).length);
  const digits = Math.max(0, ...counts);
  const frequent = shown.map(
    ({ id, title, severity, findings, repositories }) =>
      `  ${String(findings).padStart(digits)} in ${repositories} of ${rows.length}  ${id}  ${c.dim(`${severity}: ${printable(title)}`)}\n`,
  );
  return [
    `${c.bold(head.join('  '))}\n`,
    ...rows.map((row) => `${line(row)}\n`),
    `${c.bold(line(total))}\n`,
    frequent.length === 0 ? '' : `\n${c.bold('Most frequent')}\n${frequent.join('')}`,
  ].join('');
}

/** The scoreboard for an issue, a wiki or a job's summary. */
export function fleetMarkdown(board: Scoreboard, failures: readonly ResultFailure[]): string {
  const { repositories, totals } = board;
  const transforms = board.transforms.slice(0, SHOWN);
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |\n`;
  const name = (text: string): string => code(text).replaceAll('|', '\\|');
  const total = `**all ${repositories.length}**`;
  return [
    `## harden: ${repositories.length} ${repositories.length === 1 ? 'repository' : 'repositories'}\n\n`,
    row(['Repository', ...COLUMNS]),
    row(['---', ...COLUMNS.map(() => '---:')]),
    ...repositories.map((one) => row([name(one.name), ...numbersOf(one)])),
    row([total, ...numbersOf(totals)]),
    transforms.length === 0 ? '' : '\n### Most frequent\n\n',
    transforms.length === 0
      ? ''
      : row(['Transform', 'Severity', 'Findings', 'Repositories']) + row(['---', '---', '---:', '---:']),
    ...transforms.map((one) => row([name(one.id), one.severity, one.findings, one.repositories])),
    failures.length === 0 ? '' : '\n### Not counted\n\n',
    ...failures.map(({ path, reason }) => `- ${code(path)} ${reason}\n`),
  ].join('');
}
