import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { applyEdits } from '../../src/core/text.js';
import type { DockerfileDocument } from '../../src/formats/dockerfile/document.js';
import { parseDockerfile } from '../../src/formats/dockerfile/parse.js';
import { appendStep, readRun, stepAt, type RunScript } from '../../src/formats/dockerfile/run-script.js';
import { parseShell } from '../../src/formats/shell.js';

function runOf(text: string): { document: DockerfileDocument; run: RunScript } {
  const parsed = parseDockerfile('Dockerfile', text);
  if (!parsed.ok) throw new Error(parsed.reason);
  const { document } = parsed;
  const run = readRun(document, document.finalStage, document.instructions.at(-1)!);
  if (run === undefined) throw new Error('not readable');
  return { document, run };
}

/** The script with `r` behind the step that holds the command `b`; undefined where that is refused. */
function withStep(script: string, heredoc = false): string | undefined {
  const source = heredoc ? `FROM debian\nRUN <<EOF\n${script}\nEOF\n` : `FROM debian\nRUN ${script}\n`;
  const { document, run } = runOf(source);
  const target = run.script.commands.find(({ program }) => program === 'b')!;
  const edit = appendStep(document, run, stepAt(run, target.start)!, 'r');
  return edit.ok ? runOf(applyEdits(source, edit.edits)).run.text : undefined;
}

/** What a shell does with a script: which of a, b and c run, and the status at the end. */
function behaviour(script: string, statuses: readonly number[]): string {
  const functions = ['a', 'b', 'c'].map(
    (name, at) => `${name}() { printf ${name}; return ${statuses[at]}; }`,
  );
  const { stdout, status } = spawnSync('sh', ['-c', [...functions, 'r() { :; }', script].join('\n')]);
  return `${stdout.toString()} ${status}`;
}

const SCRIPTS = [
  'b',
  'a && b',
  'a && b && c',
  'a; b',
  'a; b; c',
  'b || a',
  'a || b && c',
  'b && a || c',
  'a | b && c',
  '! b; a',
  'if a; then b; fi',
  'if a; then b; fi; c',
  '{ a; b; } && c',
  '(a; b) || c',
  'for x in 1 2; do b; done && c',
  'set -e; b',
  'set -e; a; b',
  'set -e; a; b; c',
  'set -e; a && b; c',
  'set -e; a && b',
  'set -e; b && a; c',
  'set -e; if a; then b; fi; c',
  'set -e; (a; b); c',
  'set -e; (a; b) && c',
  'a && set -e; b; c',
];

describe('a step put behind another one', () => {
  const outcomes = [0, 1].flatMap((a) => [0, 1].flatMap((b) => [0, 1].map((c) => [a, b, c])));

  test.each(SCRIPTS.flatMap((script) => [[script, false] as const, [script, true] as const]))(
    'changes neither what runs nor the status of %s (heredoc: %s)',
    (script, heredoc) => {
      const lines = heredoc ? script.replace(/; (?!then|fi|do|b; }|b\))/g, '\n') : script;
      const changed = withStep(lines, heredoc);
      expect(changed).toMatch(/\br\b/);
      for (const statuses of outcomes) expect(behaviour(changed!, statuses)).toBe(behaviour(lines, statuses));
    },
  );

  test.each(['set -e; if a; then b; fi', 'set -e; { a; b; }', 'f() { b; }; f', 'b & wait', 'b; test $? = 0'])(
    'is refused for %s',
    (script) => {
      expect(withStep(script)).toBeUndefined();
    },
  );
});

describe('pipelines', () => {
  test('know whether somebody asks for their status, or nobody can', () => {
    const of = (text: string): string[] =>
      parseShell(text).pipelines.map(({ tested, discarded }) =>
        tested ? 'tested' : discarded ? 'discarded' : 'plain',
      );
    expect(of('a | b && c | d')).toEqual(['plain', 'plain']);
    expect(of('a | b || c | d')).toEqual(['tested', 'plain']);
    expect(of('if a | b; then c | d; fi')).toEqual(['tested', 'plain']);
    expect(of('! a | b')).toEqual(['tested']);
    expect(of('x=$(a | b) && echo "$(c | d)"')).toEqual(['plain', 'discarded']);
  });
});
