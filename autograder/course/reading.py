"""Reads an assignment from disk, once for each state of its files, and lists everything that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from autograder.checking.plugin import declared_checks
from autograder.course import datasets, settings, thresholds, withholding
from autograder.course.assignment import (
    Assignment,
    CheckModules,
    InstructorNotebook,
    ServedDataset,
    disagreements,
    resolve,
)
from autograder.course.notebooks import problems, read_course_notebook, tasks
from autograder.errors import CourseError, DataError, GraderError

IGNORED = ("__pycache__", ".ipynb_checkpoints")


@dataclass(frozen=True)
class Places:
    """Where the parts of an assignment are."""

    name: str
    source: Path
    checks: Path
    data: Path
    store: Path
    secret: bytes = field(repr=False)
    seed_key: bytes = field(repr=False)


Signature = tuple[tuple[str, int, int], ...]


def read(places: Places) -> Assignment:
    """Return the assignment; raises CourseError with all its problems, DataError when only a dataset is missing."""
    return _read(places, _signature(places))


@lru_cache(maxsize=64)  # services ask each second; the signature tells when a file has changed
def _read(places: Places, signature: Signature) -> Assignment:
    found: list[str] = []
    chosen = settings.read(places.data / settings.FILE)
    own = chosen.of(places.name)
    found += own.problems
    notebooks = _notebooks(places, found)
    checks = _checks(places, notebooks, found)
    served_now = served(places.data, places.store, places.secret, chosen.withhold)
    missing = [name for name in own.datasets if name not in {dataset.name for dataset in served_now}]
    if found:
        lines = [*found, *(datasets.how_to_get(places.store, name) for name in missing)]
        raise CourseError(f"{places.name} is not in order:\n" + "\n".join(f"  - {line}" for line in lines))
    if missing:
        raise DataError("\n".join(datasets.how_to_get(places.store, name) for name in missing))
    needed = tuple(dataset for name in own.datasets for dataset in served_now if dataset.name == name)
    bounds = thresholds.read(places.data / thresholds.FILE, places.name, {dataset.origin for dataset in needed})
    assignment = Assignment(
        name=places.name,
        notebooks=tuple(notebooks),
        checks=checks,
        limits=own.limits,
        datasets=needed,
        served=served_now,
        thresholds=tuple(sorted(bounds.items())),
        on_submission=own.on_submission,
        files=tuple(_other_files(places.source)),
        isolation=chosen.isolation,
        seed_key=places.seed_key,
        version="",
    )
    return _with_version(assignment, places)


def served(data: Path, store: Path, secret: bytes, withhold: tuple[str, ...]) -> tuple[ServedDataset, ...]:
    """Return the registered datasets that are in the store, as kernels can load them."""
    found = []
    for name in datasets.read_registry(data / datasets.REGISTRY):
        folder = datasets.folder_of(store, name)
        if folder is None:
            continue
        origin = datasets.origin_of(store, name)
        if name in withhold:
            found.append(ServedDataset(name, origin, *withholding.prepare(store, name, secret)))
        else:
            found.append(ServedDataset(name, origin, folder))
    return tuple(found)


def _notebooks(places: Places, found: list[str]) -> list[InstructorNotebook]:
    """Read the notebooks; what is wrong with them is added to `found`."""
    notebooks = []
    files = sorted(places.source.glob("*.ipynb"))
    for file in files:
        try:
            notebook = read_course_notebook(file)
        except CourseError as error:
            found.append(str(error))
            continue
        where = f"{notebook.name}: " if len(files) > 1 else ""
        found += [f"{where}{problem}" for problem in problems(notebook)]
        notebooks.append(InstructorNotebook(notebook, tasks(notebook)))
    return notebooks


def _checks(places: Places, notebooks: list[InstructorNotebook], found: list[str]) -> CheckModules:
    """Collect the hidden checks; what is wrong with them is added to `found`."""
    files = [file for file in sorted(places.checks.rglob("*.py")) if not set(IGNORED) & set(file.parts)]
    texts = tuple((str(file.relative_to(places.checks)), file.read_text(encoding="utf-8")) for file in files)
    parts = [task for notebook in notebooks for task in notebook.tasks]
    if not sorted(places.checks.glob("test_*.py")):
        found.append(f"{places.checks} has no checks (test_*.py)")
        return CheckModules(str(places.checks), texts, ())
    try:
        declared, unresolved = resolve(declared_checks(places.checks), parts)
    except (CourseError, GraderError) as error:
        found.append(str(error))
        return CheckModules(str(places.checks), texts, ())
    found += unresolved
    found += disagreements(parts, declared)
    return CheckModules(str(places.checks), texts, tuple(declared))


def _other_files(source: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(source.rglob("*")):
        if file.is_file() and file.suffix != ".ipynb" and not set(IGNORED) & set(file.parts):
            yield str(file.relative_to(source)), file.read_bytes()


def _with_version(assignment: Assignment, places: Places) -> Assignment:
    """Return the assignment with the fingerprint of what grades depend on."""
    digest = hashlib.sha256()
    contents = [(file.name, file.read_bytes()) for file in sorted(places.source.glob("*.ipynb"))]
    contents += [(name, text.encode()) for name, text in assignment.checks.files]
    contents += list(assignment.files)
    contents.append(("settings", repr((assignment.limits, assignment.data, assignment.thresholds)).encode()))
    for name, content in contents:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return replace(assignment, version=digest.hexdigest())


def _signature(places: Places) -> Signature:
    """Return name, time of change and size of every file that the assignment is made of."""
    files = [places.data / name for name in (settings.FILE, thresholds.FILE, datasets.REGISTRY)]
    files += [file for folder in (places.source, places.checks) for file in sorted(folder.rglob("*"))]
    files += sorted(places.store.glob(f"*/{datasets.RECORD}")) + sorted(places.store.glob(f"*/*/{datasets.RECORD}"))
    found = []
    for file in files:
        if set(IGNORED) & set(file.parts) or not file.is_file():
            continue
        status = file.stat()
        found.append((str(file), status.st_mtime_ns, status.st_size))
    return tuple(found)
