"""Confines one kernel, in the warm process's child, before anything of the student runs in it.

Theory of operation. At the level `namespaces` the warm process already lives in bubblewrap: read-only system, no
network, no file of the course. `enter` adds what keeps one student from another: a user namespace gives the right to
make the other namespaces and nothing outside them; the process that comes back from `enter` is number 1 of its own
process namespace, so that all its descendants end with it; the process that forked it stays outside as its keeper, and
never runs a line of the student's. At the level `landlock` nothing is around the warm process: the kernel gives up by
itself every file, signal and socket but its own, and can start no other process.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from typing import NoReturn

import landlock  # type: ignore[import-not-found]
import syscalls  # type: ignore[import-not-found]

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = (
    1,
    2,
    4,
    8,
    32,
    4096,
    16384,
    1 << 18,
)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
CAPABILITY_VERSION_3 = 0x20080522
LAST_CAPABILITY = 40
DEVICES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
THREADS_BEFORE_THE_WATCH = 8
MAX_FILES = 20_000

libc = ctypes.CDLL(None, use_errno=True)


def enter(level: str, scratch: str, run: str, readable: list[str], limits: dict[str, int]) -> None:
    """Return as a confined process; `scratch` is this kernel's folder below `run`, the folder of all kernels."""
    if level == "namespaces":
        own_namespaces()
        leave_keeper_behind()
        own_filesystem(scratch, run, readable, limits["scratch_bytes"])
        own_limits(limits, limits["processes"])
    elif level == "landlock":
        # these count what the account runs everywhere; the grader watches each kernel's own number
        own_limits(limits, threads_of_this_account() + THREADS_BEFORE_THE_WATCH * limits["processes"])
        libc.prctl(PR_SET_DUMPABLE, 1)  # the grader reads how much memory this kernel takes
        landlock.restrict([*readable, "/proc/self"], [scratch], DEVICES)
    else:
        raise ValueError(f"there is no isolation level {level}")  # never a kernel without walls by mistake
    no_capabilities()
    syscalls.refuse_dangerous_calls(alone=level == "namespaces")


def own_namespaces() -> None:
    """Other students' processes, sockets, queues and mounts: not there to be seen, signalled, traced or filled."""
    uid, gid = os.getuid(), os.getgid()
    libc.prctl(PR_SET_DUMPABLE, 1)  # else the maps below belong to root and cannot be written
    landlock.check(libc.unshare(sum(syscalls.NEW_NAMESPACES)), "unshare")
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


def own_filesystem(scratch: str, run: str, covered: list[str], size: int) -> None:
    """Left-overs of other students in /tmp or shared memory, their answers, their sockets: not there to be read.

    `covered` are the parts of the Python runtime that are below /tmp themselves.
    """
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    mine = os.open(scratch, os.O_PATH | os.O_DIRECTORY)
    kept_in_tmp = {path: os.open(path, os.O_PATH | os.O_DIRECTORY) for path in covered}
    devices = {path: os.open(path, os.O_PATH) for path in DEVICES}
    mount("tmpfs", run, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=755")
    # one for all three, so that the limit is the total of what a student leaves there
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, f"size={size},nr_inodes={MAX_FILES},mode=1777")
    tops = {f"/tmp/{path.split('/')[2]}" for path in covered}
    for top in tops:
        os.mkdir(top)
        mount("tmpfs", top, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=755")
    for path, descriptor in kept_in_tmp.items():
        os.makedirs(path, exist_ok=True)
        mount(f"/proc/self/fd/{descriptor}", path, None, MS_BIND | MS_REC)  # with the mask over our own package in it
        os.close(descriptor)
    for top in tops - set(covered):
        mount("none", top, None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)
    mount("tmpfs", "/dev", "tmpfs", MS_NOSUID, "size=64k,mode=755")
    os.mkdir("/dev/shm")
    for folder, kept in (("/var/tmp", "/tmp/.var"), ("/dev/shm", "/tmp/.shm")):
        os.mkdir(kept)
        os.chmod(kept, 0o1777)
        mount(kept, folder, None, MS_BIND)
    for path, descriptor in devices.items():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o666))
        mount(f"/proc/self/fd/{descriptor}", path, None, MS_BIND)
        os.close(descriptor)
    os.symlink("/proc/self/fd", "/dev/fd")
    mount("none", "/dev", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)
    os.makedirs(scratch, mode=0o700, exist_ok=True)
    mount(f"/proc/self/fd/{mine}", scratch, None, MS_BIND)
    os.close(mine)
    for folder in ("/tmp/work", "/tmp/home"):
        os.mkdir(folder, 0o700)
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)


def own_limits(limits: dict[str, int], processes: int) -> None:
    """A fork bomb, a memory bomb, a full disk, a core file: each ends at a number, in this kernel alone."""
    for name, value in (
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_DATA, limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, 1024),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(name)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (value, value))


def threads_of_this_account() -> int:
    """How many threads the account of this process runs now."""
    count = 0
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:  # it has ended, or is not ours to look at
            continue
    return count


def no_capabilities() -> None:
    """Mounting, tracing, making devices or changing ids, even inside the student's own namespaces."""
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    landlock.check(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    landlock.check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")  # setuid programs give nothing


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount, or fail."""
    result = libc.mount(
        source.encode(), target.encode(), kind.encode() if kind else None, flags, options.encode() or None
    )
    landlock.check(result, f"mount {target}")
