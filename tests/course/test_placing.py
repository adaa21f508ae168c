"""Whatever another tool or a person did to a notebook, its answers are found; what could not be is left to a person."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from autograder.course import names
from autograder.course.notebooks import Cell, Notebook, parse, to_json, visible
from autograder.course.placing import MAX_CELL_CHARACTERS, Rebuilt, rebuild
from tests.conftest import cell, notebook_bytes

WITHOUT_IDS = parse(
    notebook_bytes(
        {"cell_type": "markdown", "id": "intro", "metadata": {}, "source": "# Title\n"},
        cell("code", "setup", "import os", locked=True),
        {"cell_type": "markdown", "id": "task_f", "metadata": {}, "source": "## 1 A function\n\nWrite `f`."},
        cell(
            "code",
            "f",
            "def f(x):\n    ### BEGIN SOLUTION\n    y = 1\n    return y\n    ### END SOLUTION",
            solution=True,
        ),
        cell("code", "test_f", "assert f(0) == 1", grade=True, locked=True, points=2),
        {"cell_type": "markdown", "id": "task_plot", "metadata": {}, "source": "## 2 A figure"},
        cell("code", "plot", "### BEGIN SOLUTION\nplt.plot([1])\n### END SOLUTION", solution=True),
        cell("code", "test_plot", "# Look at your figure", grade=True, locked=True, points=1),
        {
            "cell_type": "markdown",
            "id": "task_values",
            "metadata": {},
            "source": "## 3 Values\n\nTwo lists, `a` and `b`.",
        },
        cell("code", "values", "### BEGIN SOLUTION\na, b = [], []\ntmp = 1\n### END SOLUTION", solution=True),
        cell("code", "test_values", "assert a == b", grade=True, locked=True, points=1),
        {"cell_type": "markdown", "id": "task_essay", "metadata": {}, "source": "## 4 Why\n\nAnswer in two sentences."},
        cell("markdown", "essay", "### BEGIN SOLUTION\nscheme\n### END SOLUTION", grade=True, solution=True, points=3),
    ),
    "n",
)
INSTRUCTOR = replace(
    WITHOUT_IDS, cells=tuple(replace(each, cell_id=each.cell_id or each.grade_id) for each in WITHOUT_IDS.cells)
)
ANSWERS = {
    "f": "def f(x):\n    y = 1\n    return y",
    "plot": "plt.plot([1, 2])",
    "values": "a = [1]\nb = [1]",
    "essay": "Because $n<m$.",
}


def solved() -> list[Cell]:
    """The cells of a student who answered everything."""
    return [replace(each, source=ANSWERS.get(each.grade_id, each.source)) for each in visible(INSTRUCTOR).cells]


def placed(cells: list[Cell]) -> Rebuilt:
    """What is run for these cells."""
    return rebuild(INSTRUCTOR, Notebook("n", tuple(cells)))


def at(cells: list[Cell], name: str) -> int:
    """The position of a cell."""
    return [each.grade_id for each in cells].index(name)


def own(source: str, kind: str = "code") -> Cell:
    """A cell that a student made."""
    return Cell(kind, source, cell_id="new")


def texts(rebuilt: Rebuilt) -> dict[str, str]:
    """The text of each solution cell that runs."""
    return {each.grade_id: each.source for each in rebuilt.notebook.cells if each.solution}


def without_metadata(cells: list[Cell], *, ids: bool = True) -> list[Cell]:
    """The cells as a tool leaves them that drops nbgrader's metadata, and perhaps the cell ids too."""
    return [Cell(each.kind, each.source, cell_id=each.cell_id if ids else "") for each in cells]


def test_an_honest_notebook_leaves_no_notes() -> None:
    student = json.dumps(to_json(visible(INSTRUCTOR), {}, {})).encode()
    rebuilt = rebuild(INSTRUCTOR, parse(student, "n"))
    assert rebuilt.notes == () and rebuilt.staff_notes == () and rebuilt.untouched == set(ANSWERS)
    rebuilt = placed(solved())
    assert texts(rebuilt) == ANSWERS and rebuilt.notes == () and rebuilt.staff_notes == () and not rebuilt.guessed


def test_flags_points_and_tests_are_the_instructors() -> None:
    cells = solved()
    cells[at(cells, "test_f")] = replace(cells[at(cells, "test_f")], source="pass", points=99.0)
    rebuilt = placed(cells)
    assert rebuilt.notebook.cell("test_f").source == "assert f(0) == 1" and rebuilt.notebook.cell("test_f").points == 2
    assert "You changed the visible test test_f. It was graded in its original form." in rebuilt.notes
    assert any("flags or points were changed" in note for note in rebuilt.staff_notes)


def edit(name: str, *new: Cell | str) -> Callable[[list[Cell]], list[Cell]]:
    """Put other cells in the place of one; a text is its own new content."""

    def edited(cells: list[Cell]) -> list[Cell]:
        where = at(cells, name)
        old = cells[where]
        return [
            *cells[:where],
            *(replace(old, source=n) if isinstance(n, str) else n for n in new),
            *cells[where + 1 :],
        ]

    return edited


F = ANSWERS["f"]
FOUND = {
    "metadata lost": (without_metadata, set()),
    "metadata and ids lost": (lambda cells: without_metadata(cells, ids=False), {"f", "plot", "values", "essay"}),
    "copied": (edit("f", F, F), set()),
    "copied far away": (lambda cells: [*cells, cells[at(cells, "f")]], set()),
    "stub and answer": (edit("f", visible(INSTRUCTOR).cell("f").source, F), set()),
    "answer and stub": (edit("f", F, visible(INSTRUCTOR).cell("f").source), set()),
    "answer and a stub with a remark": (
        edit(
            "f", F, "def f(x):\n    # YOUR CODE HERE\n    # TODO: first the other task\n    raise NotImplementedError()"
        ),
        set(),
    ),
    "two versions": (edit("f", "def f(x):\n    return 3", F), {"f"}),
    "split in the function": (edit("f", "def f(x):\n    y = 1", "    return y"), {"f"}),
    "split, the second half without metadata": (edit("f", "def f(x):\n    y = 1", own("    return y")), {"f"}),
    "split after a name": (edit("values", "a = [1]", "b = [1]"), {"values"}),
    "moved, old one emptied": (lambda cells: [*edit("f", "")(cells), own(F)], {"f"}),
    "moved, old one is the stub": (lambda cells: edit("f", visible(INSTRUCTOR).cell("f").source, own(F))(cells), {"f"}),
    "made again": (edit("f", own(F)), {"f"}),
    "figure made again": (edit("plot", own(ANSWERS["plot"])), {"plot"}),
    "two names in two cells": (edit("values", own("a = [1]"), own("b = [1]")), {"values"}),
    "became text": (lambda cells: [replace(c, kind="raw") if c.grade_id == "f" else c for c in cells], {"f"}),
    "essay made again": (edit("essay", own(ANSWERS["essay"], "markdown")), {"essay"}),
    "essay below the stub": (edit("essay", "YOUR ANSWER HERE", own(ANSWERS["essay"], "markdown")), {"essay"}),
    "essay became code": (edit("essay", own(ANSWERS["essay"])), {"essay"}),
    "essay cell of kind code": (
        lambda cells: [replace(c, kind="code") if c.grade_id == "essay" else c for c in cells],
        {"essay"},
    ),
    "essay in the task": (
        lambda cells: [
            replace(c, source=c.source + "\n\n" + ANSWERS["essay"]) if c.cell_id == "task_essay" else c
            for c in edit("essay", "YOUR ANSWER HERE")(cells)
        ],
        {"essay"},
    ),
    "reordered": (lambda cells: list(reversed(cells)), set()),
}


@pytest.mark.parametrize("name", FOUND)
def test_an_answer_is_found(name: str) -> None:
    change, guessed = FOUND[name]
    rebuilt = placed(change(solved()))
    assert {key: text.strip() for key, text in texts(rebuilt).items()} == ANSWERS
    assert rebuilt.guessed == guessed and not rebuilt.opened and not rebuilt.untouched
    assert len(rebuilt.notes) >= len(guessed)


def test_an_import_in_the_answer_cell_goes_with_the_function_below() -> None:
    rebuilt = placed(edit("f", "import math", own(F))(solved()))
    assert texts(rebuilt)["f"] == f"import math\n{F}" and rebuilt.guessed == {"f"}


def test_a_halved_essay_is_read_in_order() -> None:
    cells = edit("essay", own("First.", "markdown"), own("Second.", "raw"))(solved())
    assert texts(placed(cells))["essay"] == "First.\n\nSecond."


def test_a_picture_is_an_answer() -> None:
    cells = [
        replace(c, source="YOUR ANSWER HERE", attachments={"a.png": {"image/png": ""}}) if c.grade_id == "essay" else c
        for c in solved()
    ]
    rebuilt = placed(cells)
    assert "essay" not in rebuilt.untouched and any("'a.png' is not a PNG" in note for note in rebuilt.staff_notes)


def test_pictures_of_one_name_in_two_cells_are_both_shown() -> None:
    def picture(colour: str) -> dict[str, dict[str, str]]:
        out = io.BytesIO()
        Image.new("RGB", (2, 2), colour).save(out, "PNG")
        return {"image.png": {"image/png": base64.b64encode(out.getvalue()).decode()}}

    text = "![x](attachment:image.png)"
    own = Cell("markdown", f"and {text}", cell_id="own", attachments=picture("blue"))
    cells = [
        each
        for c in solved()
        for each in ([replace(c, source=text, attachments=picture("red")), own] if c.grade_id == "essay" else [c])
    ]
    essay = placed(cells).notebook.cell("essay")
    assert essay.source == "![x](attachment:picture-1.png)\n\nand ![x](attachment:picture-2.png)"
    assert len({str(bundle) for bundle in essay.attachments.values()}) == 2


def order(rebuilt: Rebuilt) -> list[str]:
    """The code that runs, in order: names of cells, and the text of added ones."""
    return [each.source if each.added else each.grade_id for each in rebuilt.notebook.cells if each.is_code]


def test_added_code_runs_at_its_place() -> None:
    cells = solved()
    cells.insert(at(cells, "f"), own("import helper"))
    cells.insert(at(cells, "test_f"), own("f = cached(f)"))
    cells.insert(0, own("first"))
    rebuilt = placed(cells)
    assert order(rebuilt)[:6] == ["first", "setup", "import helper", "f", "f = cached(f)", "test_f"]
    assert rebuilt.notes == () and "3 code cell(s) of the student's own ran at their place" in rebuilt.staff_notes


def test_a_helper_moves_with_the_answer_that_needs_it() -> None:
    cells = [*edit("f", "")(solved()), own("def helper(): return 1"), own("def f(x):\n    return helper()")]
    rebuilt = placed(cells)
    runs = order(rebuilt)
    assert runs.index("def helper(): return 1") < runs.index("f") and texts(rebuilt)["f"].endswith("helper()")


def test_an_edited_given_cell_runs_after_the_original() -> None:
    rebuilt = placed(edit("setup", "import os, sys")(solved()))
    assert order(rebuilt)[:2] == ["setup", "import os, sys"]
    assert "setup: the cell was edited; the original ran first" in rebuilt.staff_notes


def test_a_deleted_answer_is_reported_in_plain_words() -> None:
    rebuilt = placed(edit("f")(solved()))
    assert rebuilt.missing == {"f"} == rebuilt.untouched
    assert "raise NotImplementedError()" in rebuilt.notebook.cell("f").source
    assert "The answer cell f is missing from your notebook." in rebuilt.notes


def test_a_stub_left_under_an_answer_is_named() -> None:
    rebuilt = placed(edit("f", F + "\n    raise NotImplementedError()")(solved()))
    assert "In f the line `raise NotImplementedError()` is still there" in rebuilt.notes[0]


@pytest.mark.parametrize("name", ["f", "essay"])
def test_what_is_too_long_is_left_to_a_person(name: str) -> None:
    rebuilt = placed(edit(name, "#" * (MAX_CELL_CHARACTERS + 1))(solved()))
    assert rebuilt.opened == {name} and name not in rebuilt.untouched and "Your teacher is asked" in rebuilt.notes[0]


def test_prose_in_a_code_cell_that_became_text_is_left_to_a_person() -> None:
    cells = [
        replace(c, kind="markdown", source="I would write a function.") if c.grade_id == "f" else c for c in solved()
    ]
    assert placed(cells).opened == {"f"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(): pass\nx, (y, z) = 1, (2, 3)", {"f", "x", "y", "z"}),
        ("%matplotlib inline\n!ls\nclass C: pass", {"C"}),
        ("if True:\n    !ls\nwith a as b: c = 1", {"b", "c"}),
        ("def f(x):\n  return (\nx = 3", {"f", "x"}),
        ("x == 1\nx.y = 2", set()),
        ("for i in range(3): total = i", {"i", "total"}),
    ],
)
def test_defined_names_are_found_without_running(source: str, expected: set[str]) -> None:
    assert names.defined(source) == expected


@pytest.mark.parametrize(
    "hostile",
    [
        "(" * 100_000,
        "-" * 100_000 + "1",
        "not " * 40_000 + "1",
        "a" + ".a" * 90_000,
        "[" * 90 + "]" * 90,
        "\0",
        "1" * 99_999,
    ],
    ids=["parentheses", "minus", "not", "attributes", "lists", "zero", "digits"],
)
def test_code_that_is_hard_to_parse_is_only_not_understood(hostile: str) -> None:
    assert isinstance(names.defined(hostile), frozenset)


def test_a_task_asks_for_the_names_that_others_mention() -> None:
    cells = INSTRUCTOR.cells
    found: dict[str, Any] = {c.grade_id: names.wanted(cells, n) for n, c in enumerate(cells) if c.solution}
    assert found == {"f": {"f"}, "plot": set(), "values": {"a", "b"}, "essay": set()}


def test_a_piece_of_a_copy_does_not_replace_the_whole_answer() -> None:
    """The cell was copied, and the copy split: its last half is not the answer."""
    cells = solved()
    number = at(cells, "values")
    whole = cells[number]
    halves = [replace(whole, source=line, cell_id="copy") for line in whole.source.splitlines()]
    assert len(halves) == 2
    rebuilt = placed([*cells[: number + 1], *halves, *cells[number + 1 :]])
    assert rebuilt.notebook.cell("values").source == whole.source and rebuilt.notes
