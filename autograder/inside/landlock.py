"""Landlock, the kernel's own list of what a process may touch, for machines without namespaces: nothing but what is named.

It also keeps signals and abstract Unix sockets within one student's processes, which needs Linux 6.12 (Landlock's
version 6). Run as a program, it tries all this on itself and says what does not work. Source: landlock(7).
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
EVERYTHING = (1 << 16) - 1  # each right that version 6 knows
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
READ = EXECUTE | READ_FILE | READ_DIR
MAKE_CHARACTER_DEVICE, MAKE_BLOCK_DEVICE = 1 << 6, 1 << 11
OWN = EVERYTHING & ~(MAKE_CHARACTER_DEVICE | MAKE_BLOCK_DEVICE | IOCTL_DEVICE)
TCP = 3  # binding and connecting
ABSTRACT_SOCKETS_AND_SIGNALS = 3

libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Landlock's version in this Linux; 0 where it is missing or switched off."""
    return max(0, int(libc.syscall(CREATE_RULESET, None, 0, VERSION_FLAG)))


def restrict(readable: list[str], own: list[str], devices: list[str]) -> None:
    """From here on this process reads below `readable`, writes below `own` and to `devices`, and touches nothing else.

    Raises OSError when Linux refuses; missing paths are left out.
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
    """Fail closed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def main() -> None:
    """Try it: exit code 0 when a file that is not named can no longer be read, and one that is still can."""
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
