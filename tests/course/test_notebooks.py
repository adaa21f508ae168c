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
    rebuild,
    released_text,
    tasks,
    to_json,
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


def handed_in(*cells: dict[str, object]) -> Notebook:
    return parse(notebook_bytes(*cells), "n")


def test_only_solution_text_is_taken() -> None:
    student = handed_in(
        cell("code", "setup", "evil()"),
        cell("code", "f", "mine", solution=True),
        cell("code", "test_f", "pass", grade=True, points=99),
    )
    rebuilt = rebuild(INSTRUCTOR, student)
    sources = {cell.grade_id: cell.source for cell in rebuilt.notebook.cells}
    assert sources["setup"] == "import os" and sources["f"] == "mine" and sources["test_f"] == "assert f(0) == 1"
    assert rebuilt.notebook.cell("test_f").points == 2
    assert any("test_f" in note for note in rebuilt.notes)
    assert any("flags or points were changed" in note for note in rebuilt.staff_notes)


def test_a_missing_cell_becomes_the_stub_and_is_reported_in_plain_words() -> None:
    rebuilt = rebuild(INSTRUCTOR, handed_in())
    assert rebuilt.missing == {"f", "essay"} and rebuilt.untouched == {"f", "essay"}
    assert "raise NotImplementedError()" in rebuilt.notebook.cell("f").source
    assert "The answer cell f is missing from your notebook." in rebuilt.notes


def test_duplicates_and_retyped_cells_do_not_run() -> None:
    twice = rebuild(INSTRUCTOR, handed_in(cell("code", "f", "a", solution=True), cell("code", "f", "b", solution=True)))
    assert "2 answer cells f" in " ".join(twice.notes) and twice.notebook.cell("f").source not in ("a", "b")
    retyped = rebuild(INSTRUCTOR, handed_in(cell("markdown", "f", "a", solution=True)))
    assert "turned into a markdown cell" in " ".join(retyped.notes) and retyped.notebook.cell("f").source != "a"


def test_invented_and_added_cells_are_left_out_and_reported() -> None:
    added = {"cell_type": "code", "metadata": {}, "source": "print('mine')"}
    rebuilt = rebuild(
        INSTRUCTOR,
        handed_in(cell("code", "bonus", "x", grade=True, points=100), added, cell("code", "f", "a", solution=True)),
    )
    assert [cell.grade_id for cell in rebuilt.notebook.cells] == [cell.grade_id for cell in INSTRUCTOR.cells]
    assert any("bonus: there is no such cell" in note for note in rebuilt.staff_notes)
    assert any("code cell(s) that you added" in note for note in rebuilt.notes)


def test_an_honest_notebook_leaves_no_notes() -> None:
    student = json.dumps(to_json(visible(INSTRUCTOR), {}, {})).encode()
    rebuilt = rebuild(INSTRUCTOR, parse(student, "n"))
    assert rebuilt.notes == () and rebuilt.staff_notes == () and rebuilt.untouched == {"f", "essay"}


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
        ("reflect", 3, True),
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
    ],
    ids=["duplicate", "no test", "wrong order", "no points", "no region", "nothing to solve"],
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
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"[" * 200_000, "not valid JSON"),
        (b'{"nbformat": 3, "worksheets": []}', "not a notebook of format 4"),
        (b'{"nbformat": 9, "cells": []}', "not a notebook of format 4"),
        (b"[1, 2]", "not a notebook of format 4"),
    ],
    ids=["empty", "broken", "utf-16", "deep", "format 3", "format of the future", "a list"],
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


def test_links_and_fifos_in_place_of_a_notebook_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.ipynb").write_text("{}")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "secret.ipynb")
    os.mkfifo(tmp_path / "fifo.ipynb")
    for name in ("link", "fifo", "missing"):
        with pytest.raises(BadSubmission):
            read_submission(tmp_path / f"{name}.ipynb")


def test_a_huge_notebook_is_refused_with_its_size(tmp_path: Path) -> None:
    with open(tmp_path / "n.ipynb", "wb") as out:
        out.truncate(100 * 2**20)
    with pytest.raises(BadSubmission, match="has 100 MB; the limit is 50 MB"):
        read_submission(tmp_path / "n.ipynb")
