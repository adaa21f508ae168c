"""The level `landlock`: each kernel gives up access to all files but a few, for machines without user namespaces.

Theory of operation. Nothing surrounds the warm process, which runs as the grader's own user (as `nobody` for a grader
that is root). Each forked kernel applies Landlock, a system call filter and limits to itself before a student's code
runs; `autograder/inside/confine.py` does this. This module computes which paths a kernel may still read: the Python
runtime without our package, parts of the system, and the datasets. A student can read no submission, no hidden check
and no other student's files. Sources: landlock(7), `autograder/inside/landlock.py`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from ctypes.util import find_library
from functools import cache
from pathlib import Path
from typing import Any

from autograder.records import Level
from autograder.sandbox.levels.walls import (
    ETC,
    INSTALL,
    PACKAGE,
    SYSTEM,
    Walls,
    confinement,
    drop_root_command,
    installed_package,
    python_folders,
    records_of_installation,
)

# Libraries read here how many cores and how much memory the machine has.
MACHINE = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu")


@cache
def why_not() -> str:
    """Return "" when the level works on this machine, found by trying it; else what is missing."""
    if not sys.platform.startswith("linux"):
        return "it needs Linux"
    probe = [sys.executable, "-I", str(PACKAGE / "inside" / "landlock.py")]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or ["Landlock is missing"])[-1].removeprefix("OSError: ")
    return "" if find_library("seccomp") else f"install libseccomp2 (Debian, Ubuntu: {INSTALL})"


def command(run: Path, datasets: dict[str, Path]) -> Walls:
    """Return how to start the warm process, without bubblewrap, and the paths that its kernels may read."""
    hidden = [installed_package(), *records_of_installation()]
    folders = [part for folder in python_folders() for part in leaving_out(folder, hidden)]
    system = ["/usr", *(f"/{name}" for name in SYSTEM), *(f"/etc/{name}" for name in ETC), *MACHINE]
    served = [str(path.resolve()) for path in datasets.values()]
    ours = [str(PACKAGE / "inside"), str(PACKAGE / "wire.py")]
    before, owner = drop_root_command([*map(str, python_folders()), *ours, *served, str(run)])
    return Walls(before, owner, readable=(*system, *map(str, folders), *served))


def confine(walls: Walls, run: Path, scratch: Path, limits: dict[str, int]) -> dict[str, Any] | None:
    """Return the arguments of `enter` in `autograder/inside/confine.py` for a forked kernel."""
    return confinement(Level.LANDLOCK, walls, run, scratch, limits)


def leaving_out(folder: Path, hidden: Sequence[Path]) -> list[Path]:
    """Return paths that together contain everything below `folder` except those in `hidden`.

    It stops a student from reading the grader's code in an installed package: Landlock cannot exclude a subfolder.
    """
    # by their real paths: in a virtual environment `lib64` is a link to `lib`
    place = folder.resolve()
    inside = [path.resolve() for path in hidden if path.exists() and path.resolve().is_relative_to(place)]
    if not inside:
        return [folder]
    return [
        part
        for child in sorted(folder.iterdir())
        if child.resolve() not in inside and not _leads_around(child, inside)
        for part in leaving_out(child, inside)
    ]


def _leads_around(link: Path, hidden: Sequence[Path]) -> bool:
    """Return whether this is a link to a folder that contains something hidden, or to something in it."""
    return link.is_symlink() and any(
        path.is_relative_to(link.resolve()) or link.resolve().is_relative_to(path) for path in hidden
    )
