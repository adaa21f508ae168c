"""The level `namespaces`: bubblewrap around the warm process, and namespaces of its own for each kernel in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from autograder.sandbox.levels.walls import (
    ETC,
    INSTALL,
    MOUNTED,
    PACKAGE,
    SYSTEM,
    Walls,
    drop_root_command,
    installed_package,
    python_folders,
)

PROBE = (
    "import ctypes; raise SystemExit(ctypes.CDLL(None).unshare(0x7C020000) != 0 "
    "or __import__('ctypes.util').util.find_library('seccomp') is None)"
)


@cache
def why_not() -> str:
    """Return nothing when the level works here, found by trying it; else what to install or allow."""
    if not sys.platform.startswith("linux"):
        return "it needs Linux"
    if shutil.which("bwrap") is None:
        return f"install bubblewrap (Debian, Ubuntu: {INSTALL})"
    walls = _bubblewrap(None, {})
    probe = [*walls.command, sys.executable, "-I", "-S", "-c", PROBE]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    said = (done.stderr.strip().splitlines() or ["namespaces inside bubblewrap, or libseccomp, are missing"])[-1]
    return f"allow user namespaces and install libseccomp2 ({said})"


def command(run: Path, datasets: dict[str, Path]) -> Walls:
    """Return bubblewrap around the warm process: it sees the Python runtime and the datasets, read-only, and `run`."""
    return _bubblewrap(run, datasets)


def confine(walls: Walls, run: Path, scratch: Path, limits: dict[str, int]) -> dict[str, Any] | None:
    """Return what `autograder/inside/confine.py` needs to give a forked kernel namespaces of its own."""
    return {
        "level": "namespaces",
        "scratch": str(scratch),
        "run": str(run),
        "readable": list(walls.readable),
        "limits": limits,
    }


def _bubblewrap(run: Path | None, datasets: dict[str, Path]) -> Walls:
    """Return the command; no file of the course is there, and the package is masked where it is installed."""
    arguments = ["bwrap", "--die-with-parent"]
    for namespace in ("user", "ipc", "pid", "net", "uts", "cgroup-try"):
        arguments.append(f"--unshare-{namespace}")
    arguments += ["--perms", "0755", "--dir", "/etc"]
    arguments += ["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
    for name in ("/tmp", "/var/tmp", "/dev/shm"):  # noqa: S108
        arguments += ["--perms", "1777", "--tmpfs", name]
    for name in SYSTEM:
        path = Path("/") / name
        if path.is_symlink():
            arguments += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            arguments += ["--ro-bind", str(path), str(path)]
    for name in ETC:
        arguments += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    bound: list[tuple[Path, Path]] = [(folder, folder) for folder in python_folders()]
    bound += [(PACKAGE / name, MOUNTED / name) for name in ("inside", "wire.py")]
    bound += [(path.resolve(), MOUNTED / "data" / name) for name, path in sorted(datasets.items())]
    own = [run] if run else []
    # the folders above a mount point, which bubblewrap would make for root alone
    targets = [target for _, target in bound] + own
    for parent in sorted({above for target in targets for above in target.parents[:-1]}):
        arguments += ["--perms", "0755", "--dir", str(parent)]
    for source, target in bound:
        arguments += ["--ro-bind", str(source), str(target)]
    if installed_package().is_dir():
        arguments += ["--tmpfs", str(installed_package())]
    for folder in own:
        arguments += ["--bind", str(folder), str(folder)]
    # the folders that only hold mount points are memory shared by all kernels: one student could leave a note there
    arguments += ["--remount-ro", "/", "--chdir", "/", "--"]
    before, owner = drop_root_command([*(str(source) for source, _ in bound), *map(str, own)])
    covered = tuple(str(target) for _, target in bound if target.is_relative_to("/tmp"))  # noqa: S108
    return Walls((*before, *arguments), owner, mounted=True, readable=covered)
