import { describe, expect, test } from '@jest/globals';
import { folderOf, harden } from './support/cli.js';

const COMPOSE = 'services:\n  web:\n    image: nginx:1.27\n  db:\n    image: postgres:16\n';
/** All that harden would set is there. */
const UNIT_OF_ENGINE = '[Service]\nExecStart=/usr/bin/podman run --rm x\n';

async function preview(tree: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<string> {
  const { code, stdout } = await harden(folderOf(tree), args);
  expect(code).toBe(0);
  return stdout;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe('a preview', () => {
  test('names a file that has nothing to change', async () => {
    const text = await preview({ 'compose.yml': COMPOSE, 'compose.empty.yml': 'services: {}\n' });
    expect(text).toMatch(/^compose\.empty\.yml: nothing to change$/m);
    expect(text).toContain('1 of 2 files changes\n');
    // What is right as it is is told of it.
    expect(await preview({ 'a.service': UNIT_OF_ENGINE })).not.toContain('nothing to change');
  });

  test('tells once in a file what nobody knows of the limits', async () => {
    const text = await preview({ 'compose.yml': COMPOSE });
    expect(count(text, 'nothing says how much it needs')).toBe(1);
    expect(text).toMatch(
      /web, db: nothing says how much it needs\n +left +nothing limits its memory: mem_limit: <twice its peak in docker stats>\s+\(compose\/limit-memory\)\n +nothing limits the processor time[^]*?<its peak in docker stats>/,
    );
  });

  test('tells once in a file what a transform may break, and of each change why', async () => {
    const text = await preview({ 'compose.yml': COMPOSE });
    expect(count(text, ': cap_drop: [ALL], cap_add:')).toBe(2);
    expect(count(text, '(compose/drop-capabilities)')).toBe(2);
    expect(count(text, 'An operation that needs a dropped capability fails with EPERM')).toBe(1);
  });

  test('names commits as short as git finds them', async () => {
    const text = await preview({ 'compose.yml': COMPOSE });
    expect(text).toMatch(/docker-library\/postgres@[0-9a-f]{12}:/);
    expect(text).not.toMatch(/@[0-9a-f]{40}/);
  });

  test('counts the changes by phase, in the words of the help', async () => {
    const tree = { 'compose.yml': COMPOSE };
    interface Result {
      readonly files: readonly { readonly findings: readonly { disposition: string; phase: number }[] }[];
      readonly totals: Readonly<Record<string, number>>;
    }
    for (const phase of ['1', '2']) {
      const { files, totals } = JSON.parse(
        await preview(tree, '--phase', phase, '--output', 'json'),
      ) as Result;
      const applied = files
        .flatMap(({ findings }) => findings)
        .filter(({ disposition }) => disposition === 'applied');
      const [one, two] = [1, 2].map((at) => applied.filter((finding) => finding.phase === at).length);
      expect([totals.phase1, totals.phase2, totals.phase3]).toEqual([one, two, 0]);
      expect(totals.safe! + totals.unsafe!).toBe(applied.length);
      const words = `${one} immediate (phase 1)${two === 0 ? '' : `, ${two} need testing (phase 2)`}`;
      expect(await preview(tree, '--phase', phase)).toContain(` changes: ${words}\n`);
      expect(await preview(tree, '--phase', phase, '--output', 'markdown')).toContain(
        `${applied.length} changes (${words})`,
      );
    }
  });

  test('says of a new file that it stood nowhere, as git does', async () => {
    const text = await preview({ Dockerfile: 'FROM node:22\nCOPY . .\n', 'a.js': '' });
    expect(text).toMatch(/\.dockerignore \(new\)\n\n@@ -0,0 \+1,\d+ @@\n/);
  });
});

test('explain says that the ignore file changes', async () => {
  const { stdout } = await harden(folderOf(), ['explain', 'complete-dockerignore']);
  expect(stdout).toMatch(/^ {2}changes {4}\.dockerignore$/m);
});
