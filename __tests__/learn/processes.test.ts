import { describe, expect, test } from '@jest/globals';
import { recordingOf } from './support.js';

const THREAD = 'clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_THREAD, child_tid=0x1}, 88)';
const FORK = 'clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD, child_tidptr=0x1)';
const CUT = (call: string): string => `${call.slice(0, -1)} <unfinished ...>`;
const mkdir = (path: string): string => `mkdir("${path}", 0755) = 0`;

async function written(...lines: readonly string[]): Promise<readonly string[]> {
  const { gaps, writes } = await recordingOf(...lines);
  return gaps.length === 0 ? writes : [...writes, ...gaps.map((gap) => gap.replace(/:.*/, ''))];
}

const RELATIVE = 'some paths are relative, and strace was not told to print folders';
const JAIL = 'some paths are below a changed root that is not known';

describe('the working directory', () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    [
      'of one thread is that of all',
      ['1 chdir("/a") = 0', `1 ${THREAD} = 2`, '2 chdir("/b") = 0', `1 ${mkdir('x')}`],
      ['/b/x'],
    ],
    [
      'of one that is seen before its number is known',
      [
        '1 chdir("/a") = 0',
        `1 ${CUT(THREAD)}`,
        `2 ${mkdir('x')}`,
        '2 chdir("/b") = 0',
        '1 <... clone3 resumed>) = 2',
        `1 ${mkdir('y')}`,
      ],
      ['/a/x', '/b/y'],
    ],
    [
      'of a child is its own',
      ['1 chdir("/a") = 0', `1 ${FORK} = 2`, '2 chdir("/b") = 0', `1 ${mkdir('x')}`, `2 ${mkdir('y')}`],
      ['/a/x', '/b/y'],
    ],
    [
      'of a child begins where it was forked',
      ['1 chdir("/a") = 0', '1 vfork() = 2', `2 ${mkdir('x')}`],
      ['/a/x'],
    ],
    [
      'of a thread that leaves the others',
      [
        '1 chdir("/a") = 0',
        `1 ${THREAD} = 2`,
        '2 unshare(CLONE_FS) = 0',
        '2 chdir("/b") = 0',
        `1 ${mkdir('x')}`,
      ],
      ['/a/x'],
    ],
    [
      'of one whose parent is one of two that differ',
      [
        '1 chdir("/a") = 0',
        `1 ${FORK} = 3`,
        '3 chdir("/b") = 0',
        `1 ${CUT(FORK)}`,
        `3 ${CUT(FORK)}`,
        `4 ${mkdir('x')}`,
      ],
      [RELATIVE],
    ],
    [
      'of one that could not be told is told when the call returns',
      [
        '1 chdir("/a") = 0',
        '1 chroot("/jail") = 0',
        `1 ${FORK} = 3`,
        '3 chdir("/b") = 0',
        '3 chroot("/other") = 0',
        `1 ${CUT(FORK)}`,
        `3 ${CUT(FORK)}`,
        '4 getpid() = 4',
        '4 umask(022) = 022',
        '4 getuid() = 0',
        '1 <... clone resumed>) = 5',
        '3 <... clone resumed>) = 4',
        `4 ${mkdir('x')}`,
      ],
      ['/jail/b/x'],
    ],
    [
      'of a call that failed stays',
      ['1 chdir("/a") = 0', `1 ${THREAD} = -1 EAGAIN (Resource temporarily unavailable)`, `1 ${mkdir('x')}`],
      ['/a/x'],
    ],
  ])('%s', async (_, lines, paths) => expect(await written(...lines)).toEqual(paths));

  test('of a program that another thread started is its own', async () => {
    const { executes } = await recordingOf(
      '1 chdir("/a") = 0',
      `1 ${THREAD} = 2`,
      `2 ${FORK} = 3`,
      '3 execve("./tool", [], 0x1) = 0',
    );
    expect(executes).toEqual(['/a/tool']);
  });
});

describe('a changed root', () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['goes before a path', ['1 chroot("/jail") = 0', `1 ${mkdir('/x')}`], ['/jail/x']],
    [
      'may be here',
      ['1 chdir("/jail") = 0', '1 chroot(".") = 0', '1 chdir("/a") = 0', `1 ${mkdir('x')}`],
      ['/jail/a/x'],
    ],
    ['may be the same', ['1 chroot("/") = 0', `1 ${mkdir('/x')}`], ['/x']],
    ['may be in another', ['1 chroot("/a") = 0', '1 chroot("/b/") = 0', `1 ${mkdir('/x')}`], ['/a/b/x']],
    ['is that of a child too', ['1 chroot("/jail") = 0', '1 fork() = 2', `2 ${mkdir('/x')}`], ['/jail/x']],
    [
      'does not go before what strace tells of a descriptor',
      ['1 chroot("/jail") = 0', '1 openat(AT_FDCWD</jail>, "/x", O_WRONLY) = 3</jail/x>'],
      ['/jail/x'],
    ],
    ['that nobody knows hides the paths', ['1 chroot("jail") = 0', `1 ${mkdir('/x')}`], [JAIL]],
    ['that nobody knows hides programs', ['1 chroot("jail") = 0', '1 execve("/bin/x", [], 0x1) = 0'], [JAIL]],
    ['may be that of one whose parent is not known', ['1 chroot("/jail") = 0', `2 ${mkdir('/x')}`], [JAIL]],
    [
      'is not that of another start in the same log',
      [
        '1 chroot("/jail") = 0',
        '1 +++ exited with 0 +++',
        '2 execve("/usr/sbin/app", [], 0x1) = 0',
        `2 ${mkdir('/x')}`,
      ],
      ['/x'],
    ],
    [
      'is not that of another start, where the end of the one before is missing',
      [
        `1 ${FORK} = 2`,
        '2 chroot("/jail") = 0',
        '3 execve("/usr/sbin/app", [], 0x1) = 0',
        `3 ${mkdir('/x')}`,
        `2 ${mkdir('/y')}`,
      ],
      ['/jail/y', '/x'],
    ],
    [
      'may be that of a child whose number is another one in the log',
      [`1 ${FORK} = 7`, '1 chroot("/jail") = 0', '3 execve("/bin/x", [], 0x1) = 0', `3 ${mkdir('/x')}`],
      [JAIL],
    ],
    [
      'may be that of one that is started beside it',
      ['1 chroot("/jail") = 0', '2 execve("/usr/sbin/app", [], 0x1) = 0', `2 ${mkdir('/x')}`],
      [JAIL],
    ],
    ['that was refused changes nothing', ['1 chroot("/jail") = -1 EPERM (x)', `1 ${mkdir('/x')}`], ['/x']],
  ])('%s', async (_, lines, paths) => expect(await written(...lines)).toEqual(paths));
});

test('numbers of another namespace, of which none comes up, do not push out the processes that are there', async () => {
  const forks = Array.from({ length: 12_000 }, (_, at) => `7 fork() = ${at + 100}`);
  const lines = [
    '9 chdir("/a") = 0',
    '9 mkdir("x" <unfinished ...>',
    ...forks,
    '9 <... mkdir resumed>, 0755) = 0',
  ];
  expect(await written(...lines)).toEqual(['/a/x']);
});

test('who is pinged has no port', async () => {
  const { connects } = await recordingOf(
    '1 connect(3<UDP:[1]>, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("10.0.0.1")}, 16) = 0',
    '1 sendto(4, "", 64, 0, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("10.0.0.2")}, 16) = 64',
    '1 connect(5<RAW:[2]>, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("10.0.0.3")}, 16) = 0',
    '1 sendmsg(6, {msg_name={sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("10.0.0.4")}, msg_namelen=16}, 0) = 9',
  );
  expect(connects).toEqual(['ip 10.0.0.2:0', 'ip 10.0.0.4:0', 'raw 10.0.0.3:0']);
});
