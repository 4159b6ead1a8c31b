import { spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createContentsReader } from '../../../src/verify/image/contents.js';
import { createTarReader, type TarEntry } from '../../../src/verify/image/tar.js';

const folder = mkdtempSync(join(tmpdir(), 'harden-tar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LONG = `${'a'.repeat(60)}/${'b'.repeat(60)}/${'c'.repeat(120)}.txt`;
const files: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n',
  'var/lib/dpkg/status':
    'Package: a\nStatus: install ok installed\n\nPackage: b\nStatus: deinstall ok config-files\n',
  'var/lib/dpkg/status.d/tzdata': 'Package: tzdata\n',
  'var/lib/dpkg/status.d/tzdata.md5sums': '',
  'lib/apk/db/installed': 'C:Q1\nP:musl\n\nC:Q2\nP:busybox\n',
  'usr/bin/su': 'x'.repeat(1024),
  [LONG]: 'long',
  'größe.txt': 'é',
};
for (const [path, text] of Object.entries(files)) {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}
chmodSync(join(folder, 'usr/bin/su'), 0o4755);
linkSync(join(folder, 'usr/bin/su'), join(folder, 'usr/bin/su.link'));
symlinkSync('su', join(folder, 'usr/bin/sudo'));
chmodSync(join(folder, 'usr'), 0o2755);

function archive(format: string): Buffer {
  return spawnSync('tar', ['-c', `--format=${format}`, '-C', folder, '.'], { maxBuffer: 2 ** 26 }).stdout;
}

function pushed(bytes: Buffer, step: number, push: (part: Uint8Array) => void): void {
  for (let at = 0; at < bytes.length; at += step) push(bytes.subarray(at, at + step));
}

describe.each(['gnu', 'pax'])('a tar archive of the format %s', (format) => {
  const bytes = archive(format);

  test.each([1, 100, 512, 65_536])('is read in parts of %i bytes', (step) => {
    const entries = new Map<string, TarEntry>();
    const read = new Map<string, string>();
    const reader = createTarReader(
      (entry) => entries.set(entry.path, entry),
      (path) => path === LONG || path === 'größe.txt',
      (path, content) => read.set(path, Buffer.from(content).toString()),
    );
    pushed(bytes, step, (part) => reader.push(part));
    expect(reader.complete).toBe(true);
    expect([...read]).toEqual(
      expect.arrayContaining([
        [LONG, 'long'],
        ['größe.txt', 'é'],
      ]),
    );
    for (const path of Object.keys(files)) expect([...entries.keys()]).toContain(path);
    expect(entries.get('usr/bin/sudo')?.type).toBe('symlink');
    expect(entries.get('usr')).toMatchObject({ type: 'directory', mode: 0o2755 });
  });

  test('gives what an image is counted by', () => {
    const reader = createContentsReader();
    pushed(bytes, 10_000, (part) => reader.push(part));
    const contents = reader.contents();
    expect(contents).toMatchObject({ packages: 4, setuid: ['usr/bin/su', 'usr/bin/su.link'] });
    expect(contents?.users.get('node')).toBe(1000);
    expect(contents?.bytes).toBe(
      Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    );
  });

  test('that breaks off gives nothing', () => {
    const reader = createContentsReader();
    reader.push(bytes.subarray(0, 4096));
    expect(reader.contents()).toBeUndefined();
  });
});
