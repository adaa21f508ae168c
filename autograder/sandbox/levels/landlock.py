"""The level `landlock`: nothing around the warm process; each kernel gives up all files but a few, by Landlock."""

from __future__ import annotations

import subprocess
import sys
from ctypes.util import find_library
from functools import cache
from pathlib import Path
from typing import Any

from autograder.sandbox.levels.walls import (
    ETC,
    INSTALL,
    PACKAGE,
    SYSTEM,
    Walls,
    drop_root_command,
    installed_package,
    python_folders,
)

# what says how many cores and how much memory there are
MACHINE = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu")


@cache
def why_not() -> str:
    """Return nothing when the level works here, found by trying it; else what is missing."""
    if not sys.platform.startswith("linux"):
        return "it needs Linux"
    probe = [sys.executable, "-I", str(PACKAGE / "inside" / "landlock.py")]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or ["Landlock is missing"])[-1].removeprefix("OSError: ")
    return "" if find_library("seccomp") else f"install libseccomp2 (Debian, Ubuntu: {INSTALL})"


def command(run: Path, datasets: dict[str, Path]) -> Walls:
    """Return a warm process without walls, and the paths that its kernels may read."""
    folders = [part for folder in python_folders() for part in leaving_out(folder, installed_package())]
    system = ["/usr", *(f"/{name}" for name in SYSTEM), *(f"/etc/{name}" for name in ETC), *MACHINE]
    served = [str(path.resolve()) for path in datasets.values()]
    ours = [str(PACKAGE / "inside"), str(PACKAGE / "wire.py")]
    before, owner = drop_root_command([*map(str, python_folders()), *ours, *served, str(run)])
    return Walls(before, owner, readable=(*system, *map(str, folders), *served))


def confine(walls: Walls, run: Path, scratch: Path, limits: dict[str, int]) -> dict[str, Any] | None:
    """Return what `autograder/inside/confine.py` needs to restrict a forked kernel."""
    return {
        "level": "landlock",
        "scratch": str(scratch),
        "run": str(run),
        "readable": list(walls.readable),
        "limits": limits,
    }


def leaving_out(folder: Path, hidden: Path) -> list[Path]:
    """Return paths that together hold everything below `folder` but not `hidden`."""
    if not hidden.is_relative_to(folder) or not hidden.exists():
        return [folder]
    parts: list[Path] = []
    for child in sorted(folder.iterdir()):
        if child != hidden:
            parts += leaving_out(child, hidden)
    return parts
