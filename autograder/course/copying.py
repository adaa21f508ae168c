"""Copies a course, or some of its assignments, to another folder: for the demo, a demo hub, a calibration or a test."""

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
    with_data: bool = True,
    share_data: bool = True,
    draw_missing: bool = True,
    draw_all: bool = False,
) -> Course:
    """Copy notebooks, checks, answers and settings of the named assignments (default: all), and the datasets they need.

    `say`: called with a line before each step that takes a while.
    `isolation`: the minimum isolation level of the copy (default: that of the course).
    `with_data`: whether the copy gets datasets at all.
    `share_data`: link datasets instead of copying them.
    `draw_missing`: draw a stand-in for each dataset that is not in the store.
    `draw_all`: draw a stand-in for each dataset, even when it is in the store.

    Raises DataError when a dataset is missing and no stand-in may be drawn.
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
    course_settings = course.settings()
    needed = {dataset for name in names for dataset in course_settings.of(name).datasets} if with_data else set()
    for dataset in sorted(needed):
        original = datasets.folder_of(course.store, dataset)
        if draw_all or (original is None and draw_missing):
            say(f"drawing a stand-in for {dataset}")
            standins.draw(copy.data, copy.store, dataset)
        elif original is None:
            raise DataError(datasets.how_to_get(course.store, dataset))
        else:
            target = copy.store / original.relative_to(course.store)
            target.parent.mkdir(parents=True, exist_ok=True)
            if share_data:
                target.symlink_to(original.resolve())
            else:
                say(f"copying {dataset}")
                shutil.copytree(original, target)
    return copy


def set_isolation(file: Path, level: Level) -> None:
    """Change the minimum isolation level in a course's settings file; comments and all other settings stay.

    Raises CourseError when the file cannot be understood.
    """
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
