"""The filter on system calls, by libseccomp: what no notebook needs is refused, and each rule names its attack."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator

CLONE_THREAD = 0x00010000
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP = 0x10000000, 0x20000000, 0x40000000, 0x02000000
NEW_NAMESPACES = (CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP)
PR_SET_DUMPABLE = 4
SOCKET_TYPE = 0xF

REFUSED = {
    "reading or writing another process": "ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise",
    "more namespaces, to regain capabilities": "unshare setns",
    "changing what is mounted": "mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr",
    "large holes in kernels of the past": "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register vmsplice modify_ldt",
    "secrets left in the kernel's keyring": "add_key request_key keyctl",
    "files by handle, past what is mounted": "open_by_handle_at name_to_handle_at",
    "watching other people's files": "inotify_add_watch fanotify_init",
    "the machine itself": "init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff acct quotactl"
    " settimeofday clock_settime adjtimex clock_adjtime sethostname setdomainname syslog iopl ioperm personality",
    "a way to what listens on this machine, a container daemon for instance": "connect",
}

# Where students' processes are not in namespaces of their own.
REFUSED_AMONG_OTHERS = {
    "messages for another student in queues and shared segments": "shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop semctl"
    " mq_open mq_unlink mq_timedsend mq_timedreceive",
    "slowing down the grader": "setpriority ioprio_set migrate_pages move_pages",
}
# Landlock does not ask about these, and the grader's files and processes belong to the same account: they do nothing,
# and say that it went well, because libraries insist.
IGNORED_AMONG_OTHERS = (
    "sched_setscheduler sched_setparam sched_setattr"
    " chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat utime utimes utimensat futimesat"
    " setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat"
)


def refuse_dangerous_calls(alone: bool) -> None:
    """Load the filter; `alone` when the process is in namespaces of its own. Nothing that this process starts escapes it."""
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(defaction=seccomp.ALLOW)

    def refuse(calls: Iterator[str], number: int) -> None:
        for call in calls:
            try:
                rules.add_rule(seccomp.ERRNO(number), call)
            except (OSError, ValueError):
                continue  # a call that this architecture, or this libseccomp, does not know

    refuse(_names(REFUSED), errno.EPERM)
    # any socket but a Unix stream: EOPNOTSUPP because libzmq aborts on EPERM; datagrams could be sent to any path
    rules.add_rule(seccomp.ERRNO(errno.EOPNOTSUPP), "socket", seccomp.Arg(0, seccomp.NE, int(socket.AF_UNIX)))
    for call in ("socket", "socketpair"):
        for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            rules.add_rule(
                seccomp.ERRNO(errno.EOPNOTSUPP), call, seccomp.Arg(1, seccomp.MASKED_EQ, SOCKET_TYPE, int(kind))
            )
    for flag in NEW_NAMESPACES:
        rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    rules.add_rule(
        seccomp.ERRNO(errno.ENOSYS), "clone3"
    )  # its flags lie in memory, where no filter sees them; libc falls back
    # hiding from the grader's count of memory
    rules.add_rule(seccomp.ERRNO(errno.EPERM), "prctl", seccomp.Arg(0, seccomp.EQ, PR_SET_DUMPABLE))
    if not alone:
        refuse(_names(REFUSED_AMONG_OTHERS), errno.EPERM)
        refuse(iter(IGNORED_AMONG_OTHERS.split()), 0)
        # limits and cores of other processes of the same account
        for call in ("prlimit64", "sched_setaffinity"):
            rules.add_rule(seccomp.ERRNO(errno.EPERM), call, seccomp.Arg(0, seccomp.NE, 0))
        # a fork bomb, a daemon that outlives its kernel, memory spread over many: no process but the kernel itself
        rules.add_rule(seccomp.ERRNO(errno.EAGAIN), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
        refuse(iter(("fork", "vfork")), errno.EAGAIN)
    rules.load()


def _names(groups: dict[str, str]) -> Iterator[str]:
    for calls in groups.values():
        yield from calls.split()
