"""nbgrader's own commands, started as a person starts them, give what our commands give."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.recording import gradebook
from autograder.teaching.classroom import grade_class, write_feedback
from tests.conftest import EXERCISE

pytestmark = pytest.mark.kernel

HANDED_IN = {"ann": "right/tensorflow_image.py", "bob": "wrong/blue_green_red.py"}


def nbgrader(course: Course, *arguments: str) -> str:
    scripts = Path(sysconfig.get_path("scripts"))
    home = course.root / "home"
    env = os.environ | {"PATH": f"{scripts}:{os.environ['PATH']}", "HOME": str(home), "JUPYTER_CONFIG_DIR": str(home)}
    done = subprocess.run(
        [scripts / "nbgrader", *arguments], cwd=course.root, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


@pytest.fixture
def twins(released: Course, submit: Callable[[Course, str, str], Path]) -> tuple[Course, Course]:
    """Two equal courses with the same submissions, one of them malformed and one renamed."""
    for student, answers in HANDED_IN.items():
        submit(released, student, answers)
    work = released.submitted / "bob" / EXERCISE / f"{EXERCISE}.ipynb"
    work.rename(work.with_name(f"{EXERCISE} (2).ipynb"))  # as a browser names a second download
    broken = released.submitted / "dan" / EXERCISE / f"{EXERCISE}.ipynb"
    broken.parent.mkdir(parents=True)
    broken.write_text("{ this is no notebook")
    other = released.root.with_name("other")
    shutil.copytree(released.root, other, symlinks=True)
    return released, Course.open(other)


def test_nbgraders_commands_and_ours_give_the_same_scores_pages_and_export(twins: tuple[Course, Course]) -> None:
    ours, theirs = twins
    assignment = ours.assignment(EXERCISE)
    graded = grade_class(ours, assignment)
    assert [result.detail for result in graded.failed] == []
    write_feedback(ours, assignment)
    nbgrader(theirs, "autograde", EXERCISE)
    nbgrader(theirs, "generate_feedback", EXERCISE)
    expected = {"ann": 25, "bob": 23, "dan": 0}
    for student, score in expected.items():
        one, other = (gradebook.read(course, assignment, student) for course in (ours, theirs))
        assert one == other and one is not None and one.score == score, student
        pages = [(course.feedback / student / EXERCISE / f"{EXERCISE}.html").read_text() for course in (ours, theirs)]
        assert pages[0] == pages[1], student
    nbgrader(theirs, "export")
    with open(theirs.root / "grades.csv", newline="") as lines:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(lines)}
    assert exported == expected
