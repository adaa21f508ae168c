"""The isolation levels: what each gives, whether this machine can give it, and the walls around the warm process.

| level        | walls                                                                     | needs                        |
|--------------|---------------------------------------------------------------------------|------------------------------|
| `namespaces` | bubblewrap around the warm process, namespaces and seccomp per kernel     | bubblewrap, user namespaces  |
| `landlock`   | Landlock, seccomp and limits per kernel, which can start no other program | Linux 6.12, no privilege     |
| `none`       | a process of its own, a clean environment                                 | nothing; only when asked for |
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from ctypes.util import find_library
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.errors import CourseError

NAMESPACES, LANDLOCK, NONE = "namespaces", "landlock", "none"
LEVELS = (NAMESPACES, LANDLOCK, NONE)  # strongest first
PACKAGE = Path(__file__).resolve().parent.parent
NOBODY = Path(__file__).with_name("nobody.py")
MOUNTED = Path("/autograder")  # where the untrusted side finds its few files
SYSTEM = ("bin", "sbin", "lib", "lib64", "lib32")
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "fonts", "localtime", "alternatives")
# what says how many cores and how much memory there are
MACHINE = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu")
INSTALL = "apt-get install bubblewrap libseccomp2"
PROBE = "import ctypes; raise SystemExit(ctypes.CDLL(None).unshare(0x7C020000) != 0 or __import__('ctypes.util').util.find_library('seccomp') is None)"


@dataclass(frozen=True)
class Walls:
    """How the warm process is started at a level: the command before it, the user it runs as when the grader is root.

    `mounted`: whether it finds our files and the datasets below `MOUNTED` and not where they are. `readable`: what a
    kernel at the level `landlock` may read, or at `namespaces` keeps below its own /tmp.
    """

    level: str
    command: tuple[str, ...] = ()
    owner: tuple[int, int] | None = None
    mounted: bool = False
    readable: tuple[str, ...] = ()


def choose(minimum: str, wanted: str = "") -> str:
    """The strongest level that this machine gives, or exactly the wanted one; CourseError below the minimum.

    A level below the minimum is taken only when it is wanted by name.
    """
    if wanted and wanted not in LEVELS:
        raise CourseError(f"there is no isolation level {wanted}; there are: {', '.join(LEVELS)}")
    if minimum not in LEVELS:
        raise CourseError(f"the course asks for the isolation level {minimum}; there are: {', '.join(LEVELS)}")
    possible = [wanted] if wanted else LEVELS[: LEVELS.index(minimum) + 1]
    reasons = {}
    for level in possible:
        reasons[level] = why_not(level)
        if not reasons[level]:
            return level
    said = "; ".join(f"{level}: {reason}" for level, reason in reasons.items())
    raise CourseError(
        f"students' code cannot be isolated here: {said}; or grade without a sandbox, only people you trust: --isolation none"
    )


def why_not(level: str) -> str:
    """Nothing when a level works on this machine, found by trying it; else what to install or allow."""
    if level == NONE:
        return ""
    return why_no_namespaces() if level == NAMESPACES else why_no_landlock()


@cache
def why_no_landlock() -> str:
    """Nothing when the level `landlock` works here, found by trying it; else what is missing."""
    if not sys.platform.startswith("linux"):
        return "it needs Linux"
    done = subprocess.run(
        [sys.executable, "-I", str(PACKAGE / "inside" / "landlock.py")], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or ["Landlock is missing"])[-1].removeprefix("OSError: ")
    return "" if find_library("seccomp") else f"install libseccomp2 (Debian, Ubuntu: {INSTALL})"


@cache
def why_no_namespaces() -> str:
    """Nothing when the level `namespaces` works here, found by trying it; else what to install or allow."""
    if not sys.platform.startswith("linux"):
        return "it needs Linux"
    if shutil.which("bwrap") is None:
        return f"install bubblewrap (Debian, Ubuntu: {INSTALL})"
    walls = around(Path("/tmp"), {}, bind_run=False)  # noqa: S108  nothing of it is mounted
    done = subprocess.run([*walls.command, sys.executable, "-I", "-S", "-c", PROBE], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    said = (done.stderr.strip().splitlines() or ["namespaces inside bubblewrap, or libseccomp, are missing"])[-1]
    return f"allow user namespaces and install libseccomp2 ({said})"


def walls(level: str, run: Path, datasets: dict[str, Path]) -> Walls:
    """What stands around a warm process whose kernels have their folders below `run` and read these datasets."""
    if level == NAMESPACES:
        return around(run, datasets)
    return beside(run, datasets) if level == LANDLOCK else Walls(NONE)


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
    for name in SYSTEM:
        path = Path("/") / name
        if path.is_symlink():
            command += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            command += ["--ro-bind", str(path), str(path)]
    for name in ETC:
        command += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    bound: list[tuple[Path, Path]] = [(folder, folder) for folder in python_folders()]
    bound += [(PACKAGE / name, MOUNTED / name) for name in ("inside", "wire.py")]
    bound += [(path.resolve(), MOUNTED / "data" / name) for name, path in sorted(datasets.items())]
    # the folders above a mount point, which bubblewrap would make for root alone
    for parent in sorted({above for _, target in [*bound, (run, run)] for above in target.parents[:-1]}):
        command += ["--perms", "0755", "--dir", str(parent)]
    for source, target in bound:
        command += ["--ro-bind", str(source), str(target)]
    if installed_package().is_dir():
        command += ["--tmpfs", str(installed_package())]
    if bind_run:
        command += ["--bind", str(run), str(run)]
    # the folders that only hold mount points are memory shared by all kernels: one student could leave a note there
    command += ["--remount-ro", "/", "--chdir", "/", "--"]
    seen = [str(source) for source, _ in bound] + ([str(run)] if bind_run else [])
    before, owner = as_nobody(seen)
    covered = tuple(str(target) for _, target in bound if target.is_relative_to("/tmp"))  # noqa: S108
    return Walls(NAMESPACES, (*before, *command), owner, readable=covered, mounted=True)


def beside(run: Path, datasets: dict[str, Path]) -> Walls:
    """No walls around the warm process; each kernel gives up everything but these paths by itself."""
    folders = [part for folder in python_folders() for part in leaving_out(folder, installed_package())]
    system = ["/usr", *(f"/{name}" for name in SYSTEM), *(f"/etc/{name}" for name in ETC), *MACHINE]
    served = [str(path.resolve()) for path in datasets.values()]
    readable = [*system, *map(str, folders), *served]
    before, owner = as_nobody([*map(str, python_folders()), str(PACKAGE / "inside"), str(PACKAGE / "wire.py"), *served, str(run)])
    return Walls(LANDLOCK, before, owner, readable=tuple(readable))


def leaving_out(folder: Path, hidden: Path) -> list[Path]:
    """Paths that together hold everything below `folder` but not `hidden`."""
    if not hidden.is_relative_to(folder) or not hidden.exists():
        return [folder]
    parts: list[Path] = []
    for child in sorted(folder.iterdir()):
        if child != hidden:
            parts += leaving_out(child, hidden)
    return parts


def installed_package() -> Path:
    """Where this package would be when it is installed as files among other packages."""
    return Path(sysconfig.get_path("purelib")) / "autograder"


def as_nobody(seen: list[str]) -> tuple[tuple[str, ...], tuple[int, int] | None]:
    """For a grader that is root: the command that becomes the user who owns nothing, who still gets to what it must see."""
    if os.geteuid() != 0:
        return (), None
    nobody = _nobody()
    return (sys.executable, "-I", str(NOBODY), *map(str, nobody), *seen, "--"), nobody


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
