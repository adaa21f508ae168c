"""The isolation levels: what each gives, whether this machine can give it, and the walls around the warm process.

| level        | walls                                                                    | needs                          |
|--------------|--------------------------------------------------------------------------|--------------------------------|
| `namespaces` | bubblewrap around the warm process, namespaces and seccomp per kernel    | bubblewrap, user namespaces    |
| `none`       | a process of its own, a clean environment                                | nothing; only when asked for   |
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.errors import CourseError

NAMESPACES, NONE = "namespaces", "none"
LEVELS = (NAMESPACES, NONE)  # strongest first
PACKAGE = Path(__file__).resolve().parent.parent
NOBODY = Path(__file__).with_name("nobody.py")
MOUNTED = Path("/autograder")  # where the untrusted side finds its few files
PROBE = "import ctypes; raise SystemExit(ctypes.CDLL(None).unshare(0x7C020000) != 0 or __import__('ctypes.util').util.find_library('seccomp') is None)"


@dataclass(frozen=True)
class Walls:
    """How a program is started at a level: the command before it, and the user it runs as when the grader is root."""

    level: str
    command: tuple[str, ...] = ()
    owner: tuple[int, int] | None = None


def choose(minimum: str, wanted: str = "") -> str:
    """The strongest level that this machine gives, or exactly the wanted one; CourseError below the minimum.

    `none` is taken only when it is wanted or the minimum itself.
    """
    if wanted and wanted not in LEVELS:
        raise CourseError(f"there is no isolation level {wanted}; there are: {', '.join(LEVELS)}")
    if minimum not in LEVELS:
        raise CourseError(f"the course asks for the isolation level {minimum}; there are: {', '.join(LEVELS)}")
    if wanted == NONE:
        return NONE
    reason = why_no_namespaces()
    if not reason:
        return NAMESPACES
    if NAMESPACES in (minimum, wanted):
        raise CourseError(
            f"students' code cannot be isolated here: {reason}; or grade without a sandbox, only people you trust: --isolation none"
        )
    return NONE


@cache
def why_no_namespaces() -> str:
    """Nothing when the level `namespaces` works here, found by trying it; else what to install or allow."""
    if not sys.platform.startswith("linux"):
        return "it needs Linux"
    if shutil.which("bwrap") is None:
        return "install bubblewrap (Debian, Ubuntu: apt-get install bubblewrap libseccomp2)"
    walls = around(Path("/tmp"), {}, bind_run=False)  # noqa: S108  nothing of it is mounted
    done = subprocess.run([*walls.command, sys.executable, "-I", "-S", "-c", PROBE], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    said = (done.stderr.strip().splitlines() or ["namespaces inside bubblewrap, or libseccomp, are missing"])[-1]
    return f"allow user namespaces and install libseccomp2 ({said})"


def around(run: Path, datasets: dict[str, Path], *, bind_run: bool = True) -> Walls:
    """Bubblewrap around the warm process: it sees the Python runtime and the datasets, read-only, and `run`.

    The repository is not there, and where the package is installed among other packages it is masked: the hidden
    checks are in it.
    """
    command = [
        "bwrap",
        "--die-with-parent",
        "--unshare-user",
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
        "--unshare-cgroup-try",
    ]
    command += ["--perms", "0755", "--dir", "/etc"]
    command += ["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
    for name in ("/tmp", "/var/tmp", "/dev/shm"):  # noqa: S108
        command += ["--perms", "1777", "--tmpfs", name]
    for name in ("bin", "sbin", "lib", "lib64", "lib32"):
        path = Path("/") / name
        if path.is_symlink():
            command += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            command += ["--ro-bind", str(path), str(path)]
    for name in ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/fonts", "/etc/localtime", "/etc/alternatives"):
        command += ["--ro-bind-try", name, name]
    bound: list[tuple[Path, Path]] = [(folder, folder) for folder in python_folders()]
    bound += [(PACKAGE / name, MOUNTED / name) for name in ("inside", "wire.py")]
    bound += [(path.resolve(), MOUNTED / "data" / name) for name, path in sorted(datasets.items())]
    # the folders above a mount point, which bubblewrap would make for root alone
    for parent in sorted({above for _, target in [*bound, (run, run)] for above in target.parents[:-1]}):
        command += ["--perms", "0755", "--dir", str(parent)]
    for source, target in bound:
        command += ["--ro-bind", str(source), str(target)]
    installed = Path(sysconfig.get_path("purelib")) / "autograder"
    if installed.is_dir():
        command += ["--tmpfs", str(installed)]
    if bind_run:
        command += ["--bind", str(run), str(run)]
    command += ["--chdir", "/", "--"]
    if os.geteuid() != 0:
        return Walls(NAMESPACES, tuple(command))
    nobody = _nobody()
    seen = [str(source) for source, _ in bound] + ([str(run)] if bind_run else [])
    before = [sys.executable, "-I", str(NOBODY), *map(str, nobody), *seen, "--"]
    return Walls(NAMESPACES, (*before, *command), nobody)


def python_folders() -> list[Path]:
    """The folders of the interpreter and of the virtual environment, those within others left out."""
    candidates = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent]
    return sorted({path for path in candidates if not path.is_relative_to("/usr") and path != Path("/")})


def _nobody() -> tuple[int, int]:
    """The user who owns nothing, for kernels of a grader that is root."""
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return entry.pw_uid, entry.pw_gid
