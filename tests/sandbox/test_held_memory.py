"""What a program holds counts for its limits, also what belongs to no process, no folder and no name."""

from __future__ import annotations

import pytest

from autograder.grading.kernel import JupyterKernel
from autograder.records import CellStatus, Level, Limits
from autograder.sandbox import launch

pytestmark = pytest.mark.kernel


HELD = {  # by nobody, or under no name: (code, what the student is told)
    "files that were deleted while open": (
        "for k in range(20):\n    keep.append(hold(unnamed(k), 8))",
        "your program wrote more than 64 MiB, or 10000 files",
    ),
    "files that were deleted and are mapped": (
        "for k in range(20):\n    keep.append(mapped(hold(unnamed(k), 8), mmap.MAP_PRIVATE))",
        "your program wrote more than 64 MiB, or 10000 files",
    ),
    "descriptors on their way through a socket": (
        "ends = socket.socketpair()\n"
        "for k in range(20):\n    fd = unnamed(k); socket.send_fds(ends[0], [b'x'], [hold(fd, 1)]); os.close(fd)",
        "your program wrote more than 64 MiB, or 10000 files",
    ),
    "memory files": (
        "for k in range(50):\n    keep.append(hold(os.memfd_create('m'), 40))",
        "your program used more than 700 MiB of memory",
    ),
    "memory files that are mapped": (
        "for k in range(50):\n    keep.append(mapped(hold(os.memfd_create('m'), 40), mmap.MAP_SHARED))",
        "your program used more than 700 MiB of memory",
    ),
    "shared memory that was given back": (
        "for k in range(50):\n"
        "    keep.append(mmap.mmap(-1, 40 * 2**20)); keep[-1].write(bytes(40 * 2**20)); keep[-1].madvise(4)",
        "your program used more than 700 MiB of memory",
    ),
}
HOLD = """
import mmap, os, socket, time
keep = []
def unnamed(k):
    path = f"{os.environ['AUTOGRADER_SCRATCH']}/{k}"
    fd = os.open(path, os.O_RDWR | os.O_CREAT)
    os.unlink(path)
    return fd
def hold(fd, size):
    for _ in range(size):
        os.write(fd, bytes(2**20))
    return fd
def mapped(fd, kind):
    m = mmap.mmap(fd, 0, flags=kind)
    os.close(fd)
    return m
"""


@pytest.mark.parametrize("what", HELD)
def test_what_belongs_to_no_process_and_no_folder_counts(level: Level, what: str) -> None:
    limits = Limits(processes=64, memory_bytes=700 * 2**20, scratch_bytes=64 * 2**20, file_bytes=64 * 2**20)
    kernel = JupyterKernel(launch.start({}, level, limits), limits)
    code, told = HELD[what]
    run = kernel.run(HOLD + code + "\ntime.sleep(60)", 120)
    kernel.close()
    assert (run.status, run.error) == (CellStatus.DIED, told)
