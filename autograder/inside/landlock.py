"""Restricts this process with Landlock, for machines without user namespaces.

Theory of operation. Landlock is a feature of Linux by which a process gives up rights for good, for itself and its
descendants. After `restrict` only the named files can be used, no TCP port, and no signal or abstract Unix socket of a
process outside. The last two need version 6 of Landlock, in Linux 6.12. Run as a program, this module tries all this
on itself and reports what does not work. Source: landlock(7).
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
VERSION_FLAG, PATH_BENEATH = 1, 1
PR_SET_NO_NEW_PRIVS = 38
NEEDED_VERSION = 6

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
TRUNCATE, IOCTL_DEVICE = 1 << 14, 1 << 15
EVERYTHING = (1 << 16) - 1  # all rights on files that version 6 knows
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
READ = EXECUTE | READ_FILE | READ_DIR
MAKE_CHARACTER_DEVICE, MAKE_BLOCK_DEVICE = 1 << 6, 1 << 11
OWN = EVERYTHING & ~(MAKE_CHARACTER_DEVICE | MAKE_BLOCK_DEVICE | IOCTL_DEVICE)
TCP = 3  # bind and connect: no rule grants either
ABSTRACT_SOCKETS_AND_SIGNALS = 3

libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Return the version of Landlock in this Linux; 0 where it is missing or switched off."""
    return max(0, int(libc.syscall(CREATE_RULESET, None, 0, VERSION_FLAG)))


def restrict(readable: list[str], own: list[str], devices: list[str]) -> None:
    """Restrict this process: it may read below `readable`, write below `own` and to `devices`, and use nothing else.

    It stops a student from reading submissions, hidden checks and other students' files, from changing the course, from
    connecting to TCP ports and abstract sockets of the machine, and from sending signals to the grader.

    Paths that do not exist are left out. Raises OSError when Linux refuses.
    """
    if version() < NEEDED_VERSION:
        raise OSError(0, f"Landlock's version here is {version()}, {NEEDED_VERSION} (Linux 6.12) is needed")
    attributes = struct.pack("QQQ", EVERYTHING, TCP, ABSTRACT_SOCKETS_AND_SIGNALS)
    rules = check(libc.syscall(CREATE_RULESET, attributes, len(attributes), 0), "a set of Landlock rules")
    for paths, rights in ((readable, READ), (own, OWN), (devices, READ_FILE | WRITE_FILE)):
        for path in paths:
            _allow(rules, path, rights)
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    check(libc.syscall(RESTRICT_SELF, rules, 0), "Landlock")
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        rights &= ON_FILES
    rule = struct.pack("=Qi", rights, descriptor)
    check(libc.syscall(ADD_RULE, rules, PATH_BENEATH, rule, 0), f"a Landlock rule for {path}")
    os.close(descriptor)


def check(result: int, what: str) -> int:
    """Return the result of a system call; raise OSError when it failed: no kernel runs with half of its protection."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def main() -> None:
    """Try it on this process: exit status 0 when a named file can still be read, and an unnamed folder no longer."""
    restrict([__file__], [], [])
    with open(__file__, "rb") as allowed:
        allowed.read(1)
    try:
        os.listdir("/")
    except PermissionError:
        return
    sys.exit("Landlock refuses nothing")


if __name__ == "__main__":
    main()
