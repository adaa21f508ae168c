"""Answers files are read as they are meant, and mistakes in them are named with their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.answers import Answers, hand_in, read_answers
from autograder.course.notebooks import Notebook, parse
from autograder.errors import CourseError


def write(folder: Path, text: str) -> Path:
    file = folder / "answers.py"
    file.write_text(text)
    return file


def test_cells_and_header_are_read(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "# why: because\n# fails: test_a, test_b\n\n"
        "# %% to_gray\n\ndef to_gray(x):\n    return x\n\n"
        "# %% normalize\npass\n",
    )
    assert read_answers(file) == Answers(
        {"to_gray": "def to_gray(x):\n    return x", "normalize": "pass"}, "because", ("test_a", "test_b")
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "answers.py:1: code before"),
        ("# %% \n", "answers.py:1: write"),
        ("# %% a\n# %% a\n", "answers.py:2: the cell a comes twice"),
    ],
    ids=["code first", "no name", "twice"],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        read_answers(write(tmp_path, text))


def test_cells_that_are_not_named_keep_the_reference_solution(notebook: Notebook) -> None:
    made = parse(
        hand_in(notebook, Answers({"to_gray": "mine", "reflect": "# Grey *loses* colour.\n#\n# Less is more."})), "n"
    )
    assert made.cell("to_gray").source == "mine" and "return images / 255.0" in made.cell("normalize").source
    assert not any("SOLUTION" in cell.source for cell in made.cells)
    assert made.cell("reflect").source == "Grey *loses* colour.\n\nLess is more."


def test_an_unknown_cell_is_named_with_the_known_ones(notebook: Notebook) -> None:
    with pytest.raises(CourseError, match="there is no solution cell to_grey; there are: load, show_color, to_gray"):
        hand_in(notebook, Answers({"to_grey": ""}))


def test_a_file_of_windows_notepad_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"\xef\xbb\xbf# %% f\r\nreturn 1\r\n")
    assert read_answers(tmp_path / "a.py").cells == {"f": "return 1"}
