"""A control group of Linux (version 2) around one kernel: memory and processes in total, kept by Linux itself.

It can be had where this process's own group has a parent that we may write and that hands the memory controller on: as
root on a machine with systemd, or in a delegated slice of an account. Everywhere else the watch alone counts.
Source: Documentation/admin-guide/cgroup-v2.rst.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from pathlib import Path

from autograder.records import Ending, Limits

MOUNTS = Path("/proc/self/mounts")
OWN = Path("/proc/self/cgroup")
_numbers = itertools.count()


class Cgroup:
    """A group with limits and one process tree in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, pid: int, limits: Limits, parent: Path | None = None) -> Cgroup | None:
        """Put a process, and all that it will start, into a new group; None where that cannot be had."""
        parent = parent or parent_group()
        if parent is None:
            return None
        group = cls(parent / f"autograder-{os.getpid()}-{next(_numbers)}")
        try:
            group.folder.mkdir()
            # files in memory count as well: the limit of a submission is what both may take together
            group._write("memory.max", limits.memory_bytes + limits.scratch_bytes)
            group._write("memory.oom.group", 1)  # all of them: a kernel that lost one process is of no use
            with contextlib.suppress(OSError):
                group._write("memory.swap.max", 0)
            with contextlib.suppress(OSError):
                group._write("pids.max", limits.processes)
            group._write("cgroup.procs", pid)
        except OSError:
            group.close()
            return None
        return group

    def ending(self) -> Ending | None:
        """Return why Linux ended the kernel, or None when it did not."""
        with contextlib.suppress(OSError):
            events = dict(line.split() for line in (self.folder / "memory.events").read_text().splitlines())
            if int(events.get("oom_kill", 0)):
                return Ending.OUT_OF_MEMORY
        return None

    def close(self) -> None:
        """End what is left in the group, and remove it."""
        with contextlib.suppress(OSError):
            self._write("cgroup.kill", 1)
        with contextlib.suppress(OSError):
            self.folder.rmdir()

    def _write(self, name: str, value: int) -> None:
        (self.folder / name).write_text(str(value))


def parent_group(mounts: Path = MOUNTS, own: Path = OWN) -> Path | None:
    """The parent of this process's group, when groups with a memory limit can be made in it."""
    try:
        root = next(Path(line.split()[1]) for line in mounts.read_text().splitlines() if line.split()[2] == "cgroup2")
        path = next(line[3:] for line in own.read_text().splitlines() if line.startswith("0::"))
        parent = (root / path.lstrip("/")).parent
        handed_on = (parent / "cgroup.subtree_control").read_text().split()
    except (OSError, StopIteration, IndexError):
        return None
    inside = parent == root or root in parent.parents
    return parent if inside and "memory" in handed_on and os.access(parent, os.W_OK) else None
