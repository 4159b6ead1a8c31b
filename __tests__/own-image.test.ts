import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { harden } from './support/cli.js';
import { PROJECT } from './support/action.js';

interface Result {
  readonly files: readonly {
    readonly status: string;
    readonly findings: readonly { readonly id: string; readonly disposition: string }[];
    readonly companions?: readonly { readonly status: string }[];
  }[];
}

describe('the container image of harden itself', () => {
  test.each(['1', '2', '3'])(
    'harden finds nothing to change at phase %s, and leaves nothing to decide',
    async (phase) => {
      const { code, stdout } = await harden(PROJECT, [
        ...['--check', '--no-config', '--no-baseline', '--phase', phase],
        ...['--output', 'json', 'Dockerfile'],
      ]);
      const { files } = JSON.parse(stdout) as Result;
      expect(files).toHaveLength(1);
      const open = files[0]!.findings.filter(({ disposition }) => disposition !== 'accepted');
      expect([code, files[0]?.status, open]).toEqual([0, 'unchanged', []]);
    },
  );

  test('its build sees only what it reads', () => {
    const lines = readFileSync(join(PROJECT, '.dockerignore'), 'utf8').split('\n');
    expect(lines.find((line) => line !== '' && !line.startsWith('#'))).toBe('*');
    const read = [
      ...readFileSync(join(PROJECT, 'Dockerfile'), 'utf8').matchAll(/^COPY (?!--from)(.*) \S+$/gm),
    ];
    expect(read.map(([, sources]) => sources)).toEqual(['package.json package-lock.json', '.']);
  });
});
