"""Confines one kernel, in the warm process's child, before anything of the student runs in it.

Theory of operation. The warm process already lives in bubblewrap: read-only system, no network, no file of the course.
`enter` adds what keeps one student from another: a user namespace gives the right to make the other namespaces and
nothing outside them; the process that comes back from `enter` is number 1 of its own process namespace, so that all its
descendants end with it; the process that forked it stays outside as its keeper, and never runs a line of the student's.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import socket
from typing import NoReturn

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP = 0x10000000, 0x20000000, 0x40000000, 0x02000000
ALL_NAMESPACES = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
CAPABILITY_VERSION_3 = 0x20080522
LAST_CAPABILITY = 40

libc = ctypes.CDLL(None, use_errno=True)


def enter(scratch: str, run: str, limits: dict[str, int]) -> None:
    """Return as a confined process; `scratch` is this kernel's folder below `run`, the folder of all kernels."""
    own_namespaces()
    leave_keeper_behind()
    own_filesystem(scratch, run, limits["scratch_bytes"])
    own_limits(limits)
    no_capabilities()
    no_dangerous_calls()


def own_namespaces() -> None:
    """Other students' processes, sockets, queues and mounts: not there to be seen, signalled, traced or filled."""
    uid, gid = os.getuid(), os.getgid()
    libc.prctl(PR_SET_DUMPABLE, 1)  # else the maps below belong to root and cannot be written
    check(libc.unshare(ALL_NAMESPACES), "unshare")
    for file, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{file}", "w") as out:
            out.write(text)


def leave_keeper_behind() -> None:
    """Fork: the child goes on as process 1 of its namespace, the parent keeps it and passes signals on.

    A kernel that leaves its process group, ignores signals or forks without end is still killed by its keeper, and
    with process 1 of a namespace ends everything in it.
    """
    kernel = os.fork()
    if kernel == 0:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    keep(kernel)


def keep(kernel: int) -> NoReturn:
    """Wait for the kernel; SIGINT is passed on, SIGTERM kills it."""
    libc.prctl(PR_SET_DUMPABLE, 0)
    signal.signal(signal.SIGINT, lambda *_: os.kill(kernel, signal.SIGINT))
    signal.signal(signal.SIGTERM, lambda *_: os.kill(kernel, signal.SIGKILL))
    while True:
        try:
            _, status = os.waitpid(kernel, 0)
        except InterruptedError:
            continue
        code = os.waitstatus_to_exitcode(status)
        os._exit(code if code >= 0 else 128 - code)


def own_filesystem(scratch: str, run: str, size: int) -> None:
    """Left-overs of other students in /tmp or shared memory, their answers, their sockets: not there to be read."""
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    mine = os.open(scratch, os.O_PATH | os.O_DIRECTORY)
    mount("tmpfs", run, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=755")
    for folder in ("/tmp", "/var/tmp", "/dev/shm"):  # noqa: S108  a private one each, no larger than the limit
        mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, f"size={size},mode=1777")
    os.makedirs(scratch, mode=0o700, exist_ok=True)  # noqa: PTH103  anew where one of these covers it
    mount(f"/proc/self/fd/{mine}", scratch, None, MS_BIND)
    os.close(mine)
    for folder in ("/tmp/work", "/tmp/home"):  # noqa: S108
        os.mkdir(folder, 0o700)  # noqa: PTH102
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)


def own_limits(limits: dict[str, int]) -> None:
    """A fork bomb, a memory bomb, a full disk, a core file: each ends at a number, in this kernel alone."""
    for name, value in (
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_DATA, limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, 1024),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (value, value))


def no_capabilities() -> None:
    """Mounting, tracing, making devices or changing ids, even inside the student's own namespaces."""
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    check(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")  # setuid programs give nothing


REFUSED = {
    "reading or writing another process": [
        "ptrace",
        "process_vm_readv",
        "process_vm_writev",
        "kcmp",
        "pidfd_getfd",
        "process_madvise",
    ],
    "more namespaces, to regain capabilities": ["unshare", "setns"],
    "changing what is mounted": [
        "mount",
        "umount2",
        "pivot_root",
        "chroot",
        "move_mount",
        "open_tree",
        "fsopen",
        "fsconfig",
        "fsmount",
        "fspick",
        "mount_setattr",
    ],
    "large holes in kernels of the past": [
        "bpf",
        "perf_event_open",
        "userfaultfd",
        "io_uring_setup",
        "io_uring_enter",
        "io_uring_register",
        "vmsplice",
        "modify_ldt",
    ],
    "secrets left in the kernel's keyring": ["add_key", "request_key", "keyctl"],
    "files by handle, past what is mounted": ["open_by_handle_at", "name_to_handle_at"],
    "the machine itself": [
        "init_module",
        "finit_module",
        "delete_module",
        "kexec_load",
        "kexec_file_load",
        "reboot",
        "swapon",
        "swapoff",
        "acct",
        "quotactl",
        "settimeofday",
        "clock_settime",
        "adjtimex",
        "clock_adjtime",
        "sethostname",
        "setdomainname",
        "syslog",
        "iopl",
        "ioperm",
        "personality",
    ],
}


def no_dangerous_calls() -> None:
    """A filter on system calls, by libseccomp: what no notebook needs is refused."""
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(defaction=seccomp.ALLOW)
    for calls in REFUSED.values():
        for call in calls:
            try:
                rules.add_rule(seccomp.ERRNO(errno.EPERM), call)
            except (OSError, ValueError):
                continue  # a call that this architecture, or this libseccomp, does not know
    # any socket but a Unix one; EOPNOTSUPP because libzmq aborts on EPERM
    rules.add_rule(seccomp.ERRNO(errno.EOPNOTSUPP), "socket", seccomp.Arg(0, seccomp.NE, int(socket.AF_UNIX)))
    for flag in (CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP):
        rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags lie in memory, where no filter sees them; libc falls back
    rules.load()


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount, or fail."""
    result = libc.mount(source.encode(), target.encode(), kind.encode() if kind else None, flags, options.encode() or None)
    check(result, f"mount {target}")


def check(result: int, what: str) -> None:
    """Fail closed: a step that did not work ends the kernel before the student's code begins."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
