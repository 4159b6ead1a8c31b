import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { verifyText } from '../../src/init/signing/files.js';
import { folderOf, get, put } from '../support/cli.js';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const ISSUER = 'https://issuer.example';
const POLICY = `# names
ghcr.io/acme/web signed ^https://x/(a|b)\\.yml$ ${ISSUER}
localhost:5000/key key a b.pub
localhost:5000/own key own.pub
docker.io/library/redis digest
docker.io/acme/half signed ^only$
docker.io/acme/more signed ^a$ ${ISSUER} and more
docker.io/acme/none
docker.io/acme/last digest`;

/** Prints what its file says, and records each word that it was given. */
const FAKE = (name: string, rest: string): string =>
  `#!/bin/sh\nfor word; do printf '[%s]' "$word" >> "$RECORD.${name}"; done\necho >> "$RECORD.${name}"\n${rest}\n`;

interface Ran extends SpawnSyncReturns<string> {
  readonly docker: string;
  readonly cosign: string;
}

function run(
  images: readonly string[],
  {
    cosign = 'exit 0',
    docker = 'cat "$IMAGES"',
    args = [] as readonly string[],
    shell = 'sh',
    policy = POLICY,
  } = {},
): Ran {
  const root = folderOf({
    'deploy/verify-images.sh': verifyText(),
    images: images.map((one) => `${one}\n`).join(''),
  });
  if (policy !== '') put(root, 'deploy/image-policy', policy);
  for (const [name, rest] of Object.entries({ docker, cosign })) {
    if (rest === '') continue;
    put(root, `bin/${name}`, FAKE(name, rest));
    chmodSync(join(root, 'bin', name), 0o755);
  }
  const result = spawnSync(shell, [join(root, 'deploy/verify-images.sh'), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: {
      PATH: `${join(root, 'bin')}:/usr/bin:/bin`,
      RECORD: join(root, 'record'),
      IMAGES: join(root, 'images'),
    },
  });
  const record = (name: string): string =>
    existsSync(join(root, `record.${name}`)) ? get(root, `record.${name}`).replaceAll(root, 'ROOT') : '';
  return { ...result, docker: record('docker'), cosign: record('cosign') };
}

const shells = ['sh', 'dash', 'bash'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);

describe('verify-images.sh', () => {
  test.each(shells)('asks cosign for the identity that the policy names, by digest, in %s', (shell) => {
    const { status, cosign, docker, stdout } = run([`ghcr.io/acme/web:1.0@${DIGEST}`, `redis@${DIGEST}`], {
      shell,
      args: ['--profile', 'a b'],
    });
    expect(status).toBe(0);
    expect(docker).toBe('[compose][--profile][a b][config][--images]\n');
    expect(cosign).toBe(
      `[verify][--certificate-identity-regexp][^https://x/(a|b)\\.yml$][--certificate-oidc-issuer][${ISSUER}][ghcr.io/acme/web@${DIGEST}]\n`,
    );
    expect(stdout).toBe(
      `verified  ghcr.io/acme/web@${DIGEST}\npinned    docker.io/library/redis@${DIGEST}\n`,
    );
  });

  test('takes a key from beside the policy, and the last line without a newline', () => {
    const { status, cosign } = run([`localhost:5000/own:1@${DIGEST}`, `acme/last@${DIGEST}`]);
    expect([status, cosign]).toEqual([
      0,
      expect.stringMatching(/^\[verify\]\[--key\]\[ROOT\/deploy\/own\.pub\]\[localhost:5000\/own@sha256:/),
    ]);
  });

  test.each([
    ['a tag', 'ghcr.io/acme/web:1.0', 'not pinned'],
    ['a name alone', 'redis', 'not pinned'],
    ['a short digest', 'redis@sha256:abc', 'not pinned'],
    ['a digest that is none', `redis@sha256:${'g'.repeat(64)}`, 'not pinned'],
    ['a name that the policy has not', `ghcr.io/acme/web2@${DIGEST}`, 'no line'],
    ['a name below one of the policy', `ghcr.io/acme/web/evil@${DIGEST}`, 'no line'],
    ['a name of another registry', `evil.example/redis@${DIGEST}`, 'no line'],
    ['a line without an issuer', `acme/half@${DIGEST}`, 'incomplete'],
    ['a line with too much', `acme/more@${DIGEST}`, 'no line'],
    ['a line without a rule', `acme/none@${DIGEST}`, 'no line'],
    ['a key with a space', `localhost:5000/key@${DIGEST}`, 'no signature'],
  ])('refuses %s', (_what, image, reason) => {
    const { status, stderr, cosign } = run([`redis@${DIGEST}`, image], { cosign: 'exit 1' });
    expect([status, stderr]).toEqual([1, expect.stringContaining(reason)]);
    expect(cosign === '').toBe(reason !== 'no signature');
  });

  test('goes on after one that is refused, and lets cosign read none of the others', () => {
    const { status, cosign, stderr } = run(
      [`ghcr.io/acme/web@${DIGEST}`, `localhost:5000/own@${DIGEST}`, 'redis'],
      {
        cosign: 'cat; exit 1',
      },
    );
    expect([status, cosign.split('\n').length]).toEqual([1, 3]);
    expect(stderr.match(/^refused/gm)).toHaveLength(3);
  });

  test('ends with 2 when it can not check', () => {
    const two = (...args: Parameters<typeof run>): readonly unknown[] => {
      const { status, stderr } = run(...args);
      return [status, stderr.trim()];
    };
    const image = [`redis@${DIGEST}`];
    expect(two(image, { docker: 'exit 15' })).toEqual([2, expect.stringContaining('config --images failed')]);
    expect(two([])).toEqual([2, 'verify-images: the project has no image']);
    expect(two(image, { policy: '' })).toEqual([2, expect.stringContaining('image-policy can not be read')]);
    expect(two(image, { cosign: '' })).toEqual([2, 'verify-images: cosign is not installed']);
  });

  test('is clean by ShellCheck, where that is installed', () => {
    const found = spawnSync('shellcheck', ['--shell=sh', '-'], { input: verifyText(), encoding: 'utf8' });
    if (found.error === undefined) expect([found.status, found.stdout]).toEqual([0, '']);
  });
});
