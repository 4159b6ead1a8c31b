import { closure } from './relatives.js';

/**
 * What the container's runtime does between loading the filter and the start of the program. With no-new-privileges runc
 * loads it right before it waits for the start; without, loading it needs CAP_SYS_ADMIN, and so it is loaded before the
 * user and the capabilities are set. `docker exec` and health checks take the same way (setns_init_linux.go); they enter
 * the namespaces before.
 * https://github.com/opencontainers/runc/blob/v1.3.0/libcontainer/standard_init_linux.go
 * https://github.com/opencontainers/runc/blob/v1.3.0/libcontainer/setns_init_linux.go
 * crun does the same: https://github.com/containers/crun/blob/1.21/src/libcrun/container.c
 */
const START = `
  capget chdir clone close close_range dup3 epoll_create1 epoll_ctl epoll_pwait eventfd2 execve faccessat2 fcntl fstat
  fstatfs futex getcwd getdents64 getpid getppid gettid kill madvise mmap munmap nanosleep newfstatat openat openat2 pipe2
  prctl prlimit64 read readlinkat rt_sigaction rt_sigprocmask rt_sigreturn sched_yield sigaltstack tgkill umask wait4
  write`;

/** finalizeNamespace of libcontainer/init_linux.go: the bounding set, the user, the working directory, the capabilities. */
const PRIVILEGES = 'capget capset chdir fchown getcwd prctl setgid setgroups setuid';

/** The program that `init: true` puts in front: https://github.com/krallin/tini/blob/v0.19.0/src/tini.c */
const INIT =
  'clone execve getpgrp getpid ioctl kill prctl rt_sigaction rt_sigprocmask rt_sigtimedwait setpgid wait4 write';

export interface RuntimeNeeds {
  readonly noNewPrivileges: boolean;
  /** `init: true`: the engine's own init runs in front of the program. */
  readonly init: boolean;
}

/** The calls without which a container does not start, whatever its program does, with all that stand in for them. */
export function containerRuntime({ noNewPrivileges, init }: RuntimeNeeds): ReadonlySet<string> {
  const parts = [START, ...(noNewPrivileges ? [] : [PRIVILEGES]), ...(init ? [INIT] : [])];
  return closure(parts.flatMap((part) => part.trim().split(/\s+/)));
}
