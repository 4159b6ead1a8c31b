import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createRandom, type Random } from './random.js';

/** Text that is handed to the file at a time. */
const CHUNK = 1 << 20;

export interface LogOptions {
  readonly lines: number;
  /** Cut and endless lines, bytes that are no UTF-8, calls that never come back, processes without an end. */
  readonly damaged: boolean;
}

/** Writes what `strace -f -yy -s 0` would of a busy server and its workers: the same at each run. */
export async function writeStraceLog(path: string, { lines, damaged }: LogOptions): Promise<void> {
  const random = createRandom(9);
  const next = createServer(random);
  const file = createWriteStream(path);
  let text = '';
  for (let at = 0; at < lines; at += 1) {
    text += `${damaged && random.chance(0.02) ? damage(next(at), at, random) : next(at)}\n`;
    if (text.length < CHUNK && at < lines - 1) continue;
    // Of what was killed the last line is a part.
    const whole = damaged && at === lines - 1 ? text.slice(0, -9) : text;
    if (!file.write(Buffer.from(whole, 'latin1'))) await once(file, 'drain');
    text = '';
  }
  file.end();
  await once(file, 'close');
}

/** Calls by what they do to a reader: some are only counted, of some the arguments are read. */
const CALLS: readonly [(at: number) => string, ...((at: number) => string)[]] = [
  () => 'futex(0x7f6404, FUTEX_WAKE_PRIVATE, 1) = 1',
  () => 'read(9</srv/app/data>, ""..., 4096) = 512',
  () => 'epoll_wait(4<anon_inode:[eventpoll]>, [{events=EPOLLIN, data={u32=9, u64=9}}], 512, -1) = 1',
  () => 'write(12<TCP:[10.0.0.1:8080->10.0.0.9:41122]>, ""..., 812) = 812',
  (at) => `openat(AT_FDCWD</srv/app>, "/var/lib/app/sessions/${at}", O_RDWR|O_CREAT, 0600) = 9`,
  (at) =>
    `openat(AT_FDCWD</srv/app>, "static/${at % 500}.css", O_RDONLY) = 9</srv/app/static/${at % 500}.css>`,
  () => 'mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f64e0000000',
  () =>
    'connect(13<TCP:[77]>, {sa_family=AF_INET, sin_port=htons(5432), sin_addr=inet_addr("10.0.0.2")}, 16) = -1 EINPROGRESS (Operation now in progress)',
  (at) => `rename("/var/lib/app/.new-${at}", "/var/lib/app/state") = 0`,
  () => 'socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 13<TCP:[77]>',
];

/** A server whose threads interleave: some calls are cut in two by another's line, and workers come and go. */
function createServer(random: Random): (at: number) => string {
  const pids = Array.from({ length: 24 }, (_, at) => 1000 + at);
  const begun = new Map<number, string>();
  let last = 1023;
  return (at) => {
    if (at === 0) return '1000 execve("/usr/bin/app", ["app"], 0x7ffc0 /* 35 vars */) = 0';
    const place = random.between(0, pids.length - 1);
    const pid = pids[place]!;
    const rest = begun.get(pid);
    if (rest !== undefined) {
      begun.delete(pid);
      return `${pid} ${rest}`;
    }
    if (random.chance(0.001) && place > 0) {
      pids[place] = last += 1;
      return `${pid} +++ exited with 0 +++`;
    }
    if (random.chance(0.001)) return `1000 clone(child_stack=NULL, flags=CLONE_FS|SIGCHLD) = ${last + 1}`;
    const call = random.pick(CALLS)(at);
    const cut = random.chance(0.1) ? call.lastIndexOf(', ') : -1;
    if (cut === -1) return `${pid} ${call}`;
    begun.set(pid, `<... ${call.slice(0, call.indexOf('('))} resumed>${call.slice(cut + 2)}`);
    return `${pid} ${call.slice(0, cut + 1)} <unfinished ...>`;
  };
}

function damage(line: string, at: number, random: Random): string {
  switch (random.between(0, 5)) {
    case 0:
      return line.slice(0, random.between(0, line.length));
    case 1:
      return line.replace(/\d/g, '\xff\xfe');
    // A process that begins something and is never seen again.
    case 2:
      return `${100_000 + at} openat(AT_FDCWD, "/var/lib/app/${'x'.repeat(900)} <unfinished ...>`;
    case 3:
      return `${random.between(1, 99_999)} <... connect resumed>) = 0`;
    case 4:
      return `1000 connect(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(${at % 65_536}), sin_addr=inet_addr("10.${at % 250}.${(at >> 8) % 250}.1")}, 16) = 0`;
    default:
      return random.chance(0.001) ? `${line} ${'y'.repeat(4_000_000)}` : `${line}\x1b[2J\r`;
  }
}
