"""The notebook that runs is the instructor's; only the text of the solution cells is the student's."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.course.notebooks import (
    CODE_STUB,
    Notebook,
    parse,
    problems,
    read_submission,
    released_text,
    tasks,
    visible,
)
from autograder.errors import BadSubmission
from tests.conftest import EXERCISE, cell, notebook_bytes

SOLUTION = "def f(x):\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"
INSTRUCTOR = parse(
    notebook_bytes(
        {"cell_type": "markdown", "metadata": {}, "source": "# Title\n"},
        cell("code", "setup", "import os", locked=True),
        cell("code", "f", SOLUTION, solution=True),
        cell("code", "test_f", "assert f(0) == 1", grade=True, locked=True, points=2),
        cell(
            "markdown",
            "essay",
            "### BEGIN SOLUTION\nMark scheme: secret\n### END SOLUTION",
            grade=True,
            solution=True,
            points=3,
        ),
    ),
    "n",
)


def test_released_text_has_no_solution_and_no_scheme() -> None:
    assert released_text(INSTRUCTOR.cell("f")) == "def f(x):\n    " + CODE_STUB.replace("\n", "\n    ")
    assert released_text(INSTRUCTOR.cell("essay")) == "YOUR ANSWER HERE"


def test_released_text_is_what_nbgrader_releases(repository: Course, notebook: Notebook) -> None:
    released = parse((repository.release / EXERCISE / f"{EXERCISE}.ipynb").read_bytes(), EXERCISE)
    assert [cell.source for cell in released.cells] == [cell.source for cell in visible(notebook).cells]


def test_tasks_carry_the_heading_before_them(notebook: Notebook) -> None:
    found = tasks(notebook)
    assert [(task.cell, task.points, task.manual) for task in found] == [
        ("load", 2, False),
        ("show_color", 2, False),
        ("to_gray", 4, False),
        ("normalize", 3, False),
        ("convert", 2, False),
        ("show_gray", 2, False),
        ("reflect", 5, True),
        ("load_100", 2, False),
        ("members", 3, False),
        ("count", 3, False),
        ("show_family", 2, False),
    ]
    assert found[2].title == "3 From three numbers to one" and found[6].title == "7 What was lost, and why we did it"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda cells: [*cells, cells[2]], "the grade_id f is used 2 times"),
        (lambda cells: cells[:3], "f: no graded cell test_f follows it"),
        (lambda cells: [cells[3], cells[2]], "test_f: no solution cell f comes before it"),
        (lambda cells: [cells[2], replace(cells[3], points=0.0)], "test_f: a graded cell needs points"),
        (lambda cells: [replace(cells[2], source="return 1"), cells[3]], "f: no ### BEGIN SOLUTION"),
        (lambda cells: cells[:2], "there is no solution cell"),
        (lambda cells: [*cells, replace(cells[0], grade_id="plot", task=True)], "plot: manually graded *task* cells"),
    ],
    ids=["duplicate", "no test", "wrong order", "no points", "no region", "nothing to solve", "task cell"],
)
def test_problems_of_an_instructors_notebook_are_named(change, problem: str) -> None:
    found = problems(replace(INSTRUCTOR, cells=tuple(change(list(INSTRUCTOR.cells)))))
    assert any(problem in line for line in found), found


def test_the_repositorys_notebook_has_no_problems(notebook: Notebook) -> None:
    assert problems(notebook) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not valid JSON"),
        (b"{ broken", "not valid JSON"),
        (b"\xff\xfe\x00", "not valid JSON"),
        (b"[" * 200_000, "not valid JSON"),
        (b'{"nbformat": 3, "worksheets": []}', "not a notebook of format 4"),
        (b'{"nbformat": 9, "cells": []}', "not a notebook of format 4"),
        (b"[1, 2]", "not a notebook of format 4"),
    ],
    ids=["empty", "broken", "binary", "deep", "format 3", "format of the future", "a list"],
)
def test_what_is_no_notebook_gets_a_diagnosis(content: bytes, message: str) -> None:
    with pytest.raises(BadSubmission, match=message):
        parse(content, "n")


def test_odd_but_readable_notebooks_are_read() -> None:
    bom = b"\xef\xbb\xbf" + notebook_bytes(cell("code", "f", "a\r\nb", solution=True)) + b"\r\n"
    assert parse(bom, "n").cell("f").source == "a\r\nb"
    lines = json.dumps(
        {"nbformat": 4, "cells": ["no cell", {"cell_type": "code", "metadata": None, "source": ["a\n", "\ud800", 5]}]}
    )
    assert parse(lines.encode(), "n").cells[0].source == "a\n?"


def test_links_fifos_and_folders_in_place_of_a_notebook_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.ipynb").write_text("{}")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "secret.ipynb")
    os.mkfifo(tmp_path / "fifo.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    for name in ("link", "fifo", "folder", "missing"):
        with pytest.raises(BadSubmission):
            read_submission(tmp_path / f"{name}.ipynb")


def test_a_huge_notebook_is_refused_with_its_size(tmp_path: Path) -> None:
    with open(tmp_path / "n.ipynb", "wb") as out:
        out.truncate(100 * 2**20)
    with pytest.raises(BadSubmission, match="has 100 MB; without the outputs of its cells, the limit is 50 MB"):
        read_submission(tmp_path / "n.ipynb")
