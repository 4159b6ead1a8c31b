import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { expandSystemCalls, isOnX8664 } from '../../src/formats/systemd/system-calls.js';
import { closure, floor } from '../../src/seccomp/relatives.js';
import { runtimeClasses } from '../../src/seccomp/runtime-classes.js';
import { toSystemCallFilter } from '../../src/seccomp/system-call-filter.js';
import { names } from './support.js';

const wordsOf = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => line.slice('SystemCallFilter='.length).split(' '));

/** What an x86-64 kernel can be asked for; it has no code for the two old calls of epoll. */
const here = (calls: Iterable<string>): readonly string[] =>
  [...calls].filter((name) => isOnX8664(name) && !/^epoll_(ctl|wait)_old$/.test(name));

describe('SystemCallFilter=', () => {
  test('allows what was asked for, the floor and @default, and nothing else', () => {
    const known = expandSystemCalls(['@known']);
    const implied = expandSystemCalls(['@default']);
    fc.assert(
      fc.property(fc.array(names, { maxLength: 60 }), (calls) => {
        const allowed = new Set(here(expandSystemCalls(['@default', ...wordsOf(toSystemCallFilter(calls))])));
        const needed = new Set([...closure([...calls, 'execve', 'write', 'close']), ...floor()]);
        for (const name of here(needed)) if (known.has(name)) expect(allowed).toContain(name);
        expect([...allowed].filter((name) => !needed.has(name) && !implied.has(name))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('is written by groups, in lines that are not long', () => {
    for (const { calls } of runtimeClasses()) {
      const lines = toSystemCallFilter(calls);
      expect(lines.every((line) => line.startsWith('SystemCallFilter=') && line.length <= 110)).toBe(true);
      expect(wordsOf(lines)).toEqual(expect.arrayContaining(['@basic-io', '@network-io']));
      expect(wordsOf(lines)).not.toContain('pread64');
      expect(lines.length).toBeLessThan(20);
    }
  });

  const known = spawnSync('systemd-analyze', ['--no-pager', 'syscall-filter', '@known'], {
    encoding: 'utf8',
  });
  (known.status === 0 ? test : test.skip)('names only what the systemd of this machine knows', () => {
    const listed = new Set(known.stdout.split('\n').map((line) => line.trim()));
    const groups = spawnSync('systemd-analyze', ['--no-pager', 'syscall-filter'], {
      encoding: 'utf8',
    }).stdout;
    for (const { calls } of runtimeClasses()) {
      for (const word of wordsOf(toSystemCallFilter(calls))) {
        expect(word.startsWith('@') ? groups.includes(`${word}\n`) : listed.has(word)).toBe(true);
      }
    }
  });
});
