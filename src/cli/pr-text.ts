import { createColors } from 'picocolors';
import type { NewCommit } from '../git/commits.js';
import { plural, printable, shown } from '../render/text.js';
import { maskedDiff } from '../render/diff.js';
import type { WrittenText } from '../pr/steps.js';

type Colors = ReturnType<typeof createColors>;

/** Says what becomes of branches and pull requests. */
export interface PrText {
  /** `harden/phase-1  5 commits, 12 files`. */
  branch(name: string, commits: number, files: number): string;
  /** A line below a branch: what was done, and to what. */
  line(state: LineState, text: string): string;
  /** A commit that would be made. */
  commit(commit: NewCommit): string;
  diff(path: string, text: WrittenText): string;
  /** A pull request that would be opened. */
  pullRequest(noun: string, title: string, body: string): string;
}

export type LineState = 'done' | 'would' | 'same' | 'left' | 'failed';

export function createPrText(color: boolean): PrText {
  const c = createColors(color);
  const paint: Readonly<Record<LineState, (text: string) => string>> = {
    done: c.green,
    would: c.yellow,
    same: c.dim,
    left: c.yellow,
    failed: c.red,
  };
  return {
    branch: (name, commits, files) => {
      const counts = `${commits} ${plural(commits, 'commit')}, ${files} ${plural(files, 'file')}`;
      return `${c.bold(printable(name))}  ${c.dim(commits === 0 ? 'nothing to change' : counts)}\n`;
    },
    line: (state, text) => {
      const [head = '', ...rest] = printable(text).split('\n');
      const [verb = ''] = /^\S+/.exec(head) ?? [];
      const first = `  ${paint[state](verb)}${head.slice(verb.length)}\n`;
      return first + rest.map((line) => c.dim(`    ${line}\n`)).join('');
    },
    commit: ({ message }) => indented(message, '  ', (line, at) => (at === 0 ? c.bold(line) : line)),
    diff: (path, { before, after }) =>
      `  ${c.bold(printable(path))}\n${maskedDiff(before ?? '', after)
        .map((line) => `  ${coloured(c, printable(line))}\n`)
        .join('')}`,
    pullRequest: (noun, title, body) =>
      `  ${c.bold(`${noun}: ${printable(title)}`)}\n${indented(body, '  | ', (line) => line)}`,
  };
}

function indented(text: string, lead: string, style: (line: string, at: number) => string): string {
  return shown(text.trimEnd())
    .split('\n')
    .map((line, at) => `${`${lead}${style(line, at)}`.trimEnd()}\n`)
    .join('');
}

function coloured(c: Colors, line: string): string {
  const paint = { '@': c.cyan, '+': c.green, '-': c.red }[line[0] ?? ''];
  return paint === undefined ? line : paint(line);
}
