import { call } from '../../io/process.js';
import type { Missing } from '../../verify/tools.js';

/**
 * Calls that every program makes, and by the thousand: strace is told to leave them out, and they count as made. With
 * --seccomp-bpf the program is then not stopped for them at all.
 */
export const ASSUMED_CALLS: readonly string[] = (
  'brk clock_gettime clock_nanosleep close epoll_pwait epoll_wait futex getpid gettid gettimeofday lseek madvise ' +
  'munmap nanosleep poll ppoll pread64 pselect6 pwrite64 read readv restart_syscall rt_sigaction rt_sigprocmask ' +
  'rt_sigreturn sched_yield select sigaltstack write writev'
).split(' ');

export interface TraceOptions {
  /** Where the recording goes: an absolute path. */
  readonly output: string;
  /** Without the filter nothing is set in the program: setuid programs gain privileges as they do otherwise. */
  readonly full: boolean;
  /** The program keeps its place, as PID 1 or as a unit's main process; strace is its grandchild. */
  readonly detached: boolean;
}

/**
 * The arguments of strace up to the command. No text that is read or written, and no argument of a program, gets into the
 * recording: `-s 0`. https://man7.org/linux/man-pages/man1/strace.1.html
 */
export function traceArguments({ output, full, detached }: TraceOptions): readonly string[] {
  const left = ASSUMED_CALLS.map((name) => `?${name}`).join(',');
  return [
    ...(detached ? ['-D'] : []),
    ...['-f', '-q', '-yy', '-s', '0'],
    // Sets no_new_privs in the program: without CAP_SYS_ADMIN a filter needs it, seccomp(2).
    ...(full ? [] : ['--seccomp-bpf', '-e', `trace=!${left}`]),
    ...['-A', '-o', output, '--'],
  ];
}

/** The calls that a recording with these options lacks, and every program makes. */
export function assumedCalls({ full }: Pick<TraceOptions, 'full'>): readonly string[] {
  return full ? [] : ASSUMED_CALLS;
}

export interface Tracer {
  /** Absolute path of strace. */
  readonly path: string;
}

/** strace with `--seccomp-bpf`: version 5.3 brought it. */
export async function findTracer(): Promise<Tracer | Missing> {
  if (process.platform !== 'linux')
    return { missing: `strace is for Linux, and this is ${process.platform}` };
  const { code, stdout } = await call('strace', ['--version'], { timeout: 15_000 });
  if (code !== 0)
    return { missing: 'strace is not installed: apt install strace, apk add strace or dnf install strace' };
  const [, major = '0', minor = '0'] = /version (\d+)\.(\d+)/.exec(stdout) ?? [];
  if (Number(major) * 1000 + Number(minor) < 5003) {
    return { missing: `strace ${major}.${minor} is too old: 5.3 is the first that is fit for this` };
  }
  const found = await call('sh', ['-c', 'command -v strace'], { timeout: 15_000 });
  return { path: found.stdout.trim() };
}
