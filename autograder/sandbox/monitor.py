"""Monitors what a running kernel uses in total: memory of all its processes, threads, and files on disk.

Theory of operation. Linux enforces its resource limits for one process at a time, so a student could start many
processes, each within the limits. A thread of the grader therefore measures the whole process tree from outside, and
stops a kernel that uses more than its submission may. Source: proc(5).
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
    """A thread that calls `stop` once when the process tree of `pid`, or its `folder`, exceeds the limits.

    `ending` names the limit that was exceeded. `folder` is an open descriptor; `close` closes it.
    """

    def __init__(self, pid: int, folder: int, limits: Limits, stop: Callable[[], None]) -> None:
        self.ending: Ending | None = None
        self.pid, self._folder, self._limits, self._stop = pid, folder, limits, stop
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="resource monitor", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop measuring and close the descriptor."""
        self._closed.set()
        self._thread.join()
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1

    def _run(self) -> None:
        while not self._closed.wait(PERIOD_SECONDS):
            try:
                self.ending = self.exceeded()
            except Exception:  # stop a kernel that made itself impossible to measure
                self.ending = Ending.NOT_MEASURABLE
            if self.ending:
                self._stop()
                return

    def exceeded(self) -> Ending | None:
        """Return which limit is exceeded now, or None."""
        pids = tree(self.pid)
        if threads(pids) > self._limits.processes:
            return Ending.TOO_MANY_PROCESSES
        resident = sum(map(resident_bytes, pids))
        # This sum counts a shared page once per process. The exact number takes longer, so we compute it only when the
        # sum is too large.
        if resident > self._limits.memory_bytes and sum(map(proportional_bytes, pids)) > self._limits.memory_bytes:
            return Ending.OUT_OF_MEMORY
        used_bytes, entries = disk_usage(self._folder)
        if used_bytes > self._limits.scratch_bytes or entries > MAX_FILES:
            return Ending.TOO_MANY_FILES
        return None


def tree(pid: int) -> list[int]:
    """Return the ids of a process and of its descendants, as far as they are visible now."""
    pids = [pid]
    for process in pids:  # the list grows while we go through it
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{process}/task").iterdir():
                pids += map(int, (task / "children").read_text().split())
    return pids


def threads(pids: list[int]) -> int:
    """Return how many threads these processes have."""
    count = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            count += len(list(Path(f"/proc/{pid}/task").iterdir()))
    return count


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process in bytes, shared pages included; 0 when the process has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError, ValueError):
        return 0


def proportional_bytes(pid: int) -> int:
    """Return the proportional set size (PSS) of a process in bytes; 0 when the process has ended.

    PSS divides each shared page by the number of processes that share it. Where Linux hides it, return the anonymous
    and shared memory of the process instead.
    """
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("RssAnon:", "RssShmem:")))
    return 0
