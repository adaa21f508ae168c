"""Defines what the isolation levels share: how a warm process is started, and which paths it must be able to see."""

from __future__ import annotations

import os
import pwd
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.records import Level

PACKAGE = Path(__file__).resolve().parent.parent.parent
DROP_ROOT = Path(__file__).resolve().parent.parent / "drop_root.py"
MOUNTED = Path("/autograder")  # where the untrusted side finds the files of `inside` and the datasets
SYSTEM = ("bin", "sbin", "lib", "lib64", "lib32")
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "fonts", "localtime", "alternatives")
INSTALL = "apt-get install bubblewrap libseccomp2"


@dataclass(frozen=True)
class Walls:
    """How to start a warm process.

    `command` stands before the warm process's own command. `owner` are the ids of the user who runs it, or None for the
    grader's own user. `mounted` tells whether our files and the datasets are mounted below `MOUNTED`; otherwise they
    are found at their own paths. `readable` are the paths that a kernel may read (level `landlock`), or that stay
    visible below its own /tmp (level `namespaces`).
    """

    command: tuple[str, ...] = ()
    owner: tuple[int, int] | None = None
    mounted: bool = False
    readable: tuple[str, ...] = ()


def confinement(level: Level, walls: Walls, run: Path, scratch: Path, limits: dict[str, int]) -> dict[str, Any]:
    """Return the arguments of `enter` in `autograder/inside/confine.py` for a kernel at this level."""
    return {
        "level": level.value,
        "scratch": str(scratch),
        "run": str(run),
        "readable": list(walls.readable),
        "limits": limits,
    }


def python_folders() -> list[Path]:
    """Return the folders of the interpreter and of the virtual environment, except those below /usr."""
    candidates = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent]
    return sorted({path for path in candidates if not path.is_relative_to("/usr") and path != Path("/")})


def installed_package() -> Path:
    """Return the folder of this package in an installation that copies it next to other packages."""
    return Path(sysconfig.get_path("purelib")) / "autograder"


def records_of_installation() -> list[Path]:
    """Return the files and folders that an installation of this package leaves beside it, and that name its place.

    A student would learn from them where the course's repository is: an editable installation writes its path down.
    """
    folder = Path(sysconfig.get_path("purelib"))
    return sorted([*folder.glob("autograder-*.dist-info"), *folder.glob("*editable*autograder*.pth")])


def drop_root_command(visible: list[str]) -> tuple[tuple[str, ...], tuple[int, int] | None]:
    """Return the command that drops root and the ids of the new user; for a grader that is not root, nothing and None.

    It stops a student's code from running as root. The new user can still reach the paths in `visible`.
    """
    if os.geteuid() != 0:
        return (), None
    uid, gid = nobody()
    return (sys.executable, "-I", str(DROP_ROOT), str(uid), str(gid), *visible, "--"), (uid, gid)


def nobody() -> tuple[int, int]:
    """Return the user and group id of `nobody`, who owns no files and runs the kernels of a grader that is root."""
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return entry.pw_uid, entry.pw_gid
