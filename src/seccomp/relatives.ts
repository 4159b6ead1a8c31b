/**
 * System calls that stand in for one another: which of them a program makes depends on its libc, on the kernel, on the
 * architecture or on an error path, and so a trace on one machine shows only one. No group joins calls of different power:
 * with the one, a process can do what the other does, on the same objects.
 *
 * Sources: the manual pages of section 2 (`https://man7.org/linux/man-pages/man2/<name>.2.html`), which name the variants
 * of each call, and `arch/x86/entry/syscalls/syscall_32.tbl` of the kernel for the 32-bit ones.
 */
export interface Relatives {
  /** Why one is made in the place of another. */
  readonly why: string;
  readonly source: string;
  /** Groups, one a line. */
  readonly groups: string;
}

const manual = (page: string): string => `https://man7.org/linux/man-pages/man2/${page}.html`;

export const RELATIVES: readonly Relatives[] = [
  {
    why: 'The *at calls replace the old ones, which aarch64 lacks; newer ones take flags that a libc tries first.',
    source: manual('openat.2'),
    groups: `
      open openat openat2 creat
      access faccessat faccessat2
      stat lstat fstat newfstatat statx stat64 lstat64 fstat64 fstatat64
      chmod fchmod fchmodat fchmodat2
      chown fchown lchown fchownat chown32 fchown32 lchown32
      link linkat
      symlink symlinkat
      unlink unlinkat rmdir
      rename renameat renameat2
      mkdir mkdirat
      mknod mknodat
      readlink readlinkat
      utime utimes futimesat utimensat utimensat_time64
      getdents getdents64
      getxattr lgetxattr fgetxattr getxattrat
      setxattr lsetxattr fsetxattr setxattrat
      listxattr llistxattr flistxattr listxattrat
      removexattr lremovexattr fremovexattr removexattrat`,
  },
  {
    why: 'Large files have calls of their own on 32 bits.',
    source: manual('truncate.2'),
    groups: `
      lseek _llseek
      truncate truncate64
      ftruncate ftruncate64
      statfs fstatfs statfs64 fstatfs64
      fcntl fcntl64
      mmap mmap2
      fadvise64 fadvise64_64 arm_fadvise64_64
      sync_file_range sync_file_range2 arm_sync_file_range`,
  },
  {
    why: 'Reading and writing in one piece, in many, or at an offset: libraries choose by size.',
    source: manual('readv.2'),
    groups: `
      read readv pread64 preadv preadv2
      write writev pwrite64 pwritev pwritev2
      sendfile sendfile64 copy_file_range splice`,
  },
  {
    why: 'Newer calls take flags at the creation of a descriptor.',
    source: manual('dup.2'),
    groups: `
      dup dup2 dup3
      pipe pipe2
      close close_range
      eventfd eventfd2
      signalfd signalfd4
      inotify_init inotify_init1`,
  },
  {
    why: 'An event loop takes the newest call that it finds; poll and select serve the same.',
    source: manual('epoll_wait.2'),
    groups: `
      epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
      poll ppoll ppoll_time64
      select pselect6 pselect6_time64 _newselect`,
  },
  {
    why: 'Threads and processes: glibc tries clone3 first, musl and Go take clone, fork and vfork are older.',
    source: manual('clone.2'),
    groups: `
      clone clone3 fork vfork
      execve execveat
      wait4 waitid waitpid
      exit exit_group
      kill tkill tgkill
      rt_sigqueueinfo rt_tgsigqueueinfo`,
  },
  {
    why: 'send and recv are sendto and recvfrom without an address; the msg calls are taken for many buffers.',
    source: manual('recv.2'),
    groups: `
      accept accept4
      recv recvfrom recvmsg recvmmsg recvmmsg_time64
      send sendto sendmsg sendmmsg`,
  },
  {
    why: 'Data only, or a whole file: a library chooses by what the file system can.',
    source: manual('fsync.2'),
    groups: `
      fsync fdatasync
      mlock mlock2`,
  },
  {
    why: 'Where the vDSO cannot answer, or with 64-bit times on 32 bits, another call tells the time.',
    source: manual('clock_gettime.2'),
    groups: `
      clock_gettime clock_gettime64 gettimeofday time
      clock_getres clock_getres_time64
      nanosleep clock_nanosleep clock_nanosleep_time64
      futex futex_time64 futex_wait futex_wake futex_waitv futex_requeue
      alarm setitimer getitimer
      sched_rr_get_interval sched_rr_get_interval_time64
      clock_settime clock_settime64 settimeofday stime
      clock_adjtime clock_adjtime64 adjtimex`,
  },
  {
    why: 'prlimit64 does both for any process; a libc takes it for getrlimit and setrlimit.',
    source: manual('getrlimit.2'),
    groups: `
      getrlimit ugetrlimit setrlimit prlimit64`,
  },
  {
    why: 'Signal calls without rt_ are those of 32 bits.',
    source: manual('sigaction.2'),
    groups: `
      rt_sigaction sigaction signal
      rt_sigprocmask sigprocmask
      rt_sigreturn sigreturn
      rt_sigpending sigpending
      rt_sigsuspend sigsuspend pause
      rt_sigtimedwait rt_sigtimedwait_time64`,
  },
  {
    why: 'Who a process is: libraries ask in different ways, and 32 bits have calls for wide ids.',
    source: manual('getresuid.2'),
    groups: `
      getuid geteuid getresuid getuid32 geteuid32 getresuid32
      getgid getegid getresgid getgid32 getegid32 getresgid32
      getgroups getgroups32
      getpgid getpgrp
      setuid setreuid setresuid setuid32 setreuid32 setresuid32
      setgid setregid setresgid setgid32 setregid32 setresgid32
      setgroups setgroups32
      setfsuid setfsuid32
      setfsgid setfsgid32
      uname olduname oldolduname
      umount umount2`,
  },
  {
    why: 'Thread-local storage is set by a call that each architecture has for itself.',
    source: manual('set_thread_area.2'),
    groups: `
      arch_prctl set_thread_area get_thread_area set_tls`,
  },
  {
    why: 'The scheduler has older calls, and one with all attributes.',
    source: manual('sched_setattr.2'),
    groups: `
      sched_getattr sched_getparam sched_getscheduler
      sched_setattr sched_setparam sched_setscheduler`,
  },
  {
    why: 'What makes an object is used with what asks of it and gives it back, often on a rare path only.',
    source: manual('timer_create.2'),
    groups: `
      timer_create timer_gettime timer_gettime64 timer_settime timer_settime64 timer_getoverrun timer_delete
      timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64
      inotify_add_watch inotify_rm_watch
      io_setup io_submit io_getevents io_pgetevents io_pgetevents_time64 io_cancel io_destroy
      mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_notify mq_getsetattr mq_unlink
      shmget shmat shmdt shmctl
      semget semop semtimedop semtimedop_time64 semctl
      msgget msgsnd msgrcv msgctl
      pkey_alloc pkey_mprotect pkey_free
      mlockall munlockall
      getsockname getpeername getsockopt setsockopt shutdown`,
  },
];

/**
 * What a process needs whatever it does: to run at all, to have memory and threads, to take signals and to end. A libc
 * makes most of them before `main`, and the rest where something fails.
 */
export const FLOOR: Relatives = {
  why: 'The start of a program, its memory, threads, signals and end.',
  source: 'https://man7.org/linux/man-pages/man7/vdso.7.html',
  groups: `
    access arch_prctl brk clock_getres clock_gettime close exit exit_group fcntl fstat futex get_robust_list getegid
    geteuid getgid getpid getppid getrandom getrlimit gettid getuid ioctl lseek madvise map_shadow_stack membarrier mmap
    mprotect mremap mseal munmap nanosleep open poll pread64 read readlink restart_syscall riscv_flush_icache riscv_hwprobe
    rseq rt_sigaction rt_sigprocmask rt_sigreturn sched_getaffinity sched_yield set_robust_list set_tid_address
    sigaltstack stat sysinfo tgkill uname uretprobe write writev cacheflush`,
};

function wordsOf(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** All groups; no call is in two of them. */
export const GROUPS: readonly (readonly string[])[] = RELATIVES.flatMap(({ groups }) =>
  groups.trim().split('\n').map(wordsOf),
);

/** For each call all that stand in for it. */
const BY_CALL = new Map(GROUPS.flatMap((group) => group.map((call) => [call, group] as const)));

/** The calls, with all that stand in for one of them. */
export function closure(calls: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const call of calls) {
    found.add(call);
    for (const relative of BY_CALL.get(call) ?? []) found.add(relative);
  }
  return found;
}

/** What every process needs, with all that stands in for it. */
export function floor(): ReadonlySet<string> {
  return closure(wordsOf(FLOOR.groups));
}
