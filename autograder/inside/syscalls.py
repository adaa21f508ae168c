"""Filters the system calls of a kernel: refuses those that no notebook needs; each rule names the attack that it stops.

Theory of operation. libseccomp loads a filter into Linux that this process and all its descendants can never remove.
A refused call returns an error number, as if the right to make it were missing. A filter sees the numbers that are
passed to a call but not the memory behind a pointer, so a call with its arguments in memory can only be allowed or
refused as a whole. Sources: seccomp(2), seccomp_rule_add(3).
"""

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
# Commands of `fcntl` by which a process learns what another one does with a file that both may only read. Locks that it
# sets remain: without the right to write, no two of them exclude each other. Source: fcntl(2).
F_GETLK, F_OFD_GETLK, F_SETLEASE, F_GETLEASE, F_NOTIFY = 5, 36, 1024, 1025, 1026

# The attack that each group of calls would allow.
REFUSED = {
    "reading or writing the memory of another process": "ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd"
    " process_madvise",
    "creating or joining namespaces, to regain capabilities": "unshare setns",
    "removing or covering mounts": "mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick"
    " mount_setattr",
    "using the calls of Linux that had the most security holes": "bpf perf_event_open userfaultfd io_uring_setup"
    " io_uring_enter io_uring_register vmsplice modify_ldt",
    "reading or leaving secrets in the keyring of Linux": "add_key request_key keyctl",
    "opening files by handle, although they are not mounted": "open_by_handle_at name_to_handle_at",
    "watching what other people do with their files": "inotify_add_watch fanotify_init",
    "changing the machine itself": "init_module finit_module delete_module kexec_load kexec_file_load reboot swapon"
    " swapoff acct quotactl settimeofday clock_settime adjtimex clock_adjtime sethostname setdomainname syslog iopl"
    " ioperm personality",
    "connecting to services of this machine, such as a container daemon": "connect",
    "holding memory that belongs to no process and so is not counted": "memfd_secret shmget shmat shmctl",
}

# The same, where kernels have no namespaces of their own.
REFUSED_AMONG_OTHERS = {
    "passing messages to another student in queues": "msgget msgsnd msgrcv msgctl semget semop semctl mq_open mq_unlink"
    " mq_timedsend mq_timedreceive",
    "slowing down the grader": "setpriority ioprio_set migrate_pages move_pages",
}
# Changing permissions, owners or times of the grader's files, and the scheduling of its processes: both belong to the
# same user account, and Landlock does not restrict these calls. Libraries fail when they get an error here, so the
# calls do nothing and report success.
IGNORED_AMONG_OTHERS = (
    "sched_setscheduler sched_setparam sched_setattr"
    " chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat utime utimes utimensat futimesat"
    " setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat"
)


def refuse_dangerous_calls(alone: bool) -> None:
    """Load the filter, for this process and all that it starts; `alone`: it has namespaces of its own.

    Raises OSError when Linux or libseccomp refuses.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(defaction=seccomp.ALLOW)

    def refuse(calls: Iterator[str], number: int) -> None:
        for call in calls:
            try:
                rules.add_rule(seccomp.ERRNO(number), call)
            except (OSError, ValueError):
                continue  # this architecture or this libseccomp does not have the call

    refuse(_names(REFUSED), errno.EPERM)
    # Reaching a network, or another process by a datagram, which needs no `connect`: the only sockets left are Unix
    # streams. The error is EOPNOTSUPP, because libzmq aborts the process on EPERM.
    rules.add_rule(seccomp.ERRNO(errno.EOPNOTSUPP), "socket", seccomp.Arg(0, seccomp.NE, int(socket.AF_UNIX)))
    for call in ("socket", "socketpair"):
        for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            rules.add_rule(
                seccomp.ERRNO(errno.EOPNOTSUPP), call, seccomp.Arg(1, seccomp.MASKED_EQ, SOCKET_TYPE, int(kind))
            )
    # Creating namespaces by `clone`, to regain capabilities.
    for flag in NEW_NAMESPACES:
        rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    # The same by `clone3`: its flags lie in memory, where no filter sees them. On ENOSYS libc uses `clone` instead.
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    # Passing a bit to another student by a lock on a file of the system that both may read. On ENOSYS libraries
    # go on without a lock.
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "flock")
    for command in (F_GETLK, F_OFD_GETLK, F_SETLEASE, F_GETLEASE, F_NOTIFY):
        rules.add_rule(seccomp.ERRNO(errno.EINVAL), "fcntl", seccomp.Arg(1, seccomp.EQ, command))
    # Hiding memory from the resource monitor.
    rules.add_rule(seccomp.ERRNO(errno.EPERM), "prctl", seccomp.Arg(0, seccomp.EQ, PR_SET_DUMPABLE))
    if not alone:
        refuse(_names(REFUSED_AMONG_OTHERS), errno.EPERM)
        refuse(iter(IGNORED_AMONG_OTHERS.split()), 0)
        # Changing the limits and CPU cores of other processes, which belong to the same user account.
        for call in ("prlimit64", "sched_setaffinity"):
            rules.add_rule(seccomp.ERRNO(errno.EPERM), call, seccomp.Arg(0, seccomp.NE, 0))
        # Fork bombs, daemons that outlive their kernel, and memory spread over many processes: the kernel can start
        # threads but no process.
        rules.add_rule(seccomp.ERRNO(errno.EAGAIN), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
        refuse(iter(("fork", "vfork")), errno.EAGAIN)
    rules.load()


def _names(groups: dict[str, str]) -> Iterator[str]:
    for calls in groups.values():
        yield from calls.split()
