import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { call } from '../src/io/process.js';
import { folderOf, harden, put } from './support/cli.js';

interface Checkups {
  readonly checkups: readonly {
    readonly group: string;
    readonly name: string;
    readonly state: 'ok' | 'absent' | 'broken';
    readonly detail: string;
    readonly advice?: string;
  }[];
}

/** A folder with programs that answer as the real ones do, and nothing else but what runs them. */
function programs(texts: Readonly<Record<string, string>>): string {
  const bin = folderOf(texts);
  for (const name of Object.keys(texts)) {
    put(bin, name, `#!/bin/sh\n${texts[name]!}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

const GIT = `PATH='${process.env.PATH ?? ''}' exec git "$@"`;

async function doctor(
  root: string,
  path: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<{ code: number; of(name: string): Checkups['checkups'][number] | undefined; text: string }> {
  const options = { env: { PATH: path, ...env } };
  const { code, stdout } = await harden(root, ['doctor', '--output', 'json', ...args], options);
  const { checkups } = JSON.parse(stdout) as Checkups;
  return { code, text: stdout, of: (name) => checkups.find((one) => one.name === name) };
}

describe('harden doctor', () => {
  test('does without what is absent', async () => {
    const { code, of } = await doctor(folderOf({ Dockerfile: 'FROM alpine\n' }), programs({}));
    expect(code).toBe(0);
    for (const name of ['docker', 'podman', 'git', 'gh', 'systemd-analyze', 'buildah', 'docker compose']) {
      expect(of(name)).toMatchObject({ state: 'absent', detail: 'not installed' });
    }
    expect(of('files')).toMatchObject({ state: 'ok', detail: '1 dockerfile' });
    expect(of('config')).toMatchObject({ state: 'absent', advice: 'harden init writes one' });
  });

  test('tells the versions, and an engine that does not answer', async () => {
    const dead = 'echo "Cannot connect to the Docker daemon" >&2; exit 1';
    const systemd = 'echo "systemd 257 (257.9-1)"; echo "+PAM -X"';
    const { code, of } = await doctor(folderOf(), programs({ docker: dead, 'systemd-analyze': systemd }));
    expect(code).toBe(1);
    expect(of('docker')).toMatchObject({
      state: 'broken',
      detail: 'docker has no engine here: Cannot connect to the Docker daemon',
      advice: expect.stringContaining('systemctl start docker'),
    });
    expect(of('systemd-analyze')).toMatchObject({ state: 'ok', detail: '257' });

    const both = await doctor(folderOf(), programs({ docker: dead, podman: 'echo 5.4.0' }));
    expect([both.code, both.of('docker')?.state, both.of('podman')?.detail]).toEqual([0, 'absent', '5.4.0']);
  });

  test('tells what is broken in a project, with what to do', async () => {
    const root = folderOf({
      'harden.config.yml': 'phase: 9\n',
      'harden.baseline.json': '[]',
      'harden.lock': '[]',
    });
    const { code, of } = await doctor(root, programs({}));
    expect(code).toBe(1);
    expect(of('config')).toMatchObject({
      state: 'broken',
      detail: 'harden.config.yml:1: phase must be 1, 2 or 3',
    });
    expect(of('baseline')).toMatchObject({ state: 'broken', advice: 'harden baseline writes it anew' });
    expect(of('lock')).toMatchObject({ state: 'broken', advice: 'delete harden.lock' });
    const { stdout } = await harden(root, ['doctor'], { env: { PATH: programs({}) } });
    expect(stdout).toMatch(/^To be mended: config, baseline, lock\.$/m);
  });

  test('tells where a token is, and never what it is', async () => {
    const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
    const root = folderOf();
    await call('git', ['init', '--quiet'], { cwd: root });
    await call('git', ['remote', 'add', 'origin', `https://me:${secret}@github.com/a/b.git`], { cwd: root });
    const path = programs({
      git: GIT,
      gh: `case "$1" in --version) echo "gh version 2.63.2";; *) echo ${secret};; esac`,
    });
    const variable = await doctor(root, path, { GH_TOKEN: secret });
    expect(variable.of('repository')).toMatchObject({ detail: 'a/b on GitHub, github.com' });
    expect(variable.of('token')).toMatchObject({ state: 'ok', detail: 'there, from GH_TOKEN' });
    const kept = await doctor(root, path);
    expect(kept.of('token')).toMatchObject({ state: 'ok', detail: 'there, from gh auth token' });
    const none = await doctor(root, programs({ git: GIT }));
    expect(none.of('token')).toMatchObject({
      state: 'absent',
      advice: expect.stringContaining('set GH_TOKEN'),
    });
    for (const env of [{ GH_TOKEN: secret }, {}]) {
      const { stdout, stderr } = await harden(root, ['doctor'], { env: { PATH: path, ...env } });
      expect(stdout + stderr + variable.text + kept.text).not.toContain(secret);
      expect(stdout).toContain('token');
    }
  });

  test('aligns its columns, and is coloured on request', async () => {
    const options = { env: { PATH: programs({}) } };
    const { stdout } = await harden(folderOf(), ['doctor'], options);
    const rows = stdout.split('\n').filter((line) => /^ {2}(?:ok|absent|broken) /.test(line));
    const columns = new Set(
      rows.map((line) => /^ {2}\w+ +(?:docker |podman )?[\w-]+(?: buildx| compose)? +/.exec(line)![0].length),
    );
    expect(rows.length).toBeGreaterThan(15);
    expect(columns.size).toBe(1);
    expect(stdout).not.toContain('\u001b[');
    expect((await harden(folderOf(), ['doctor', '--color'], options)).stdout).toContain('\u001b[32mok');
  });
});
