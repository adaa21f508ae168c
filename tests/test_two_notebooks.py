"""Assignments with two notebooks each, in which the same grade_id occurs: released, handed in, graded, fed back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from autograder.course import scaffold
from autograder.course.answers import Answers, hand_in_all
from autograder.course.course import Course
from autograder.course.notebooks import nbformat_tree
from autograder.course.scaffold import cell
from autograder.errors import CourseError
from autograder.recording import gradebook
from autograder.teaching import classroom, release

pytestmark = pytest.mark.kernel
ASSIGNMENTS, NOTEBOOKS = ("week_1", "week_2"), ("part_1", "part_2")
CHECKS = """
from factors import FACTORS

from autograder.checking import check, expect


@check(cell="scale", notebook="part_1", points=2, title="part 1: scale is right")
def test_scale_1(student, rng):
    x = float(rng.normal())
    expect.values(student.call("scale", x), FACTORS["part_1"] * x, "scale(x)", atol=1e-9, hint="Part 1.")


@check(cell="scale", notebook="part_2", points=3, title="part 2: scale is right")
def test_scale_2(student, rng):
    x = float(rng.normal())
    expect.values(student.call("scale", x), FACTORS["part_2"] * x, "scale(x)", atol=1e-9, hint="Part 2.")


@check(cell="only_here", points=1, title="only_here is one")
def test_only_here(student):
    expect.that(student.get("only_here") == 1, "only_here is not one")
"""


def notebook(name: str, factor: int, points: int) -> dict[str, Any]:
    """A notebook with a task `scale`, a task `essay`, and in part 2 one more."""
    solution = f"def scale(x):\n    ### BEGIN SOLUTION\n    return {factor} * x\n    ### END SOLUTION"
    cells = [
        cell("markdown", "intro", f"# {name}"),
        cell("code", "scale", solution, grade=False, locked=False, solution=True),
        cell("code", "test_scale", "scale(1.0)", grade=True, locked=True, solution=False, points=points),
        cell(
            "markdown",
            "essay",
            "### BEGIN SOLUTION\nok\n### END SOLUTION",
            grade=True,
            locked=False,
            solution=True,
            points=1,
        ),
    ]
    if name == "part_2":
        only = "### BEGIN SOLUTION\nonly_here = 1\n### END SOLUTION"
        cells.append(cell("code", "only_here", only, grade=False, locked=False, solution=True))
        cells.append(cell("code", "test_only_here", "only_here", grade=True, locked=True, solution=False, points=1))
    return nbformat_tree(cells)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with two such assignments, released and graded."""
    root = tmp_path_factory.mktemp("two") / "course"
    scaffold.create_course(root)
    settings = root / "course_data" / "assignments.toml"
    document = tomlkit.parse(settings.read_text())
    document["isolation"] = "none"  # the best level of this machine, whatever it is
    settings.write_text(tomlkit.dumps(document))
    for name in ASSIGNMENTS:
        (root / "source" / name).mkdir()
        for number, part in enumerate(NOTEBOOKS, start=2):
            (root / "source" / name / f"{part}.ipynb").write_text(json.dumps(notebook(part, number, number)))
        checks = root / "course_data" / "checks" / name
        checks.mkdir(parents=True)
        (checks / "test_scale.py").write_text(CHECKS)
        (checks / "factors.py").write_text('FACTORS = {"part_1": 2, "part_2": 3}\n')
    course = Course.open(root)
    wrong_in = {"ann": {}, "bob": {"part_2/scale": "def scale(x):\n    return 2 * x"}}
    for name in ASSIGNMENTS:
        assignment = course.assignment(name)
        assert release.release(course, assignment).report.earned == 6
        for student, cells in wrong_in.items():
            folder = course.submitted / student / name
            folder.mkdir(parents=True)
            essays = {"part_1/essay": "# mine", "part_2/essay": "# mine"}
            for part, content in hand_in_all(assignment, Answers({**cells, **essays})).items():
                (folder / f"{part}.ipynb").write_bytes(content)
        (course.submitted / "cyd" / name).mkdir(parents=True)
        shutil.copy(course.submitted / "ann" / name / "part_1.ipynb", course.submitted / "cyd" / name)
        classroom.grade_class(course, assignment)
        classroom.write_feedback(course, assignment)
    return course


def points(course: Course, name: str, student: str) -> dict[tuple[str, str], float | None]:
    grades = gradebook.read(course, course.assignment(name), student)
    assert grades
    return {(grade.notebook, grade.cell): grade.auto_score for grade in grades.cells if grade.points}


FULL = {
    ("part_1", "test_scale"): 2,
    ("part_1", "essay"): None,
    ("part_2", "test_scale"): 3,
    ("part_2", "essay"): None,
    ("part_2", "test_only_here"): 1,
}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_each_notebook_has_its_own_points(graded: Course, name: str) -> None:
    assert points(graded, name, "ann") == FULL
    assert points(graded, name, "bob") == FULL | {("part_2", "test_scale"): 0}
    missing = {cell: None for cell in FULL if cell[0] == "part_2"}
    assert points(graded, name, "cyd") == FULL | missing, "a notebook that is missing leaves its own points open alone"


def test_each_notebook_has_its_page_and_its_graded_notebook(graded: Course) -> None:
    for part, score in (("part_1", "2 of 3"), ("part_2", "1 of 5")):
        page = (graded.feedback / "bob" / "week_1" / f"{part}.html").read_text()
        assert f'content="{score}"' in page and ("scale(x) is off by up to" in page) == (part == "part_2")
        assert (graded.autograded / "bob" / "week_1" / f"{part}.ipynb").is_file()
    assert "no notebook part_2.ipynb" in (graded.feedback / "cyd" / "week_1" / "part_2.html").read_text()


def test_nothing_is_graded_twice(graded: Course) -> None:
    assert classroom.grade_class(graded, graded.assignment("week_1")).results == ()


def test_the_release_has_both_notebooks_and_no_solution(graded: Course) -> None:
    folder = graded.release / "week_2"
    assert sorted(file.name for file in folder.iterdir()) == ["part_1.ipynb", "part_2.ipynb"]
    assert all("* x" not in file.read_text() for file in folder.iterdir())


@pytest.mark.matrix
def test_nbgraders_own_commands_give_the_same(graded: Course, tmp_path: Path) -> None:
    course = Course.open(shutil.copytree(graded.root, tmp_path / "course"))
    (course.root / "gradebook.db").unlink()
    shutil.rmtree(course.reports)
    for folder in (course.autograded, course.feedback, course.release):
        shutil.rmtree(folder)
    release.generate(course, course.assignment("week_1"))
    home = {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path)}
    for command in ("autograde", "generate_feedback"):
        program = Path(sysconfig.get_path("scripts")) / "nbgrader"
        done = subprocess.run(
            [program, command, "week_1"],
            cwd=course.root,
            env=os.environ | home,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 or "cyd" in done.stderr, done.stderr[-3000:]
    for student in ("ann", "bob"):
        assert points(course, "week_1", student) == points(graded, "week_1", student)
        for part in NOTEBOOKS:
            page = Path(student) / "week_1" / f"{part}.html"
            assert (course.feedback / page).read_text() == (graded.feedback / page).read_text()


def test_a_check_that_fits_two_notebooks_has_to_name_one(graded: Course, tmp_path: Path) -> None:
    course = Course.open(shutil.copytree(graded.root, tmp_path / "course"))
    file = course.checks / "week_1" / "test_scale.py"
    file.write_text(file.read_text().replace(', notebook="part_1"', ""))
    with pytest.raises(CourseError, match="the cell scale is in 2 notebooks"):
        course.assignment("week_1")
