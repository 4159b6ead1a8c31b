"""Loads the profiles of the plan, lets each unit do its work while they are enforced, and breaks the rules.

What comes of it is told on the serial line, a JSON object for each unit.
"""

import ctypes
import errno
import json
import os
import re
import socket
import subprocess
import sys
import time

PLAN = "/opt/lab/plan.json"
PATIENCE = 60
PAUSE = 0.3
libc = ctypes.CDLL(None, use_errno=True)


def run(args, user=None, text=""):
    command = ["runuser", "--user", user, "--", *args] if user else args
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120)
    return done.returncode, (done.stdout + done.stderr).strip()


def must(args):
    code, printed = run(args)
    if code != 0:
        raise RuntimeError(f"{' '.join(args)}: exit code {code}: {printed[-400:]}")
    return printed


def do_step(step, unit):
    """Tries it until it does what it should; returns what went wrong."""
    until = time.monotonic() + PATIENCE
    while True:
        for other in step.get("first", []):
            run(other["run"], other.get("user"), other.get("input", ""))
        code, printed = run(step["run"], step.get("user"), step.get("input", ""))
        shows = step.get("shows")
        flags = re.MULTILINE if "m" in step.get("flags", "") else 0
        flags |= re.IGNORECASE if "i" in step.get("flags", "") else 0
        if code == 0 and (shows is None or re.search(shows, printed, flags)):
            return None
        failed = run(["systemctl", "is-failed", unit])[1] == "failed"
        if step.get("once") or failed or time.monotonic() > until:
            return f"{step['name']}: exit code {code}: {printed[-300:]}"
        time.sleep(PAUSE)


def work(daemon):
    for step in daemon["work"]:
        fault = do_step(step, daemon["unit"])
        if fault is not None:
            return fault
    return None


def log():
    """What AppArmor has said since the last time."""
    return [line for line in must(["dmesg", "--read-clear"]).split("\n") if 'apparmor="' in line]


def about(lines, verdict, profile):
    return [line for line in lines if f'apparmor="{verdict}"' in line and f'profile="{profile}"' in line]


def read_shadow():
    open("/etc/shadow").close()


def write_outside():
    open("/etc/lab-outside", "w").close()


def start_program():
    os.execv("/usr/bin/id", ["id"])


def open_packet_socket():
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()


def mount():
    if libc.mount(b"none", b"/mnt", b"tmpfs", 0, None) != 0:
        raise OSError(ctypes.get_errno(), "mount")


def set_kernel():
    with open("/proc/sys/kernel/panic", "w") as file:
        file.write("0")


VIOLATIONS = {
    "read /etc/shadow": read_shadow,
    "write to /etc": write_outside,
    "start id": start_program,
    "open a packet socket": open_packet_socket,
    "mount": mount,
    "set a kernel parameter": set_kernel,
}


def attempt(action, profile):
    """Does it in a process of root's that is confined by the profile, or by none."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            if profile is not None:
                with open("/proc/self/attr/current", "w") as file:
                    file.write(f"changeprofile {profile}")
        except OSError:
            os._exit(255)
        try:
            action()
            os._exit(0)
        except OSError as error:
            os._exit(error.errno)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if profile is None:
        run(["umount", "/mnt"])
    return "ok" if status == 0 else errno.errorcode.get(status, str(status))


def confinement(unit):
    """The profile of its main process, with the mode in parentheses. It has it from when it executes the program."""
    until = time.monotonic() + PATIENCE
    while True:
        pid = must(["systemctl", "show", "--property=MainPID", "--value", unit])
        with open(f"/proc/{pid}/attr/current") as file:
            current = file.read().strip("\0\n")
        if current != "unconfined" or time.monotonic() > until:
            return current
        time.sleep(PAUSE)


def try_unit(daemon):
    name, unit = daemon["profile"], daemon["unit"]
    file = f"/etc/apparmor.d/{name}"
    told = {"daemon": daemon["name"], "profile": name}
    for command in daemon["prepare"]:
        must(command)
    must(["apparmor_parser", "-r", file])
    log()
    run(["systemctl", "start", unit])
    told["complain"] = confinement(unit)
    run(["systemctl", "stop", unit])
    # As the deployment guide says it.
    must(["sed", "-i", "s/flags=(complain,/flags=(/", file])
    must(["apparmor_parser", "-r", file])
    run(["systemctl", "reset-failed", unit])
    log()
    run(["systemctl", "start", unit])
    fault = work(daemon)
    told["enforce"] = {"fault": fault, "denied": about(log(), "DENIED", name), "current": confinement(unit)}
    tries = {}
    for what, action in VIOLATIONS.items():
        free = attempt(action, None)
        log()
        confined = attempt(action, name)
        tries[what] = {"free": free, "confined": confined, "log": about(log(), "DENIED", name)[:1]}
    told["violations"] = tries
    run(["systemctl", "stop", unit])
    return told


def main():
    with open("/dev/ttyS0", "w") as line:
        def tell(what):
            line.write(f"\nLAB {json.dumps(what)}\n")
            line.flush()

        try:
            with open(PLAN) as file:
                plan = json.load(file)
            # Without a daemon of the audit system the kernel's log has it all, and is not to leave any out.
            must(["sysctl", "-q", "-w", "kernel.printk_ratelimit=0"])
            tell({"kernel": os.uname().release, "parser": must(["apparmor_parser", "--version"]).split("\n")[0]})
        except Exception as error:
            tell({"fault": f"the guest is not ready: {error}"})
            return
        for daemon in plan:
            try:
                tell(try_unit(daemon))
            except Exception as error:
                tell({"daemon": daemon["name"], "fault": str(error)})


sys.exit(main())
