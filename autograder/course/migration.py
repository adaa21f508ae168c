"""Moves a course folder from the layout of version 0.1 to today's, keeping its grades, its secret and its trainings.

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

from autograder.course import signatures
from autograder.errors import CourseError
from autograder.records import Limits

# old name below course_data/ (version 0.1): new name below course_data/state/ (today)
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
    """Move files that are where version 0.1 had them. Raises CourseError when a move fails; nothing is lost then."""
    if not any(_moves(root, source)):
        return
    try:
        with _locked(root):
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
            f"{root} has the layout of version 0.1 and could not be moved to today's layout: {error}; "
            "fix this and run the command again, it continues where it stopped"
        ) from error


def _moves(root: Path, source: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the old and the new path of everything to move. What exists at both paths stays where it is."""
    data = root / "course_data"
    for old, new in STATE.items():
        if (data / old).exists() and not (data / "state" / new).exists():
            yield data / old, data / "state" / new
    for old_parent, name in ((root / "autograder" / "checks", "checks"), (root / "tests" / "answers", "answers")):
        for folder in sorted(old_parent.iterdir()) if old_parent.is_dir() else []:
            of_assignment = (source / folder.name).is_dir() and any(folder.rglob("*.py"))
            if of_assignment and not (data / name / folder.name).exists():
                yield folder, data / name / folder.name


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Keep other processes from migrating the same folder."""
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _note_seeds(root: Path, memory: Path) -> None:
    """Write down the seed of each remembered submission: version 0.1 derived it from the secret."""
    places = (root / "course_data" / "secrets" / "seed", root / "course_data" / "state" / "secrets" / "seed")
    secret = next((file.read_bytes() for file in places if file.is_file()), None)
    for folder in sorted(memory.glob("*/*/*")) if secret else []:
        assignment, student = folder.parent.parent.name, folder.parent.name
        text = f"\0{assignment}\0{student}".encode(errors="surrogatepass")
        number = int.from_bytes(hashlib.sha256((secret or b"") + text).digest()[:4], "big")
        (folder / SEED).write_text(str(number))
        _sign(folder, signatures.key_of(signatures.seed_key(secret or b"", assignment), folder.relative_to(memory)))


def _sign(folder: Path, key: bytes) -> None:
    """Sign the cached trainings in a folder, which version 0.1 kept without signatures; signed ones stay."""
    for file in folder.iterdir():
        if signatures.NAME.fullmatch(file.name):
            content = file.read_bytes()
            if signatures.verified(key, file.name, content) is None:
                part = file.with_name(f".{file.name}")
                part.write_bytes(signatures.signed(key, file.name, content))
                part.replace(file)


def _mend_links(store: Path) -> None:
    """Correct links into the store of another course that has moved to its new place."""
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
    """Return the key that version 0.1 gave a graded submission, so that its submissions are not graded again.

    `handed_in`: the SHA-256 of the notebook that was handed in, or the message that says why there is none.
    """
    digest = hashlib.sha256()
    for file in (*sorted(source.glob("*.ipynb"))[:1], *sorted(checks.glob("*.py"))):
        content = file.read_bytes()
        digest.update(f"{file.name}\0{len(content)}\0".encode() + content)
    settings = f"{limits} {data} {level} {sorted(thresholds)}"
    return hashlib.sha256("\n".join([digest.hexdigest(), settings, handed_in, timestamp]).encode()).hexdigest()
