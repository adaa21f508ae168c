"""Program that becomes the user `nobody` and then runs a command, for a grader that runs as root.

    python drop_root.py UID GID FOLDER... -- COMMAND...

Theory of operation. bubblewrap would keep root's rights when root starts it, so this program changes the user first.
The command needs the FOLDERs, and one of them may lie below a folder that only root can enter: an interpreter below
/root, for instance. In a mount namespace of its own, this program therefore covers each such private folder with an
empty tmpfs and mounts nothing but the FOLDERs in it.
Sources: unshare(2), mount_namespaces(7), setresuid(2).
"""

from __future__ import annotations

import ctypes
import os
import stat
import sys
from pathlib import Path

CLONE_NEWNS = 0x00020000
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18

libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Make the folders reachable, drop root: stops a student from acting as root. Then run the command."""
    split = sys.argv.index("--")
    uid, gid, *folders = sys.argv[1:split]
    make_passable([Path(folder) for folder in folders])
    os.setgroups([])
    os.setresgid(int(gid), int(gid), int(gid))
    os.setresuid(int(uid), int(uid), int(uid))
    os.execvp(sys.argv[split + 1], sys.argv[split + 1 :])  # noqa: S606


def make_passable(folders: list[Path]) -> None:
    """Cover each private folder above `folders` with an empty one in which only `folders` are mounted.

    Opening the private folder to everybody instead would let a student read all the rest of it, such as root's keys.
    Raises OSError when Linux refuses.
    """
    parents = {parent for folder in folders for parent in folder.parents}
    private = sorted(parent for parent in parents if not parent.stat().st_mode & stat.S_IXOTH)
    if not private:
        return  # without a mount: this also works in a container where root may not mount
    check(libc.unshare(CLONE_NEWNS), "unshare")
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    for cover in private:
        below = [folder for folder in folders if folder.is_relative_to(cover) and folder.exists()]
        descriptors = {folder: os.open(folder, os.O_PATH) for folder in below}
        if not descriptors:
            continue
        mount("tmpfs", str(cover), "tmpfs", 0, "mode=755,size=64k")
        for path, descriptor in sorted(descriptors.items()):  # folders before what is in them
            if not path.exists():  # not yet visible within a folder that was mounted before
                (path if stat.S_ISDIR(os.fstat(descriptor).st_mode) else path.parent).mkdir(parents=True, exist_ok=True)
                if not path.exists():
                    path.touch()
                mount(f"/proc/self/fd/{descriptor}", str(path), None, MS_BIND | MS_REC)
            os.close(descriptor)


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount one file system at `target`; raises OSError when Linux refuses. Source: the man page of mount."""
    check(
        libc.mount(source.encode(), target.encode(), kind.encode() if kind else None, flags, options.encode() or None),
        f"mount {target}",
    )


def check(result: int, what: str) -> None:
    """Raise OSError when a system call failed: no command runs with half of its protection."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


if __name__ == "__main__":
    main()
