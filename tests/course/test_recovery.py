"""A notebook is read from any bytes that hold one, and what had to be done is said."""

from __future__ import annotations

import json

import pytest

from autograder.course.notebooks import Notebook
from autograder.course.recovery import recover
from autograder.errors import BadSubmission
from tests.conftest import cell, notebook_bytes

CONTENT = notebook_bytes(cell("code", "f", "größe = 1  # naïve"), cell("code", "g", "b = 2"))
TEXT = json.dumps(json.loads(CONTENT), ensure_ascii=False, indent=1)


def sources(notebook: Notebook) -> list[str]:
    """The texts of all cells."""
    return [each.source for each in notebook.cells]


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252"),
        ("latin-1", "Windows-1252"),
    ],
)
def test_any_encoding_is_read(encoding: str, shown: str) -> None:
    recovered = recover(TEXT.encode(encoding), "n")
    assert sources(recovered.notebook) == ["größe = 1  # naïve", "b = 2"] and not recovered.guessed
    assert [note.text for note in recovered.notes] == (
        [f"Your notebook was saved as {shown} and not as UTF-8. It was read all the same."] if shown else []
    )


@pytest.mark.parametrize("style", ["merge", "diff3"])
def test_a_conflict_is_settled_and_named(style: str) -> None:
    base = "||||||| base\n  old\n" if style == "diff3" else ""
    line = '   "source": "b = 2"'
    assert line in TEXT
    text = TEXT.replace(line, f'<<<<<<< HEAD\n{line}\n{base}=======\n   "source": "b = 3"\n>>>>>>> origin/main')
    recovered = recover(text.encode(), "n")
    assert sources(recovered.notebook)[1] == "b = 2" and recovered.guessed
    assert "1 conflict(s)" in recovered.notes[0].text and "the upper of both versions" in recovered.notes[0].text


def test_when_one_side_of_a_conflict_is_broken_the_other_is_read() -> None:
    line = '   "source": "b = 2"'
    text = TEXT.replace(line, f"<<<<<<< HEAD\n  broken\n=======\n{line}\n>>>>>>> origin/main\n")
    assert "the lower of both versions" in recover(text.encode(), "n").notes[0].text


def test_of_half_a_file_the_whole_cells_are_read_at_any_place_of_the_cut() -> None:
    content = TEXT.encode()
    for end in range(content.index(b'"b = 2"'), len(content) - 3, 5):
        recovered = recover(content[:end], "n")
        assert sources(recovered.notebook)[0] == "größe = 1  # naïve"
        assert recovered.guessed and recovered.cut_off and "were read and graded" in recovered.notes[-1].text


@pytest.mark.parametrize(
    "content",
    [b"", b"{ broken", b"\xff\xfe\x00", b"[" * 200_000, b"<<<<<<< a\n=======\n>>>>>>> b\n", b'{"cells": [', b"\0" * 99],
)
def test_what_holds_no_cell_is_refused(content: bytes) -> None:
    with pytest.raises(BadSubmission):
        recover(content, "n")
