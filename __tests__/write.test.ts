import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seal, sealOf, writeInPlace, writeSidecar } from '../src/io/write.js';
import { folderOf, get, harden, put } from './support/cli.js';

const TEXTS: readonly [string, string][] = [
  ['with a final newline', 'services:\n  a: b\n'],
  ['without a final newline', 'services:\n  a: b'],
  ['with CRLF', 'a: 1\r\nb: 2\r\n'],
  ['with CRLF and no final newline', 'a: 1\r\nb: 2'],
  ['with mixed line endings', 'a\r\nb\nc\n\r\n'],
  ['that is empty', ''],
  ['with a BOM and characters outside ASCII', '\ufeffä: 🛡️\n'],
];

describe.each(TEXTS)('the seal of a text %s', (_name, text) => {
  const sealed = seal(text, 'deploy/app.service');

  test('is the last line, a comment, and keeps the text', () => {
    expect(sealed.startsWith(text)).toBe(true);
    expect(sealed.trimEnd().split('\n').at(-1)).toMatch(
      /^# Written by harden from app\.service; sha256 [0-9a-f]{64}$/,
    );
    expect(sealOf(sealed)).toBe('intact');
    expect(sealOf(text)).not.toBe('intact');
  });

  test('does not outlive the edit of a single character, wherever it is', () => {
    for (let at = 0; at <= sealed.length; at += 1) {
      const [head, tail] = [sealed.slice(0, at), sealed.slice(at)];
      const edits = [`${head}x${tail}`, `${head}\n${tail}`, `${head} ${tail}`, head + tail.slice(1)];
      if (at < sealed.length) edits.push(`${head}${sealed[at] === 'a' ? 'b' : 'a'}${tail.slice(1)}`);
      const undetected = edits.filter((edited) => edited !== sealed && sealOf(edited) === 'intact');
      expect([at, undetected]).toEqual([at, []]);
    }
  });

  test('does not outlive other line endings', () => {
    const lf = sealed.replaceAll('\r\n', '\n');
    const crlf = lf.replaceAll('\n', '\r\n');
    for (const changed of [lf, crlf]) if (changed !== sealed) expect(sealOf(changed)).not.toBe('intact');
  });
});

test('a file is told to be edited, or not of harden at all', () => {
  const sealed = seal('a\n', 'Dockerfile');
  expect(sealOf(sealed)).toBe('intact');
  expect(sealOf(`b${sealed}`)).toBe('edited');
  expect(sealOf(`${sealed}# more\n`)).toBe('edited');
  expect(sealOf('FROM alpine\n')).toBe('none');
});

test('any text can be sealed, from a file of any name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ minLength: 1 }), (text, name) => {
      const sealed = seal(text, `x/${name}`);
      const sealLine = sealed
        .slice(text.length)
        .replace(/^\r?\n/, '')
        .trimEnd();
      expect(sealLine.split(/[\n\r\u2028\u2029]/)).toHaveLength(1);
      expect(sealOf(sealed)).toBe('intact');
    }),
  );
});

describe('writeSidecar', () => {
  const source = 'app.service';
  const target = 'app.service.hardened';
  const write = (root: string, text: string, force = false) =>
    writeSidecar(root, target, source, text, force);

  test('writes, says that nothing changed, and replaces its own', () => {
    const root = folderOf({ [source]: 'a\n' });
    expect(write(root, 'b\n')).toEqual({ ok: true, changed: true });
    expect(write(root, 'b\n')).toEqual({ ok: true, changed: false });
    expect(write(root, 'c\n')).toEqual({ ok: true, changed: true });
    expect(get(root, target)).toBe(seal('c\n', source));
    expect(readdirSync(root).sort()).toEqual([source, target]);
  });

  test.each([
    ['an edited one', `${seal('b\n', source)}#\n`, 'was edited since harden wrote it; --force replaces it'],
    ['a foreign one', 'mine\n', 'was not written by harden; --force replaces it'],
    ['a binary one', '\0', 'was not written by harden; --force replaces it'],
    ['an empty one', '', 'was not written by harden; --force replaces it'],
  ])('keeps %s, unless forced', (_name, text, reason) => {
    const root = folderOf({ [source]: 'a\n', [target]: text });
    expect(write(root, 'b\n')).toEqual({ ok: false, reason });
    expect(get(root, target)).toBe(text);
    expect(write(root, 'b\n', true)).toEqual({ ok: true, changed: true });
    expect(get(root, target)).toBe(seal('b\n', source));
  });

  test('refuses a link and a folder in its place, forced or not', () => {
    const root = folderOf({ [source]: 'a\n', other: 'mine\n' });
    symlinkSync('other', join(root, target));
    for (const force of [false, true]) {
      expect(write(root, 'b\n', force)).toEqual({ ok: false, reason: 'is not a regular file' });
    }
    expect(readlinkSync(join(root, target))).toBe('other');
    expect(get(root, 'other')).toBe('mine\n');
    const second = folderOf({ [source]: 'a\n' });
    mkdirSync(join(second, target));
    expect(write(second, 'b\n', true)).toEqual({ ok: false, reason: 'is not a regular file' });
  });

  test('says what is wrong when its source is gone', () => {
    expect(write(folderOf(), 'b\n')).toEqual({ ok: false, reason: 'does not exist' });
  });
});

describe('writeInPlace', () => {
  test('replaces the file as a whole: who has it open goes on reading the old text', () => {
    const root = folderOf({ 'a.service': 'old\n' });
    linkSync(join(root, 'a.service'), join(root, 'same'));
    chmodSync(join(root, 'a.service'), 0o604);
    expect(writeInPlace(root, 'a.service', 'old\n', 'new\n')).toEqual({ ok: true, changed: true });
    expect([get(root, 'a.service'), get(root, 'same')]).toEqual(['new\n', 'old\n']);
    expect(statSync(join(root, 'a.service')).mode & 0o777).toBe(0o604);
    expect(readdirSync(root).sort()).toEqual(['a.service', 'same']);
  });

  test('leaves a file that has changed since it was read, or is gone', () => {
    const root = folderOf({ 'a.service': 'someone else\n' });
    const changed = { ok: false, reason: 'has changed since it was read' };
    expect(writeInPlace(root, 'a.service', 'old\n', 'new\n')).toEqual(changed);
    expect(get(root, 'a.service')).toBe('someone else\n');
    expect(writeInPlace(root, 'gone', 'old\n', 'new\n')).toEqual({ ok: false, reason: 'does not exist' });
    expect(readdirSync(root)).toEqual(['a.service']);
  });

  test('writes through a link inside the tree, and never through one that leads out', () => {
    const outside = folderOf({ x: 'old\n' });
    const root = folderOf({ real: 'old\n' });
    symlinkSync('real', join(root, 'link'));
    symlinkSync(join(outside, 'x'), join(root, 'out'));
    expect(writeInPlace(root, 'link', 'old\n', 'new\n')).toEqual({ ok: true, changed: true });
    expect(lstatSync(join(root, 'link')).isSymbolicLink()).toBe(true);
    expect(get(root, 'real')).toBe('new\n');
    const refused = { ok: false, reason: 'is a link that leads out of the tree' };
    expect(writeInPlace(root, 'out', 'old\n', 'new\n')).toEqual(refused);
    expect(get(outside, 'x')).toBe('old\n');
  });

  test('keeps the owner of a file that root replaces', () => {
    const root = folderOf({ 'a.service': 'old\n' });
    if (process.getuid?.() !== 0) {
      process.stdout.write('not run as root: the owner of a file can not be another\n');
      return;
    }
    chownSync(join(root, 'a.service'), 65534, 65534);
    writeInPlace(root, 'a.service', 'old\n', 'new\n');
    expect(statSync(join(root, 'a.service')).uid).toBe(65534);
  });

  test('leaves no part of a file behind when it fails', () => {
    // The temporary file can be written, the target's name is too long to rename it to.
    const root = folderOf({ source: 'a\n' });
    put(root, 'long/x', 'a\n');
    const path = `long/${'n'.repeat(250)}.service.hardened`;
    const outcome = writeSidecar(root, path, 'source', 'b\n', false);
    expect(outcome.ok).toBe(false);
    expect(readdirSync(join(root, 'long'))).toEqual(['x']);
    expect(readFileSync(join(root, 'source'), 'utf8')).toBe('a\n');
  });
});

describe('the hardened variant of a Compose file', () => {
  const tree = {
    'docker-compose.yml': `include:
  - ./db/compose.yml # the store
  - path: 'compose.monitoring.yml'
services:
  app:
    image: nginx:1.27
  worker:
    extends: { file: compose.common.yml, service: base }
`,
    'db/compose.yml': 'services:\n  db:\n    image: postgres:16\n',
    'compose.monitoring.yml':
      'services:\n  metrics:\n    image: example.com/unknown\n    pids_limit: 9\n    security_opt: [no-new-privileges:true]\n',
    'compose.common.yml':
      'services:\n  base:\n    image: redis:7\n    volumes: [data:/data]\nvolumes: { data: }\n',
  };

  test('includes and extends the hardened variants of others, where there are any', async () => {
    const root = folderOf(tree);
    const only = ['no-new-privileges', 'drop-capabilities', 'limit-pids'].flatMap((id) => [
      '--only',
      `compose/${id}`,
    ]);
    expect((await harden(root, ['--write', ...only])).code).toBe(0);
    const text = get(root, 'docker-compose.hardened.yml');
    expect(text).toContain('  - ./db/compose.hardened.yml # the store\n');
    expect(text).toContain("  - path: 'compose.monitoring.yml'\n");
    expect(text).toContain('extends: { file: compose.common.hardened.yml, service: base }\n');
    expect(get(root, 'db/compose.hardened.yml')).toContain('cap_drop:');
  });

  test('leaves them to themselves where it is an overlay', async () => {
    const root = folderOf(tree);
    await harden(root, ['--write', '--overlay', '--only', 'compose/no-new-privileges']);
    expect(get(root, 'docker-compose.hardening.yml')).not.toMatch(/include|extends|\.hardened/);
  });
});
