"""A program: become the user `nobody`, then run a command. For a grader that is root.

    python drop_root.py UID GID FOLDER... -- COMMAND...

bubblewrap started by root would keep root's rights, so the user changes first. What the command has to see may lie
where only root gets through, an interpreter below /root for instance: in a mount namespace of this process alone, such
a private folder is covered by an empty one with nothing in it but the FOLDERs named.
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
    """Own mounts, passable folders, other user, command."""
    split = sys.argv.index("--")
    uid, gid, *folders = sys.argv[1:split]
    make_passable([Path(each) for each in folders])
    os.setgroups([])
    os.setresgid(int(gid), int(gid), int(gid))
    os.setresuid(int(uid), int(uid), int(uid))
    os.execvp(sys.argv[split + 1], sys.argv[split + 1 :])  # noqa: S606


def make_passable(folders: list[Path]) -> None:
    """Cover each private folder above one of `folders` by an empty one in which only they are mounted."""
    private = sorted({above for each in folders for above in each.parents if not above.stat().st_mode & stat.S_IXOTH})
    if not private:
        return  # a root without the right to mount, as in a container, needs none
    check(libc.unshare(CLONE_NEWNS), "unshare")
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    for cover in private:
        below = [each for each in folders if each.is_relative_to(cover) and each.exists()]
        held = {each: os.open(each, os.O_PATH) for each in below}
        if not held:
            continue
        mount("tmpfs", str(cover), "tmpfs", 0, "mode=755,size=64k")
        for each, descriptor in held.items():
            each.mkdir(parents=True, exist_ok=True, mode=0o755)
            mount(f"/proc/self/fd/{descriptor}", str(each), None, MS_BIND | MS_REC)
            os.close(descriptor)


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount, or fail."""
    check(
        libc.mount(source.encode(), target.encode(), kind.encode() if kind else None, flags, options.encode() or None),
        f"mount {target}",
    )


def check(result: int, what: str) -> None:
    """Fail closed."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


if __name__ == "__main__":
    main()
