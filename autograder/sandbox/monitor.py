"""Monitors what a running kernel uses in total: memory of all its processes, threads, and files on disk.

Theory of operation. Linux enforces its resource limits for one process at a time, so a student could start many
processes, each within the limits. A thread of the grader therefore measures the whole process tree from outside, and
stops a kernel that uses more than its submission may.

What a process holds may have no name and belong to no process: a file that was deleted while it was open or mapped,
pages of a memfd, shared memory without a file. It is found by the descriptors and mappings of the processes, and counts
as disk where it lies on the file system of the kernel's folder, as memory elsewhere. Source: proc(5).
"""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.records import MAX_FILES, Ending, Limits
from autograder.sandbox.folders import disk_usage

PERIOD_SECONDS = 0.2
MAPPINGS_EVERY = 5  # periods: reading all mappings of a process takes milliseconds
MAX_SENT = 16  # descriptors on their way through a socket of the student's: no process holds what they hold
PAGE = os.sysconf("SC_PAGESIZE")


class ResourceMonitor:
    """A thread that calls `stop` once when the process tree of `pid`, or its `folder`, exceeds the limits.

    `ending` names the limit that was exceeded. `folder` is an open descriptor; `close` closes it.
    """

    def __init__(self, pid: int, folder: int, limits: Limits, stop: Callable[[], None]) -> None:
        self.ending: Ending | None = None
        self.pid, self._folder, self._limits, self._stop = pid, folder, limits, stop
        self._closed, self._periods = threading.Event(), 0
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
        own_folder = str(Path(f"/proc/self/fd/{self._folder}").readlink())
        unnamed, sent = unnamed_files(pids, own_folder, with_mappings=self._periods % MAPPINGS_EVERY == 0)
        self._periods += 1
        disk = os.fstat(self._folder).st_dev
        in_memory = sum(count for (device, _), count in unnamed.items() if device != disk)
        resident = sum(map(resident_bytes, pids)) + in_memory
        # This sum counts a shared page once per process. The exact number takes longer, so we compute it only when the
        # sum is too large.
        if resident > self._limits.memory_bytes:
            own = sum(map(proportional_bytes, pids))
            shared = min(in_memory, sum(map(shared_bytes, pids)))  # of the unnamed memory, what a process has mapped
            if own - shared + in_memory > self._limits.memory_bytes:
                return Ending.OUT_OF_MEMORY
        used_bytes, entries = disk_usage(self._folder)
        used_bytes += sum(unnamed.values()) - in_memory
        if used_bytes > self._limits.scratch_bytes or entries > MAX_FILES or sent > MAX_SENT:
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
    return _kilobytes(pid, "smaps_rollup", "Pss:") or _kilobytes(pid, "status", "RssAnon:", "RssShmem:")


def shared_bytes(pid: int) -> int:
    """Return how much shared memory of a process is resident, in bytes; 0 when the process has ended."""
    return _kilobytes(pid, "status", "RssShmem:")


def _kilobytes(pid: int, file: str, *names: str) -> int:
    """Return the sum of these entries of a file below /proc/PID, in bytes; 0 where they cannot be read."""
    return 1024 * _sum_of(Path(f"/proc/{pid}/{file}"), *names)


def _sum_of(file: Path, *names: str) -> int:
    """Return the sum of these entries of a file with a name and a number in each line; 0 where it cannot be read."""
    try:
        return sum(int(line.split()[1]) for line in file.read_text().splitlines() if line.startswith(names))
    except (OSError, ValueError, IndexError):  # the process has ended
        return 0


def unnamed_files(pids: list[int], folder: str, with_mappings: bool = True) -> tuple[dict[tuple[int, int], int], int]:
    """Return how large the files are that these processes hold and that have no name, in bytes, by device and inode.

    With them comes the number of descriptors that are on their way through a socket. Without `with_mappings`, files
    that are mapped and no longer open, and the descriptors on their way, are left out. `folder` is the kernel's own.
    """
    sizes: dict[tuple[int, int], int] = {}
    mapped: dict[tuple[int, int], int] = {}
    sent = 0
    for pid in pids:
        for descriptor in _entries(Path(f"/proc/{pid}/fd")):
            with contextlib.suppress(OSError):
                status = descriptor.stat()
                if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                    sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
                elif with_mappings and stat.S_ISSOCK(status.st_mode):
                    # Linux tells from version 5.6 on how many descriptors wait in a socket to be received
                    sent += _sum_of(Path(f"/proc/{pid}/fdinfo/{descriptor.name}"), "scm_fds:")
        if with_mappings:
            own: Counter[tuple[int, int]] = Counter()
            for file, count in _unnamed_mappings(pid, folder):
                own[file] += count
            mapped |= {file: max(count, mapped.get(file, 0)) for file, count in own.items()}
    return mapped | sizes, sent


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # the process has ended
        return []


def _unnamed_mappings(pid: int, folder: str) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield device, inode and length in bytes of the mappings of a process whose files have no name.

    Of private mappings only those of files in the kernel's own folder: the others are libraries that were replaced.
    """
    try:
        lines = Path(f"/proc/{pid}/maps").read_text(errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        if line.endswith(" (deleted)"):
            addresses, rights, _, device, inode, path = line.split(maxsplit=5)
            if rights.endswith("s") or path.startswith(folder + "/"):
                start, end = (int(part, 16) for part in addresses.split("-"))
                major, minor = (int(part, 16) for part in device.split(":"))
                yield (os.makedev(major, minor), int(inode)), end - start
