"""Monitors what a running kernel takes in total: memory over all its processes, threads, files on this machine's disk.

Limits that Linux keeps for one process leave a way around them: many processes. This thread counts the whole tree, from
outside, and ends a kernel that takes more than its submission may.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

from autograder.records import MAX_FILES, Ending, Limits
from autograder.sandbox.folders import disk_usage

PERIOD_SECONDS = 0.2
PAGE = os.sysconf("SC_PAGESIZE")


class ResourceMonitor:
    """A thread that calls `stop` once when the process tree of `pid`, or `folder`, is beyond the limits.

    `ending` says what was exceeded. `folder` is an open descriptor, which `close` closes.
    """

    def __init__(self, pid: int, folder: int, limits: Limits, stop: Callable[[], None]) -> None:
        self.ending: Ending | None = None
        self.pid, self._folder, self._limits, self._stop = pid, folder, limits, stop
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="resource monitor", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop measuring."""
        self._closed.set()
        self._thread.join()
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1

    def _run(self) -> None:
        while not self._closed.wait(PERIOD_SECONDS):
            try:
                self.ending = self.exceeded()
            except Exception:  # what cannot be measured does not go on
                self.ending = Ending.NOT_MEASURABLE
            if self.ending:
                self._stop()
                return

    def exceeded(self) -> Ending | None:
        """Return what is beyond its limit now, or None."""
        pids = tree(self.pid)
        if threads(pids) > self._limits.processes:
            return Ending.TOO_MANY_PROCESSES
        resident = sum(map(resident_bytes, pids))
        # shared pages count for each process that has them: the exact number, which takes longer, only when it matters
        if resident > self._limits.memory_bytes and sum(map(proportional_bytes, pids)) > self._limits.memory_bytes:
            return Ending.OUT_OF_MEMORY
        taken, entries = disk_usage(self._folder)
        if taken > self._limits.scratch_bytes or entries > MAX_FILES:
            return Ending.TOO_MANY_FILES
        return None


def tree(pid: int) -> list[int]:
    """A process and its descendants, as far as they can be seen now."""
    found = [pid]
    for each in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def threads(pids: list[int]) -> int:
    """How many threads these processes have."""
    count = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            count += len(list(Path(f"/proc/{pid}/task").iterdir()))
    return count


def resident_bytes(pid: int) -> int:
    """Memory that a process has, with what it shares; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError, ValueError):
        return 0


def proportional_bytes(pid: int) -> int:
    """PSS: memory of a process, with what it shares divided by those who share it; what it has alone where that is hidden."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("RssAnon:", "RssShmem:")))
    return 0
