"""What the isolation levels have in common: the record of how a warm process is started, and what it has to see."""

from __future__ import annotations

import os
import pwd
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent.parent
DROP_ROOT = Path(__file__).resolve().parent.parent / "drop_root.py"
MOUNTED = Path("/autograder")  # where the untrusted side finds its few files
SYSTEM = ("bin", "sbin", "lib", "lib64", "lib32")
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "fonts", "localtime", "alternatives")
INSTALL = "apt-get install bubblewrap libseccomp2"


@dataclass(frozen=True)
class Walls:
    """How a warm process is started: the command before it, and the user it runs as when the grader is root.

    `mounted`: whether it finds our files and the datasets below `MOUNTED` and not where they are. `readable`: what a
    kernel at the level `landlock` may read, or at `namespaces` keeps below its own /tmp.
    """

    command: tuple[str, ...] = ()
    owner: tuple[int, int] | None = None
    mounted: bool = False
    readable: tuple[str, ...] = ()


def python_folders() -> list[Path]:
    """Return the folders of the interpreter and of the virtual environment, those within others left out."""
    candidates = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent]
    return sorted({path for path in candidates if not path.is_relative_to("/usr") and path != Path("/")})


def installed_package() -> Path:
    """Return where this package is when it is installed as files among other packages."""
    return Path(sysconfig.get_path("purelib")) / "autograder"


def drop_root_command(visible: list[str]) -> tuple[tuple[str, ...], tuple[int, int] | None]:
    """Return, for a grader that is root, the command that becomes the user `nobody` and still reaches what is visible."""
    if os.geteuid() != 0:
        return (), None
    uid, gid = nobody()
    return (sys.executable, "-I", str(DROP_ROOT), str(uid), str(gid), *visible, "--"), (uid, gid)


def nobody() -> tuple[int, int]:
    """Return the ids of the user who owns nothing, for kernels of a grader that is root."""
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return entry.pw_uid, entry.pw_gid
