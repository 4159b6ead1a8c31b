import { createColors } from 'picocolors';
import type { Checkup } from '../doctor/finding.js';
import { printable } from './text.js';
import { wrap } from './wrap.js';

const TITLES: Readonly<Record<Checkup['group'], string>> = {
  harden: 'harden',
  engines: 'Engines and tools',
  forges: 'git and forges',
  project: 'This project',
  terminal: 'Terminal',
};

const GROUPS = Object.keys(TITLES) as readonly Checkup['group'][];

/** What was looked at, in columns, by groups. */
export function doctorText(
  checkups: readonly Checkup[],
  { color, width }: { readonly color: boolean; readonly width: number },
): string {
  const c = createColors(color);
  const marks = { ok: c.green('ok    '), absent: c.dim('absent'), broken: c.red('broken') };
  const column = Math.max(...checkups.map(({ name }) => name.length));
  const indent = ' '.repeat(column + 12);
  const wrapped = (text: string): readonly string[] => wrap(printable(text), width - indent.length);
  const told = ({ name, state, detail, purpose, advice }: Checkup): string => {
    const first = `  ${marks[state]}  ${name.padEnd(column)}  ${wrapped(detail).join(`\n${indent}`)}\n`;
    if (state === 'ok') return first;
    const rest = wrapped(advice === undefined ? purpose : `${purpose}; ${advice}`);
    return first + rest.map((line) => `${indent}${c.dim(line)}\n`).join('');
  };
  return GROUPS.map((group) => {
    const own = checkups.filter((one) => one.group === group);
    return own.length === 0 ? '' : `${c.bold(TITLES[group])}\n${own.map(told).join('')}\n`;
  }).join('');
}

/** The last line: what is to be mended, or that nothing is. */
export function doctorVerdict(checkups: readonly Checkup[]): string {
  const broken = checkups.filter(({ state }) => state === 'broken').map(({ name }) => name);
  return broken.length === 0
    ? 'Nothing is broken. What is absent, harden does without.\n'
    : `To be mended: ${broken.join(', ')}.\n`;
}
