import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { readCall, stringOf } from '../../src/learn/strace/call.js';
import { readStraceLine } from '../../src/learn/strace/line.js';
import { readStrace } from '../../src/learn/strace/read.js';
import { recordingOf, shown } from './support.js';

const TRACES = fileURLToPath(new URL('traces', import.meta.url));
const names = readdirSync(TRACES).flatMap((file) => /^(.*)\.strace$/.exec(file)?.[1] ?? []);

describe('traces', () => {
  test.each(names)('%s', async (name) => {
    const result = await readStrace(createReadStream(`${TRACES}/${name}.strace`));
    if (!result.ok) throw new Error(result.reason);
    expect(shown(result.recording)).toEqual(JSON.parse(readFileSync(`${TRACES}/${name}.json`, 'utf8')));
  });
});

describe('the head of a line', () => {
  test.each([
    ['', ''],
    ['7 ', '7'],
    ['[pid    12] ', '12'],
    ['12<a b> ', '12'],
    ['15:10:57 ', ''],
    ['7 15:10:57.123456 ', '7'],
    ['7 1795705877.378397 ', '7'],
    ['7      0.000072 ', '7'],
    ['7 15:10:57 (+     0.000072) ', '7'],
    ['7 [  59] ', '7'],
    ['7 [00007fc0c06dead7] ', '7'],
    ['7 15:12:27.563561 [ 257] [????????????????] ', '7'],
  ])('%j is left out', (head, pid) => {
    expect(readStraceLine(`${head}getpid() = 7`)).toEqual({
      kind: 'call',
      pid,
      name: 'getpid',
      rest: ') = 7',
    });
  });

  test.each([
    ' > /usr/lib/libc.so.6(__read+0x17) [0xf7a17]',
    '[ Process PID=2 runs in x32 mode. ]',
    ' <detached ...>',
  ])('%j is no call, and no fault', (line) => expect(readStraceLine(line).kind).toBe('note'));

  test.each(['Listening on port 80 (tcp)', 'openat (x) = 3', '__proto__', '% time'])(
    '%j is nothing',
    (line) => expect(readStraceLine(line).kind).toBe('other'),
  );
});

describe('calls', () => {
  test.each([
    [') = 0', [], '0'],
    [
      '"a, b)", {x=1, y=[2, 3]}, 0x1 /* 2, vars) */) = -1 ENOENT (No such file) <0.000031>',
      ['"a, b)"', '{x=1, y=[2, 3]}', '0x1 /* 2, vars) */'],
      '-1 ENOENT (No such file)',
    ],
    [
      '3<TCP:[127.0.0.1:1->127.0.0.1:2]>, 1<<CAP_CHOWN) = 1',
      ['3<TCP:[127.0.0.1:1->127.0.0.1:2]>', '1<<CAP_CHOWN'],
      '1',
    ],
    ['5<UNIX-STREAM:[42,"/run/a>b"]>) = 0', ['5<UNIX-STREAM:[42,"/run/a>b"]>'], '0'],
    ['6</srv/foo->, 0) = 0', ['6</srv/foo->', '0'], '0'],
  ])('%s', (rest, args, result) => expect(readCall('x', rest)).toMatchObject({ args, result }));

  test.each(['"cut', '3</srv', '{x=1', '1, 2)', '1, 2) = ', '/* cut'])('%j is not whole', (rest) =>
    expect(readCall('x', rest)).toBeUndefined(),
  );

  test.each([
    ['"a\\303\\274"', 'aü'],
    ['"\\x61\\n\\"\\\\"', 'a\n"\\'],
    ['"\\0011"', '\u00011'],
    ['"cut"...', undefined],
    ['NULL', undefined],
  ])('%s is the text %j', (argument, text) => expect(stringOf(argument)).toBe(text));
});

describe('as whom it ran', () => {
  test.each([
    ['root', ['geteuid() = 0'], true],
    ['another', ['getuid() = 1000', 'setuid(1000) = 0'], false],
    ['one that became another', ['setuid(1000) = 0', 'getuid() = 1000'], undefined],
    [
      'one that another stopped',
      ['brk(0) = 0x1', '--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=0} ---'],
      undefined,
    ],
    [
      "a child's parent",
      [
        'brk(0) = 0x1',
        '--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=1, si_uid=33, si_status=0} ---',
      ],
      undefined,
    ],
    [
      'a child of root',
      [
        'brk(0) = 0x1',
        '--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=1, si_uid=0, si_status=0} ---',
      ],
      true,
    ],
  ])('%s', async (_, lines, root) => expect((await recordingOf(...lines)).root).toBe(root));
});

test('a folder that is not known any more gives no path', async () => {
  const { gaps, writes } = await recordingOf('1 chdir("/a") = 0', '1 chdir("/b', '1 mkdir("x", 0755) = 0');
  expect(writes).toEqual([]);
  expect(gaps.join()).toContain('relative');
});

test('a larger buffer of a local socket needs no capability', async () => {
  const option = (socket: string, name: string): string =>
    `1 setsockopt(${socket}, SOL_SOCKET, ${name}, [8388608], 4) = 0`;
  const notified = await recordingOf(option('6<UNIX:[17611078]>', 'SO_SNDBUFFORCE'));
  expect(notified.capabilities).toEqual([]);
  const forced = await recordingOf(
    option('6<UDP:[17611078]>', 'SO_SNDBUFFORCE'),
    option('7<UNIX-DGRAM:[17611079]>', 'SO_MARK'),
  );
  expect(forced.capabilities).toEqual(['NET_ADMIN']);
  expect((await recordingOf(option('6<UNIX-DGRAM:[1]>', 'SO_SNDBUFFORCE'))).capabilities).toEqual([]);
  expect((await recordingOf(option('6', 'SO_SNDBUFFORCE'))).capabilities).toEqual(['NET_ADMIN']);
});
