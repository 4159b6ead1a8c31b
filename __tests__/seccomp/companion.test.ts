import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { sealOf } from '../../src/io/write.js';
import type { SeccompProfile } from '../../src/seccomp/profile.js';
import { folderOf, get, harden, put } from '../support/cli.js';
import type { Tree } from '../support/memory.js';

const TREE: Tree = {
  'deploy/compose.yml': `services:
  cache:
    image: redis:7
  api:
    image: registry.example.com/shop/api:2
`,
  'harden.needs.yml': `version: 1
workloads:
  - file: deploy/compose.yml
    service: api
    recordings:
      - { source: strace, date: 2026-11-26, lines: 1200 }
    root: false
    system-calls: accept4 bind execve listen openat read socket write
    executes: [/usr/bin/api]
`,
};
const ONLY = ['--phase', '3', '--only', 'compose/use-seccomp-profile'];
const PROFILE = 'deploy/seccomp/api.json';

function namesIn(text: string): ReadonlySet<string> {
  const { syscalls } = JSON.parse(text) as SeccompProfile;
  return new Set(syscalls.filter(({ action }) => action === 'SCMP_ACT_ALLOW').flatMap(({ names }) => names));
}

describe('the profiles of services', () => {
  test('are told in a preview by what they allow, not line by line', async () => {
    const root = folderOf(TREE);
    const { code, stdout } = await harden(root, ONLY);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /deploy\/seccomp\/api\.json \(new\)\n\nChanges\n {2}phase 3 {2}unsafe {2}api\n.*allows \d+ of the \d+/s,
    );
    expect(stdout).not.toContain('"defaultAction"');
    expect(existsSync(join(root, 'deploy/seccomp'))).toBe(false);
  });

  test('are written beside the file, with what was seen and nothing that has no use for it', async () => {
    const root = folderOf(TREE);
    expect((await harden(root, ['--write', ...ONLY])).code).toBe(0);
    expect(get(root, 'deploy/compose.hardened.yml')).toContain('- seccomp=./seccomp/api.json\n');
    const [own, kind] = [namesIn(get(root, PROFILE)), namesIn(get(root, 'deploy/seccomp/cache.json'))];
    for (const name of ['accept4', 'openat', 'execve', 'exit_group'])
      expect([name, own.has(name)]).toEqual([name, true]);
    for (const name of ['ptrace', 'mount', 'fsync', 'shmget'])
      expect([name, own.has(name)]).toEqual([name, false]);
    // A data store of the kind writes its data through.
    expect(kind.has('fsync')).toBe(true);
  });

  test('are replaced where harden wrote them, and kept where somebody has edited them', async () => {
    const root = folderOf(TREE);
    await harden(root, ['--write', ...ONLY]);
    const written = get(root, PROFILE);
    expect(sealOf(written)).toBe('intact');
    expect((await harden(root, ['--write', ...ONLY])).stdout).toContain(`unchanged     ${PROFILE}`);
    const edited = written.replace('"accept4",', '"accept4", "shmget",');
    put(root, PROFILE, edited);
    expect(sealOf(edited)).toBe('edited');
    const kept = await harden(root, ['--write', ...ONLY]);
    expect(kept.code).toBe(2);
    expect(`${kept.stdout}${kept.stderr}`).toContain(
      `${PROFILE}  was edited since harden wrote it; --force replaces it`,
    );
    expect(get(root, PROFILE)).toBe(edited);
    expect((await harden(root, ['--write', '--force', ...ONLY])).code).toBe(0);
    expect(get(root, PROFILE)).toBe(written);
  });

  test('come with a change in place and with a patch', async () => {
    const root = folderOf(TREE);
    const patch = (await harden(root, ['--output', 'patch', ...ONLY])).stdout;
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    execFileSync('git', ['apply', '-'], { cwd: root, input: patch });
    const applied = get(root, PROFILE);
    const other = folderOf(TREE);
    expect((await harden(other, ['--in-place', ...ONLY])).code).toBe(0);
    expect(get(other, PROFILE)).toBe(applied);
    expect(get(other, 'deploy/compose.yml')).toBe(get(root, 'deploy/compose.yml'));
    expect((await harden(other, ['--in-place', ...ONLY])).stdout).not.toContain('wrote');
  });
});
