"""Reads an assignment from disk, and lists everything that is wrong with it."""

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
    """The paths of the parts of an assignment, and the keys for its random inputs and withheld rows."""

    name: str
    source: Path
    checks: Path
    data: Path
    store: Path
    secret: bytes = field(repr=False)
    seed_key: bytes = field(repr=False)


Signature = tuple[tuple[str, int, int], ...]


def read(places: Places) -> Assignment:
    """Return an assignment. Its files are read again only when one of them has changed.

    Raises CourseError, which lists everything that is wrong, or DataError when only a dataset is missing.
    """
    return _read(places, _signature(places))


@lru_cache(maxsize=64)  # services ask every second; the signature changes with the files
def _read(places: Places, signature: Signature) -> Assignment:
    errors: list[str] = []
    course_settings = settings.read(places.data / settings.FILE)
    own_settings = course_settings.of(places.name)
    errors += own_settings.problems
    notebooks = _notebooks(places, errors)
    checks = _checks(places, notebooks, errors)
    served_now = served(places.data, places.store, places.secret, course_settings.withhold)
    available = {dataset.name for dataset in served_now}
    missing = [name for name in own_settings.datasets if name not in available]
    if errors:
        lines = [*errors, *(datasets.how_to_get(places.store, name) for name in missing)]
        raise CourseError(f"{places.name} is not in order:\n" + "\n".join(f"  - {line}" for line in lines))
    if missing:
        raise DataError("\n".join(datasets.how_to_get(places.store, name) for name in missing))
    needed = tuple(dataset for name in own_settings.datasets for dataset in served_now if dataset.name == name)
    threshold_values = thresholds.read(
        places.data / thresholds.FILE, places.name, {dataset.origin for dataset in needed}
    )
    assignment = Assignment(
        name=places.name,
        notebooks=tuple(notebooks),
        checks=checks,
        limits=own_settings.limits,
        datasets=needed,
        served=served_now,
        thresholds=tuple(sorted(threshold_values.items())),
        on_submission=own_settings.on_submission,
        files=tuple(_other_files(places.source)),
        isolation=course_settings.isolation,
        seed_key=places.seed_key,
        version="",
    )
    return _with_version(assignment, places)


def served(data: Path, store: Path, secret: bytes, withhold: tuple[str, ...]) -> tuple[ServedDataset, ...]:
    """Return the registered datasets that are in the store, as kernels can load them."""
    stored = []
    for name in datasets.read_registry(data / datasets.REGISTRY):
        folder = datasets.folder_of(store, name)
        if folder is None:
            continue
        origin = datasets.origin_of(store, name)
        if name in withhold:
            stored.append(ServedDataset(name, origin, *withholding.prepare(store, name, secret)))
        else:
            stored.append(ServedDataset(name, origin, folder))
    return tuple(stored)


def _notebooks(places: Places, errors: list[str]) -> list[InstructorNotebook]:
    """Read the notebooks, and append what is wrong with them to `errors`."""
    notebooks = []
    files = sorted(places.source.glob("*.ipynb"))
    for file in files:
        try:
            notebook = read_course_notebook(file)
        except CourseError as error:
            errors.append(str(error))
            continue
        where = f"{notebook.name}: " if len(files) > 1 else ""
        errors += [f"{where}{problem}" for problem in problems(notebook)]
        notebooks.append(InstructorNotebook(notebook, tasks(notebook)))
    return notebooks


def _checks(places: Places, notebooks: list[InstructorNotebook], errors: list[str]) -> CheckModules:
    """Collect the hidden checks, and append what is wrong with them to `errors`."""
    files = [file for file in sorted(places.checks.rglob("*.py")) if not set(IGNORED) & set(file.parts)]
    texts = tuple((str(file.relative_to(places.checks)), file.read_text(encoding="utf-8")) for file in files)
    all_tasks = [task for notebook in notebooks for task in notebook.tasks]
    if not sorted(places.checks.glob("test_*.py")):
        errors.append(f"{places.checks} has no checks (test_*.py)")
        return CheckModules(str(places.checks), texts, ())
    try:
        declared, unresolved = resolve(declared_checks(places.checks), all_tasks)
    except (CourseError, GraderError) as error:
        errors.append(str(error))
        return CheckModules(str(places.checks), texts, ())
    errors += unresolved
    errors += disagreements(all_tasks, declared)
    return CheckModules(str(places.checks), texts, tuple(declared))


def _other_files(source: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(source.rglob("*")):
        if file.is_file() and file.suffix != ".ipynb" and not set(IGNORED) & set(file.parts):
            yield str(file.relative_to(source)), file.read_bytes()


def _with_version(assignment: Assignment, places: Places) -> Assignment:
    """Return the assignment with its version: a fingerprint of everything that grades depend on."""
    digest = hashlib.sha256()
    contents = [(file.name, file.read_bytes()) for file in sorted(places.source.glob("*.ipynb"))]
    contents += [(name, text.encode()) for name, text in assignment.checks.files]
    contents += list(assignment.files)
    contents.append(("settings", repr((assignment.limits, assignment.data, assignment.thresholds)).encode()))
    for name, content in contents:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return replace(assignment, version=digest.hexdigest())


def _signature(places: Places) -> Signature:
    """Return path, modification time and size of each file that the assignment is made of."""
    files = [places.data / name for name in (settings.FILE, thresholds.FILE, datasets.REGISTRY)]
    files += [file for folder in (places.source, places.checks) for file in sorted(folder.rglob("*"))]
    # what kernels are served is made of these; the folders whose names begin with a dot are derived from them
    stored = [*places.store.glob(f"[!.]*/{datasets.RECORD}"), *places.store.glob(f"[!.]*/[!.]*/{datasets.RECORD}")]
    files += sorted(stored)
    signature = []
    for file in files:
        if set(IGNORED) & set(file.parts) or not file.is_file():
            continue
        status = file.stat()
        signature.append((str(file), status.st_mtime_ns, status.st_size))
    return tuple(signature)
