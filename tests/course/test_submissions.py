"""A notebook is found wherever a student or a tool put it, and nothing else is taken for it."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course.assignment import Assignment
from autograder.course.notebooks import to_json, visible
from autograder.course.submissions import MAX_ENTRIES, loaded
from autograder.recording.graded import as_text
from autograder.records import Submission, Unreadable
from tests.conftest import EXERCISE, cell, notebook_bytes


@pytest.fixture(scope="module")
def untouched(exercise: Assignment) -> bytes:
    """The notebook as it is released."""
    return as_text(to_json(visible(exercise.only_notebook.notebook), {}, {})).encode()


@pytest.fixture(scope="module")
def answered(untouched: bytes) -> bytes:
    """The same with an answer."""
    return untouched.replace(b"# YOUR CODE HERE", b"x_train = 1 #", 1)


def found(folder: Path, assignment: Assignment) -> tuple[bytes | Unreadable, str]:
    """What is read from a folder, and the notes about it."""
    submission = loaded(Submission("ann", EXERCISE, folder), assignment)
    assert submission.contents is not None
    return submission.contents[EXERCISE], " ".join(submission.notes.get(EXERCISE, ()))


def put(name: str) -> Callable[[Path, bytes], None]:
    """Write the notebook under another name."""

    def write(folder: Path, content: bytes) -> None:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    return write


def archive(name: str) -> Callable[[Path, bytes], None]:
    """Write the notebook into a zip file."""

    def write(folder: Path, content: bytes) -> None:
        with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("__MACOSX/._" + name, b"not a notebook")
            out.writestr(name, content)

    return write


PLACES = {
    f"{EXERCISE} (2).ipynb": put,
    f"Kopie von {EXERCISE}.ipynb": put,
    f"{EXERCISE}-1.IPYNB": put,
    f"a/b/{EXERCISE}.ipynb": put,
    "Untitled.ipynb": put,
    f"folder/{EXERCISE}.ipynb": archive,
}


@pytest.mark.parametrize("name", PLACES)
def test_a_notebook_is_found_under_another_name(
    name: str, exercise: Assignment, tmp_path: Path, answered: bytes
) -> None:
    PLACES[name](name)(tmp_path, answered)
    content, note = found(tmp_path, exercise)
    assert content == answered and name in note and "graded as" in note


def test_the_exact_name_wins_and_needs_no_note(
    exercise: Assignment, tmp_path: Path, untouched: bytes, answered: bytes
) -> None:
    put(f"{EXERCISE}.ipynb")(tmp_path, untouched)
    put("better.ipynb")(tmp_path, answered)
    assert found(tmp_path, exercise) == (untouched, "")


def test_of_several_the_one_with_the_most_answers_is_graded_and_flagged(
    exercise: Assignment, tmp_path: Path, untouched: bytes, answered: bytes
) -> None:
    put("a.ipynb")(tmp_path, untouched)
    put("b.ipynb")(tmp_path, answered)
    put("c.ipynb")(tmp_path, untouched)
    content, note = found(tmp_path, exercise)
    assert content == answered and "3 notebooks; b.ipynb has the most answers" in note


def test_other_notebooks_links_and_folders_are_not_taken_for_it(
    exercise: Assignment, tmp_path: Path, answered: bytes
) -> None:
    folder, outside = tmp_path / "handed_in", tmp_path / "outside.ipynb"
    put("other.ipynb")(folder, notebook_bytes(cell("code", "something_else", "a = 1")))
    put(f".ipynb_checkpoints/{EXERCISE}-checkpoint.ipynb")(folder, answered)
    outside.write_bytes(answered)
    (folder / "link.ipynb").symlink_to(outside)
    (folder / "up").symlink_to(tmp_path)
    (folder / f"{EXERCISE}.ipynb").mkdir()
    os.mkfifo(folder / "fifo.ipynb")
    (folder / "damaged.zip").write_bytes(b"PK\x03\x04 nothing")
    content, _ = found(folder, exercise)
    assert isinstance(content, Unreadable)


def test_a_zip_bomb_and_a_heap_of_files_are_not_read_to_their_end(exercise: Assignment, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out, out.open("a.ipynb", "w") as member:
        for _ in range(60):
            member.write(bytes(2**20))
    (tmp_path / "bomb.zip").write_bytes(packed.getvalue())
    for number in range(MAX_ENTRIES + 10):
        (tmp_path / f"{number}.txt").touch()
    content, _ = found(tmp_path, exercise)
    assert isinstance(content, Unreadable)
