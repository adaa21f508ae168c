"""Puts a kernel into a Linux control group (cgroup v2), which limits its total memory and number of processes.

Theory of operation. A new group is created beside the group of this process. This works only where the parent group is
writable and delegates the memory controller: for root on a machine with systemd, or in a delegated slice of an account.
Everywhere else no group is created, and the resource monitor alone enforces the limits.
Source: Documentation/admin-guide/cgroup-v2.rst in the Linux sources.
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
    """A control group with limits that holds the process tree of one kernel."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, pid: int, limits: Limits, parent: Path | None = None) -> Cgroup | None:
        """Put a process, and all processes that it will start, into a new group.

        Return None where no group can be created. `parent` is the group in which to create it, found automatically when
        it is left out.
        """
        parent = parent or parent_group()
        if parent is None:
            return None
        group = cls(parent / f"autograder-{os.getpid()}-{next(_numbers)}")
        try:
            group.folder.mkdir()
            # Linux counts files in a tmpfs as memory, so this limit is the sum of the limits for memory and files.
            group._write("memory.max", limits.memory_bytes + limits.scratch_bytes)
            group._write("memory.oom.group", 1)  # kill all processes: a kernel that lost one is useless
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
        """Return why Linux killed the kernel, or None when it did not."""
        with contextlib.suppress(OSError):
            events = dict(line.split() for line in (self.folder / "memory.events").read_text().splitlines())
            if int(events.get("oom_kill", 0)):
                return Ending.OUT_OF_MEMORY
        return None

    def close(self) -> None:
        """Kill the processes that are left in the group, and remove the group."""
        with contextlib.suppress(OSError):
            self._write("cgroup.kill", 1)
        with contextlib.suppress(OSError):
            self.folder.rmdir()

    def _write(self, name: str, value: int) -> None:
        (self.folder / name).write_text(str(value))


def parent_group(mounts: Path = MOUNTS, own: Path = OWN) -> Path | None:
    """Return the parent of this process's group; None when no groups with a memory limit can be created in it."""
    try:
        root = next(Path(line.split()[1]) for line in mounts.read_text().splitlines() if line.split()[2] == "cgroup2")
        path = next(line[3:] for line in own.read_text().splitlines() if line.startswith("0::"))
        parent = (root / path.lstrip("/")).parent
        delegated = (parent / "cgroup.subtree_control").read_text().split()
    except (OSError, StopIteration, IndexError):
        return None
    below_root = parent == root or root in parent.parents
    return parent if below_root and "memory" in delegated and os.access(parent, os.W_OK) else None
