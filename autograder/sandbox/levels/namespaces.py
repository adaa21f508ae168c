"""The level `namespaces`: bubblewrap around the warm process, and namespaces of its own for each kernel in it.

Theory of operation. bubblewrap starts the warm process without a network and in an empty file system. Into this it
mounts only what kernels need: everything read-only, except the folder of the kernels. This protects the grader and the
course from all kernels.
`autograder/inside/confine.py` then gives each kernel its own namespaces inside, which protects students from each
other. Sources: bwrap(1), namespaces(7).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from autograder.records import Level
from autograder.sandbox.levels.walls import (
    ETC,
    INSTALL,
    MOUNTED,
    PACKAGE,
    SYSTEM,
    Walls,
    confinement,
    drop_root_command,
    installed_package,
    python_folders,
    records_of_installation,
)

PROBE = (
    "import ctypes; raise SystemExit(ctypes.CDLL(None).unshare(0x7C020000) != 0 "
    "or __import__('ctypes.util').util.find_library('seccomp') is None)"
)


@cache
def why_not() -> str:
    """Return "" when the level works on this machine, found by trying it; else what to install or allow."""
    if not sys.platform.startswith("linux"):
        return "it needs Linux"
    if shutil.which("bwrap") is None:
        return f"install bubblewrap (Debian, Ubuntu: {INSTALL})"
    walls = _bubblewrap(None, {})
    probe = [*walls.command, sys.executable, "-I", "-S", "-c", PROBE]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    reason = (done.stderr.strip().splitlines() or ["namespaces inside bubblewrap, or libseccomp, are missing"])[-1]
    return f"allow user namespaces and install libseccomp2 ({reason})"


def command(run: Path, datasets: dict[str, Path]) -> Walls:
    """Return bubblewrap's command: the warm process sees the Python runtime and the datasets, read-only, and `run`."""
    return _bubblewrap(run, datasets)


def confine(walls: Walls, run: Path, scratch: Path, limits: dict[str, int]) -> dict[str, Any] | None:
    """Return the arguments of `enter` in `autograder/inside/confine.py` for a forked kernel."""
    return confinement(Level.NAMESPACES, walls, run, scratch, limits)


def _bubblewrap(run: Path | None, datasets: dict[str, Path]) -> Walls:
    """Return bubblewrap's command; each group of arguments names the attack that it stops."""
    # A kernel that outlives its grader: it would go on using the machine, unmonitored.
    arguments = ["bwrap", "--die-with-parent"]
    # Attacks on other programs of this machine: signals and tracing (pid), the network and abstract sockets (net),
    # message queues and shared memory (ipc), rights of the grader's user (user), the host name, control groups.
    for namespace in ("user", "ipc", "pid", "net", "uts", "cgroup-try"):
        arguments.append(f"--unshare-{namespace}")
    # Reading submissions, hidden checks and other people's files, and changing the system: the file system starts
    # empty, and everything that is mounted into it is read-only or empty; only `run` is writable.
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
    # No attack: bubblewrap would create the folders above a mount point for root alone, and a kernel could not pass.
    targets = [target for _, target in bound] + own
    for parent in sorted({above for target in targets for above in target.parents[:-1]}):
        arguments += ["--perms", "0755", "--dir", str(parent)]
    for source, target in bound:
        arguments += ["--ro-bind", str(source), str(target)]
    # Reading the grader's own code, which may help to deceive it: an empty folder covers an installed package.
    # The same for what an installation writes down beside it: where the course's repository is. The folder is
    # read-only, because all kernels share it: otherwise one student could leave a note for another.
    for hidden in [installed_package(), *records_of_installation()]:
        if hidden.is_dir():
            arguments += ["--tmpfs", str(hidden), "--remount-ro", str(hidden)]
        elif hidden.is_file():
            arguments += ["--ro-bind", "/dev/null", str(hidden)]
    for folder in own:
        arguments += ["--bind", str(folder), str(folder)]
    # Passing answers from one student to another: the folders above the mount points are shared by all kernels, so
    # nobody may write to them.
    arguments += ["--remount-ro", "/", "--chdir", "/", "--"]
    before, owner = drop_root_command([*(str(source) for source, _ in bound), *map(str, own)])
    covered = tuple(str(target) for _, target in bound if target.is_relative_to("/tmp"))  # noqa: S108
    return Walls((*before, *arguments), owner, mounted=True, readable=covered)
