import { expect, test } from '@jest/globals';
import type { ComposeDocument } from '../../../src/formats/compose/document.js';
import { parseCompose } from '../../../src/formats/compose/parse.js';
import { changedService, changedText, overrideOf, type Change } from '../../../src/verify/compose/changes.js';
import { writtenPaths } from '../../../src/verify/compose/written.js';

function document(text: string): ComposeDocument {
  const parsed = parseCompose('docker-compose.yml', text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.document;
}

const ORIGINAL = document(
  'services:\n  web:\n    image: nginx:1.27\n    command: [nginx, -g, "daemon off;"] # as ever\n',
);
const HARDENED = `services:
  web: # the edge
    image: nginx:1.27
    command: [nginx]
    read_only: true
    tmpfs:
      - "/tmp:noexec,size=16m" # scratch
    cap_drop: [ALL]
`;

function changed(...changes: readonly Change[]): string {
  const outcome = changedText('docker-compose.hardened.yml', HARDENED, 'web', changes, ORIGINAL);
  return outcome.ok ? outcome.text : `refused: ${outcome.reason}`;
}

test('capabilities, paths and options are written into the file as it is', () => {
  expect(changed({ kind: 'capabilities', names: ['SETUID', 'SETGID'] })).toBe(
    `${HARDENED}    cap_add:\n      - SETUID\n      - SETGID\n`,
  );
  expect(changed({ kind: 'writable', paths: ['/run'] })).toBe(
    HARDENED.replace('# scratch\n', '# scratch\n      - "/run:noexec,nosuid,nodev,size=64m,mode=1777"\n'),
  );
  expect(changed({ kind: 'executable', paths: ['/tmp'] })).toBe(
    HARDENED.replace('/tmp:noexec,size=16m', '/tmp:exec,size=16m'),
  );
});

test('what is taken back is as the original writes it, and gone where it has nothing', () => {
  expect(changed({ kind: 'take-back', keys: ['command'] })).toBe(
    HARDENED.replace('[nginx]', '[nginx, -g, "daemon off;"]'),
  );
  expect(changed({ kind: 'take-back', keys: ['read_only'] })).toBe(
    HARDENED.replace('    read_only: true\n', ''),
  );
});

test('what a comment stands beside is not removed', () => {
  expect(changed({ kind: 'take-back', keys: ['tmpfs'] })).toMatch(/^refused: a comment stands beside it/);
});

test('the service that is tried has the same changes', () => {
  const service = changedService(
    { tmpfs: ['/tmp:noexec,size=16m'], cap_add: ['CHOWN'], command: ['nginx'] },
    { command: ['sh'] },
    [
      { kind: 'capabilities', names: ['SETUID'] },
      { kind: 'executable', paths: ['/tmp'] },
      { kind: 'writable', paths: ['/run'] },
      { kind: 'take-back', keys: ['command'] },
    ],
  );
  expect(service).toEqual({
    command: ['sh'],
    cap_add: ['CHOWN', 'SETUID'],
    tmpfs: ['/tmp:exec,size=16m', '/run:noexec,nosuid,nodev,size=64m,mode=1777'],
  });
});

test('the configuration says what was found, and skips only what a transform made', () => {
  const takeBack: Change = { kind: 'take-back', keys: ['user'] };
  expect(overrideOf('web', [{ kind: 'capabilities', names: ['SETUID'] }], [])).toEqual({
    service: 'web',
    capabilities: ['SETUID'],
  });
  expect(overrideOf('web', [takeBack], ['compose/run-as-user'])).toEqual({
    service: 'web',
    skip: ['compose/run-as-user'],
  });
  expect(overrideOf('web', [takeBack], [])).toBeUndefined();
});

test('the folders that a container writes to are the outermost new ones, or hold what changed', () => {
  const diff = [
    'C /var',
    'C /var/cache',
    'A /var/cache/app',
    'A /var/cache/app/a',
    'A /var/cache/app/a/b',
    'C /etc',
    'C /etc/app.conf',
    'A /run/app.pid',
    'C /run',
    'A /data/file',
    'D /root/.cache',
  ].join('\n');
  expect(writtenPaths(diff, ['/data'])).toEqual(['/etc', '/root', '/run', '/var/cache/app']);
});

test('what the engine puts in for an init of its own is not written by the service', () => {
  const diff = [
    'C /usr',
    'C /usr/sbin',
    'A /usr/sbin/docker-init',
    'C /var',
    'C /var/diary',
    'A /var/diary/page',
  ];
  expect(writtenPaths(diff.join('\n'), [])).toEqual(['/var/diary']);
});
