"""Keeps warm processes between commands, so that the second command of an account starts at once.

Theory of operation. The first command that needs a warm process starts a keeper: this module as a program, in a session
of its own. The keeper starts the warm process, announces it in a folder that only this account can open, and ends it
when nobody has used it for `IDLE_SECONDS`. Whoever uses it holds a shared lock on a file beside the announcement; the
keeper ends the warm process only while it holds this lock alone. An announcement that is gone is the request to end.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import select
import shutil
import signal
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.errors import GraderError
from autograder.records import Level
from autograder.sandbox.folders import remove
from autograder.sandbox.levels.walls import PACKAGE
from autograder.sandbox.warm_process import (
    START_SECONDS,
    WarmClient,
    WarmProcess,
    WarmSettings,
    announced,
    announcement,
)

FOLDER = "AUTOGRADER_WARM"  # environment variable: another folder for them; empty: none is kept
IDLE_SECONDS = 600.0
POLL_SECONDS = 1.0
FORGET_SECONDS = 86400.0
PID = ".pid"  # the ending of the file with the keeper's process id, which it locks
MAX_KEPT = 3  # 400 MB each
MAX_PATH = 48  # characters of the folder; Linux allows 107 for the path of a socket, and kernels have theirs far below

_in_use: dict[Path, int] = {}  # descriptors with a shared lock, by file; Linux drops the locks when this process ends


def use(settings: WarmSettings) -> WarmClient | None:
    """Return a client of the kept warm process with these settings, and start one if there is none.

    Return None where none can be kept: the folder is switched off, or it is not this account's alone. Raises
    GraderError when the new warm process does not start.
    """
    root = folder()
    if root is None:
        return None
    place = root / fingerprint(settings)
    with contextlib.suppress(OSError):  # a full disk, or a folder that another process has just removed
        place.mkdir(exist_ok=True)
        with _locked(root / "lock"):
            _hold(place / "used")
            if client := announced(settings, place):
                return client
            _end_oldest(root, MAX_KEPT - 1)
            for other in root.iterdir():
                _sweep(other)
            _start(settings, place)
        return announced(settings, place)
    return None


def folder() -> Path | None:
    """Return the folder of this account's kept warm processes, made if it is missing; None where none are kept.

    In a folder that another account could write to, a process could pose as a warm process.
    """
    name = os.environ.get(FOLDER, f"/tmp/autograder-warm-{os.getuid()}")  # noqa: S108
    if not name or len(name) > MAX_PATH:
        return None
    place = Path(name)
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        found = place.lstat()
    except OSError:
        return None
    private = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return place if private else None


def fingerprint(settings: WarmSettings) -> str:
    """Return a name for a warm process with these settings, as this Python, its packages and our code start it."""
    parts: list[object] = [settings, sys.executable, sys.version]
    folders = [Path(path) for path in sys.path if path.endswith("-packages")]
    files = [
        *(PACKAGE / "inside").glob("*.py"),
        PACKAGE / "wire.py",
        *folders,
        *(Path(at) for _, at in settings.datasets),
    ]
    for file in sorted(files):
        with contextlib.suppress(OSError):
            found = file.stat()
            parts += [file, found.st_ino, found.st_mtime_ns]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]


def release() -> None:
    """Stop using all kept warm processes; they go on until nobody has used them for a while."""
    for descriptor in _in_use.values():
        os.close(descriptor)
    _in_use.clear()


def end_all() -> None:
    """Ask all kept warm processes of this account to end as soon as nobody uses them."""
    root = folder()
    if root:
        _end_oldest(root, 0)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Hold a lock: of two commands that begin at once, one starts the warm process and the other waits for it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _hold(file: Path) -> None:
    """Keep a shared lock on a file for as long as this process lives, or until `release`."""
    if file not in _in_use:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _in_use[file] = descriptor
    os.utime(file)


def _end_oldest(root: Path, most: int) -> None:
    """Remove the announcements of those that were used longest ago, until `most` are left; their keepers then end."""
    places: list[tuple[float, Path]] = []
    for file in root.glob("*/warm-*.json"):
        with contextlib.suppress(OSError):
            places.append(((file.parent / "used").stat().st_mtime, file))
    places.sort()
    for _, file in places[: max(0, len(places) - most)]:
        file.unlink(missing_ok=True)


def _sweep(place: Path) -> None:
    """Remove what a keeper that was killed has left, and the folder of settings that nobody has used for a day."""
    for left in place.glob("ag-*"):
        if left.is_dir() and not _is_kept(left):
            remove(left)
            left.with_suffix(PID).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        unused = time.time() - (place / "used").stat().st_mtime > FORGET_SECONDS
        if unused and not any(place.glob("ag-*")):
            shutil.rmtree(place)


def _is_kept(folder: Path) -> bool:
    """Return whether the keeper of a warm process's folder runs: it holds a lock, which ends with it."""
    try:
        descriptor = os.open(folder.with_suffix(PID), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _start(settings: WarmSettings, place: Path) -> None:
    """Start a keeper and wait until its warm process is ready; raises GraderError when it does not start."""
    wanted = json.dumps([settings.level, settings.datasets, settings.threads])
    ours, theirs = os.pipe()
    quiet = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
    keeper = os.posix_spawn(
        sys.executable,
        [sys.executable, "-P", "-m", "autograder.sandbox.kept", wanted, str(place)],
        os.environ | {"PYTHONPATH": str(PACKAGE.parent)},
        file_actions=[*quiet, (os.POSIX_SPAWN_DUP2, theirs, 1)],
        setsid=True,  # Ctrl-C in the terminal ends the command and not the keeper
    )
    os.close(theirs)
    with open(ours, encoding="utf-8") as said:
        readable, _, _ = select.select([said], [], [], START_SECONDS)
        answer = said.readline().strip() if readable else "it takes too long"
    if answer != "ready":
        os.kill(keeper, signal.SIGKILL)
        raise GraderError(answer or "the warm process did not start: its keeper ended without a word")


def main(wanted: str, place: Path) -> None:
    """Start a warm process, announce it, and end it when nobody has used it for a while or its announcement is gone."""
    os.chdir("/")  # the folder of the command that started it may be removed
    level, datasets, threads = json.loads(wanted)
    settings = WarmSettings(Level(level), tuple((name, path) for name, path in datasets), threads)
    file = place / announcement(settings)
    process = WarmProcess(settings, place)
    pid = process.client.folder.with_suffix(PID)
    try:
        locked = os.open(pid, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(locked, fcntl.LOCK_EX)
        os.write(locked, str(os.getpid()).encode())
        try:
            process.await_ready()
        except GraderError as error:
            print(error, flush=True)
            return
        process.client.announce(place)
        print("ready", flush=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whoever started it must not wait for our end
        _serve(process, place / "used", file)
    finally:
        process.close()
        pid.unlink(missing_ok=True)


def _serve(process: WarmProcess, used: Path, file: Path) -> None:
    """Return when the warm process has ended, or when it should end and nobody uses it."""
    descriptor = os.open(used, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    used_at = time.monotonic()
    while process.alive():
        time.sleep(POLL_SECONDS)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            used_at = time.monotonic()
            continue
        if not _is_ours(file, process.client.folder) or time.monotonic() - used_at > IDLE_SECONDS:
            _withdraw(file, process.client.folder)
            return  # with the lock: who waits for it then finds no announcement
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    _withdraw(file, process.client.folder)


def _is_ours(file: Path, folder: Path) -> bool:
    try:
        return bool(json.loads(file.read_text())["folder"] == str(folder))
    except (OSError, ValueError):
        return False


def _withdraw(file: Path, folder: Path) -> None:
    """Remove the announcement, unless it is a later one of another warm process."""
    if _is_ours(file, folder):
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
