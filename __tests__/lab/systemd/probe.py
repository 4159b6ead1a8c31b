"""Tries what a sandbox may deny and prints what came of each, as JSON. Runs in the place of a unit's daemon.

Arguments: paths to write to. Each attempt is a process of its own, as a filter of system calls may kill it.
"""

import ctypes
import errno
import json
import mmap
import os
import resource
import socket
import stat
import sys

NOBODY = 65534
NONE = ctypes.c_void_p(0)
libc = ctypes.CDLL(None, use_errno=True)

# Numbers of x86-64. The arguments are such that the call does nothing.
CALLS = {
    "acct": (163, 1),
    "add_key": (248, 0, 0, 0, 0, 0),
    "adjtimex": (159, ctypes.create_string_buffer(256)),
    "bpf": (321, -1, 0, 0),
    "chroot": (161, 0),
    "fanotify_init": (300, -1, -1),
    "io_uring_setup": (425, 0, 0),
    "ioperm": (173, -1, -1, 0),
    "iopl": (172, -1),
    "kexec_load": (246, 0, 0, 0, -1),
    "keyctl": (250, -1),
    "mbind": (237, 1, 0, 0, 0, 0, 0),
    "modify_ldt": (154, -1),
    "mount": (165, 0, 0, 0, 0, 0),
    "name_to_handle_at": (303, -1, 0, 0, 0, 0),
    "open_by_handle_at": (304, -1, 0, 0),
    "perf_event_open": (298, 0, 0, 0, -1, 0),
    "pivot_root": (155, 0, 0),
    "process_vm_readv": (310, 0, 0, 0, 0, 0, -1),
    "ptrace": (101, -1, 0, 0, 0),
    "quotactl": (179, -1, 0, 0, 0),
    "sched_setaffinity": (203, 0, 0, 0),
    "set_mempolicy": (238, -1, 0, 0),
    "setpriority": (141, -1, 0, 0),
    "settimeofday": (164, 1, 0),
    "swapoff": (168, 0),
    "swapon": (167, 0, 0),
    "syslog": (103, 10, 0, 0),
    "umount2": (166, 0, 0),
    "userfaultfd": (323, -1),
}
NAMESPACES = {
    "cgroup": 0x02000000,
    "ipc": 0x08000000,
    "mnt": 0x00020000,
    "net": 0x40000000,
    "pid": 0x20000000,
    "user": 0x10000000,
    "uts": 0x04000000,
}
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16, "AF_PACKET": 17, "AF_VSOCK": 40}


def attempt(work):
    """What came of it: its result, the name of its error, or the signal that ended it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            text = work()
            text = "ok" if text is None else str(text)
        except OSError as error:
            text = errno.errorcode.get(error.errno, str(error.errno))
        os.write(writer, text.encode())
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as result:
        text = result.read().decode()
    return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else text


def call(number, *arguments):
    words = [value if isinstance(value, ctypes.Array) else ctypes.c_long(value) for value in arguments]
    if libc.syscall(ctypes.c_long(number), *words) == -1:
        raise OSError(ctypes.get_errno(), "")


def write(path):
    flags = os.O_TMPFILE | os.O_RDWR if os.path.isdir(path) else os.O_WRONLY | os.O_APPEND
    os.close(os.open(path, flags, 0o600))


def as_nobody(work):
    try:
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError:
        # Without the capability to become another, root has none to see more than others either.
        pass
    return work()


def realtime():
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


def set_user_bit():
    os.fchmod(os.memfd_create("probe"), stat.S_ISUID | 0o755)


def make_device():
    os.mknod("/dev/shm/probe", stat.S_IFCHR | 0o600, os.makedev(10, 200))
    os.unlink("/dev/shm/probe")


def writable_code():
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def make_group():
    os.mkdir("/sys/fs/cgroup/probe")
    os.rmdir("/sys/fs/cgroup/probe")


def send(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"probe", (address, 9))


def status():
    with open("/proc/self/status") as lines:
        return dict(line.rstrip("\n").split(":\t", 1) for line in lines if ":\t" in line)


def limits():
    names = {name[7:]: getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")}
    return {f"limit {name}": "%d:%d" % resource.getrlimit(number) for name, number in names.items()}


def flags(path):
    found = os.statvfs(path).f_flag
    return " ".join(["noexec"] * bool(found & os.ST_NOEXEC) + ["readonly"] * bool(found & os.ST_RDONLY))


def hidden_processes():
    """How /proc is mounted, of which the last mount is the one that is seen."""
    with open("/proc/self/mountinfo") as mounts:
        options = [line.split()[-1] for line in mounts if line.split()[4] == "/proc"][-1]
    return next((option[8:] for option in options.split(",") if option.startswith("hidepid=")), "none")


MARKED = ["/home", "/root", "/run/user", "/tmp", "/var/tmp", "/dev", "/usr/lib/modules"]

facts = {
    **{f"status {key}": value for key, value in status().items()},
    **limits(),
    **{f"call {name}": attempt(lambda: call(*words)) for name, words in CALLS.items()},
    **{f"unshare {name}": attempt(lambda: call(272, flag)) for name, flag in NAMESPACES.items()},
    **{
        f"socket {name}": attempt(lambda: socket.socket(family, socket.SOCK_DGRAM if family < 16 else socket.SOCK_RAW))
        for name, family in FAMILIES.items()
    },
    **{f"see {path}": attempt(lambda: os.close(os.open(f"{path}/harden-lab", os.O_RDONLY))) for path in MARKED},
    **{
        f"namespace {name}": attempt(lambda: os.readlink(f"/proc/self/ns/{name}"))
        for name in ["ipc", "mnt", "net", "user", "uts"]
    },
    **{
        f"write {path}": attempt(lambda: write(path))
        for path in ["/usr", "/boot", "/etc", "/opt", "/home", "/root", "/proc/sys/net/ipv4/ip_forward", *sys.argv[1:]]
    },
    **{f"flags {path}": attempt(lambda: flags(path)) for path in ["/", "/usr/bin", "/tmp", *sys.argv[1:]]},
    **{f"send {address}": attempt(lambda: send(address)) for address in ["127.0.0.1", "192.0.2.1"]},
    "other architecture": attempt(lambda: call(0x40000000 | 39)),
    "see /proc/1": attempt(lambda: as_nobody(lambda: os.close(os.open("/proc/1/stat", os.O_RDONLY)))),
    "see /proc/meminfo": attempt(lambda: os.close(os.open("/proc/meminfo", os.O_RDONLY))),
    "hidden processes": attempt(hidden_processes),
    "make device": attempt(make_device),
    "make group": attempt(make_group),
    "personality": attempt(lambda: call(135, 8)),
    "realtime": attempt(realtime),
    "set host name": attempt(lambda: socket.sethostname(socket.gethostname())),
    "set user bit": attempt(set_user_bit),
    "user map": attempt(lambda: " ".join(open("/proc/self/uid_map").read().split())),
    "writable code": attempt(writable_code),
}
json.dump(facts, sys.stdout)
