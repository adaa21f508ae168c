"""Copies a course, or some of its assignments, to another folder: for the demo, a hub, a calibration, a test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import tomlkit

from autograder.course import datasets, settings, standins
from autograder.course.course import CONFIG, Course
from autograder.errors import CourseError, DataError
from autograder.records import Level

FILES = (
    "datasets.toml",
    "assignments.toml",
    "thresholds.toml",
    "roster.csv",
    "students.txt",
    "demo.toml",
    standins.FILE,
)
IGNORED = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")


def copy_course(
    course: Course,
    root: Path,
    assignments: Sequence[str] = (),
    *,
    say: Callable[[str], None] = lambda text: None,
    isolation: Level | None = None,
    share_data: bool = True,
    draw_missing: bool = True,
    draw_all: bool = False,
) -> Course:
    """Copy notebooks, checks, answers and settings of some assignments, or of all, with the datasets that they need.

    `isolation`: the least level of the copy, if it is another one. `share_data`: link datasets instead of copying them.
    `draw_missing`: draw a stand-in of a dataset that is not there, `draw_all`: also of one that is. Raises DataError
    when a dataset is missing and not to be drawn.
    """
    names = [course.require(name) for name in assignments] or course.assignments()
    (root / "course_data").mkdir(parents=True)
    for name in names:
        shutil.copytree(course.source / name, root / "source" / name, ignore=IGNORED)
        for folder in (course.checks, course.answers):
            if (folder / name).is_dir():
                shutil.copytree(folder / name, root / "course_data" / folder.name / name, ignore=IGNORED)
    shutil.copy(course.root / CONFIG, root)
    for file in FILES:
        if (course.data / file).is_file():
            shutil.copy(course.data / file, root / "course_data")
    if isolation is not None:
        set_isolation(root / "course_data" / settings.FILE, isolation)
    copy = Course.open(root)
    chosen = course.settings()
    for dataset in sorted({dataset for name in names for dataset in chosen.of(name).datasets}):
        found = datasets.folder_of(course.store, dataset)
        if draw_all or (found is None and draw_missing):
            say(f"drawing a stand-in for {dataset}")
            standins.draw(copy.data, copy.store, dataset)
        elif found is None:
            raise DataError(datasets.how_to_get(course.store, dataset))
        else:
            place = copy.store / found.relative_to(course.store)
            place.parent.mkdir(parents=True, exist_ok=True)
            if share_data:
                place.symlink_to(found.resolve())
            else:
                say(f"copying {dataset}")
                shutil.copytree(found, place)
    return copy


def set_isolation(file: Path, level: Level) -> None:
    """Change the least isolation level of a course in its settings; comments and everything else stay."""
    try:
        document = tomlkit.parse(file.read_text(encoding="utf-8")) if file.is_file() else tomlkit.document()
    except tomlkit.exceptions.TOMLKitError as error:
        raise CourseError(f"{file}: {error}") from error
    if "isolation" in document:
        document["isolation"] = str(level)
        text = tomlkit.dumps(document)
    else:
        text = f'isolation = "{level}"\n' + tomlkit.dumps(document)
    file.write_text(text, encoding="utf-8")
