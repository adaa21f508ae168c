"""Brings a course folder in the layout of version 0.1 into today's, once: grades, secret and trainings are kept.

| version 0.1                                             | today                               |
|---------------------------------------------------------|-------------------------------------|
| autograder/checks/ASSIGNMENT                            | course_data/checks/ASSIGNMENT       |
| tests/answers/ASSIGNMENT                                | course_data/answers/ASSIGNMENT      |
| course_data/{store,secrets,reports}, memory, *.jsonl    | course_data/state/, as `trainings`  |
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.errors import CourseError
from autograder.records import Limits

# names below course_data/ in version 0.1, and below course_data/state/ today
STATE = {
    "store": "store",
    "secrets": "secrets",
    "reports": "reports",
    "memory": "trainings",
    "reviews.jsonl": "reviews.jsonl",
    "arrivals.jsonl": "arrivals.jsonl",
    "refused.log": "refused.log",
}
LEFT_OVER = ("arrivals.lock",)
SEED = "seed"
log = logging.getLogger("autograder")


def migrate(root: Path, source: Path) -> None:
    """Move what is at the places of version 0.1; raises CourseError when it cannot be moved, nothing is lost then."""
    if not any(_moves(root, source)):
        return
    try:
        with _alone(root):
            for old, new in _moves(root, source):
                if old.name == "memory":
                    _note_seeds(root, old)
                new.parent.mkdir(parents=True, exist_ok=True)
                old.rename(new)
                log.warning("moved %s to %s", old.relative_to(root), new.relative_to(root))
            _mend_links(root / "course_data" / "state" / "store")
            _remove_left_overs(root)
    except OSError as error:
        raise CourseError(
            f"{root} is laid out as by version 0.1 and could not be moved to today's layout: {error}; mend that and run "
            "the command again, it goes on where it stopped"
        ) from error


def _moves(root: Path, source: Path) -> Iterator[tuple[Path, Path]]:
    """Yield what is still at its old place, with its new one; what is at both places stays where it is."""
    data = root / "course_data"
    for old, new in STATE.items():
        if (data / old).exists() and not (data / "state" / new).exists():
            yield data / old, data / "state" / new
    for above, below in ((root / "autograder" / "checks", "checks"), (root / "tests" / "answers", "answers")):
        for folder in sorted(above.iterdir()) if above.is_dir() else []:
            known = (source / folder.name).is_dir() and any(folder.rglob("*.py"))
            if known and not (data / below / folder.name).exists():
                yield folder, data / below / folder.name


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _note_seeds(root: Path, memory: Path) -> None:
    """Note for each remembered submission where its random numbers began: version 0.1 drew that from the secret."""
    places = (root / "course_data" / "secrets" / "seed", root / "course_data" / "state" / "secrets" / "seed")
    secret = next((file.read_bytes() for file in places if file.is_file()), None)
    for folder in sorted(memory.glob("*/*/*")) if secret else []:
        assignment, student = folder.parent.parent.name, folder.parent.name
        text = f"\0{assignment}\0{student}".encode(errors="surrogatepass")
        number = int.from_bytes(hashlib.sha256((secret or b"") + text).digest()[:4], "big")
        (folder / SEED).write_text(str(number))


def _mend_links(store: Path) -> None:
    """Let links into the store of another course follow that store to its new place."""
    for link in [*store.glob("*"), *store.glob("*/*")]:
        if link.is_symlink() and not link.exists():
            target = str(link.readlink()).replace("/course_data/store/", "/course_data/state/store/")
            if Path(target).exists():
                link.unlink()
                link.symlink_to(target)


def _remove_left_overs(root: Path) -> None:
    for name in LEFT_OVER:
        with contextlib.suppress(OSError):
            (root / "course_data" / name).unlink()
    for folder in (root / "autograder" / "checks", root / "tests" / "answers"):
        if folder.is_dir():
            shutil.rmtree(folder / "__pycache__", ignore_errors=True)
            for empty in (folder, folder.parent):
                with contextlib.suppress(OSError):
                    empty.rmdir()


def key_of_version_0_1(
    source: Path,
    checks: Path,
    limits: Limits,
    data: tuple[tuple[str, str], ...],
    thresholds: tuple[tuple[str, float], ...],
    level: str,
    handed_in: str,
    timestamp: str,
) -> str:
    """Return the key that version 0.1 gave a graded submission, so that what it graded is not graded anew.

    `handed_in` is the SHA-256 of the notebook that was handed in, or the message why there is none.
    """
    digest = hashlib.sha256()
    for file in (*sorted(source.glob("*.ipynb"))[:1], *sorted(checks.glob("*.py"))):
        content = file.read_bytes()
        digest.update(f"{file.name}\0{len(content)}\0".encode() + content)
    settings = f"{limits} {data} {level} {sorted(thresholds)}"
    return hashlib.sha256("\n".join([digest.hexdigest(), settings, handed_in, timestamp]).encode()).hexdigest()
