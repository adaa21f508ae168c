"""Confines one kernel, in the child that the warm process has forked, before any code of the student runs in it.

Theory of operation. At the level `namespaces` the warm process already runs in bubblewrap: with a read-only system, no
network, and no file of the course. `enter` adds the walls between two students. It creates a user namespace first,
because that gives the right to create the other namespaces, and no right outside of them. Then it forks. The child
becomes the kernel: it is process 1 of its own process namespace, so Linux kills all its descendants when it ends. The
parent stays outside as the keeper of the kernel and never runs any code of the student.

At the level `landlock` nothing surrounds the warm process. The kernel itself gives up all files, signals and sockets
but its own, and the right to start other processes.

Sources: namespaces(7), capabilities(7), setrlimit(2), prctl(2).
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
DEVICES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"]
ACCOUNT_LIMIT_FACTOR = 8  # leaves room for the other kernels of the same user account
MAX_FILES = 20_000
TERMINALS = 64

libc = ctypes.CDLL(None, use_errno=True)


def enter(level: str, scratch: str, run: str, readable: list[str], limits: dict[str, int]) -> None:
    """Confine this process; at the level `namespaces` a new process returns, and this one becomes its keeper.

    `scratch` is this kernel's folder below `run`, the folder of all kernels. `readable` are the paths that the kernel
    may read (level `landlock`), or that stay visible below its own /tmp (level `namespaces`). `limits` are in bytes;
    `processes` is a number of processes and threads.

    Raises OSError when Linux refuses a step, and ValueError for an unknown level.
    """
    if level == "namespaces":
        own_namespaces()
        leave_keeper_behind()
        own_filesystem(scratch, run, readable, limits["scratch_bytes"])
        own_limits(limits, limits["processes"])
    elif level == "landlock":
        # Linux counts all threads of the user account here, also those of other kernels. This limit is therefore only a
        # last resort; the resource monitor counts the threads of each kernel.
        own_limits(limits, threads_of_this_account() + ACCOUNT_LIMIT_FACTOR * limits["processes"])
        libc.prctl(PR_SET_DUMPABLE, 1)  # lets the grader read how much memory this kernel uses
        landlock.restrict([*readable, "/proc/self"], [scratch], DEVICES)
    else:
        raise ValueError(f"there is no isolation level {level}")  # a typing error never starts an unconfined kernel
    no_capabilities()
    syscalls.refuse_dangerous_calls(alone=level == "namespaces")


def own_namespaces() -> None:
    """Give the kernel namespaces of its own.

    It stops a student from seeing, signalling or tracing other students' processes, from connecting to their sockets,
    from reading or filling their message queues and shared memory, and from changing their mounts.
    Sources: namespaces(7), user_namespaces(7).
    """
    uid, gid = os.getuid(), os.getgid()
    libc.prctl(PR_SET_DUMPABLE, 1)  # otherwise the files below belong to root and cannot be written
    landlock.check(libc.unshare(sum(syscalls.NEW_NAMESPACES)), "unshare")
    for file, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{file}", "w") as out:
            out.write(text)


def leave_keeper_behind() -> None:
    """Fork: the child continues as process 1 of the new process namespace, the parent becomes its keeper.

    It stops a student's processes from outliving their kernel. A kernel may leave its process group, ignore signals or
    fork without end: its keeper still kills it, and when process 1 ends, Linux kills all others in the namespace.
    Source: pid_namespaces(7).
    """
    kernel = os.fork()
    if kernel == 0:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    keep(kernel)


def keep(kernel: int) -> NoReturn:
    """Wait for the kernel and exit with its exit status, or with 128 plus the number of the signal that ended it.

    SIGINT is passed on to the kernel, SIGTERM kills it.
    """
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
    """Give the kernel a file system of its own, with `size` bytes for its files.

    It stops a student from reading other students' scratch folders with their answers and sockets, from finding or
    leaving notes in /tmp and in shared memory, from filling the memory or disk of the machine with files, and from
    using devices other than `DEVICES`. `covered` are the parts of the Python runtime that lie below /tmp.
    Source: mount_namespaces(7).
    """
    # Mounts that spread to the warm process and to other kernels: from here on they stay in this kernel.
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    scratch_descriptor = os.open(scratch, os.O_PATH | os.O_DIRECTORY)
    runtime_parts = {path: os.open(path, os.O_PATH | os.O_DIRECTORY) for path in covered}
    devices = {path: os.open(path, os.O_PATH) for path in DEVICES}
    # Reading other students' scratch folders: an empty folder covers them all.
    mount("tmpfs", run, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=755")
    # Notes for other students in /tmp, and filling memory with files: a tmpfs of this kernel alone, with a limit.
    # /var/tmp and /dev/shm are folders of it, so that the limit holds for all three together.
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, f"size={size},nr_inodes={MAX_FILES},mode=1777")
    tops = {f"/tmp/{path.split('/')[2]}" for path in covered}
    for top in tops:
        os.mkdir(top)
        mount("tmpfs", top, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=755")
    for path, descriptor in runtime_parts.items():
        os.makedirs(path, exist_ok=True)
        # Recursively, so that the mount that covers our own package comes along.
        mount(f"/proc/self/fd/{descriptor}", path, None, MS_BIND | MS_REC)
        os.close(descriptor)
    for top in tops - set(covered):
        mount("none", top, None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)
    # Devices of the machine, and memory that all kernels share: a /dev of this kernel alone, read-only.
    mount("tmpfs", "/dev", "tmpfs", MS_NOSUID, "size=64k,mode=755")
    os.mkdir("/dev/shm")
    for folder, storage in (("/var/tmp", "/tmp/.var"), ("/dev/shm", "/tmp/.shm")):
        os.mkdir(storage)
        os.chmod(storage, 0o1777)
        mount(storage, folder, None, MS_BIND)
    for path, descriptor in devices.items():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o666))
        mount(f"/proc/self/fd/{descriptor}", path, None, MS_BIND)
        os.close(descriptor)
    os.symlink("/proc/self/fd", "/dev/fd")
    # No attack: a shell command of IPython needs a terminal. These belong to this kernel alone, and `max` stops a
    # student from using up the terminals of the whole machine.
    os.mkdir("/dev/pts")
    os.symlink("pts/ptmx", "/dev/ptmx")
    mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, f"newinstance,ptmxmode=0666,mode=620,max={TERMINALS}")
    mount("none", "/dev", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)
    os.makedirs(scratch, mode=0o700, exist_ok=True)
    mount(f"/proc/self/fd/{scratch_descriptor}", scratch, None, MS_BIND)
    os.close(scratch_descriptor)
    for folder in ("/tmp/work", "/tmp/home"):
        os.mkdir(folder, 0o700)
    # Reading about other processes: this /proc shows those of the new process namespace alone.
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)


def own_limits(limits: dict[str, int], processes: int) -> None:
    """Set resource limits of Linux for the kernel and for all processes that it starts.

    It stops fork bombs (RLIMIT_NPROC), programs that use up the memory of the machine (RLIMIT_DATA), files that fill
    the disk (RLIMIT_FSIZE), programs that use up open files (RLIMIT_NOFILE), and core files that copy the kernel's
    memory to disk (RLIMIT_CORE). Source: setrlimit(2).
    """
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
    """Return how many threads the user account of this process runs now."""
    count = 0
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:  # it has ended, or we may not read about it
            continue
    return count


def no_capabilities() -> None:
    """Drop all capabilities.

    It stops a student from mounting, tracing, creating devices or changing user ids. Inside a namespace of its own a
    kernel would have these rights, and could use them to attack Linux or to undo the walls above.
    Source: capabilities(7).
    """
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    landlock.check(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    landlock.check(
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs"
    )  # a setuid program such as sudo gives no rights back


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount one file system at `target`; raises OSError when Linux refuses. Source: the man page of mount."""
    result = libc.mount(
        source.encode(), target.encode(), kind.encode() if kind else None, flags, options.encode() or None
    )
    landlock.check(result, f"mount {target}")
