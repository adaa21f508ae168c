"""What the grader keeps of a kernel's trainings: plain data, signed, for the same answers of the same student."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder import wire
from autograder.course.notebooks import Notebook, parse
from autograder.course.signatures import SIZE, signed
from autograder.grading.training_cache import SubmissionTrainings, TrainingCache
from tests.conftest import cell, notebook_bytes

KEY = b"the key of an assignment"


def answers(text: str) -> Notebook:
    return parse(notebook_bytes(cell("code", "one", text, solution=True)), "n")


def test_no_other_student_assignment_or_submission_gets_the_trainings(tmp_path: Path) -> None:
    cache = TrainingCache(tmp_path)
    own = cache.of("a", "ann", answers("1"), KEY)
    assert own == cache.of("a", "ann", answers("1"), KEY)
    others = [("a", "bob", "1"), ("b", "ann", "1"), ("a", "ann", "2")]
    assert all(cache.of(name, who, answers(text), KEY).folder != own.folder for name, who, text in others)


def test_random_numbers_begin_where_a_note_beside_the_trainings_says(tmp_path: Path) -> None:
    trainings = TrainingCache(tmp_path).of("a", "ann", answers("1"), KEY)
    assert trainings.seed(7) == 7
    trainings.folder.mkdir(parents=True)
    (trainings.folder / "seed").write_text("12")
    assert trainings.seed(7) == 12


def kernel_folder(path: Path) -> int:
    path.mkdir(exist_ok=True)
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY)


def entry(epochs: int = 2, **changed: object) -> bytes:
    """A training as a kernel writes it; names of keyword arguments with None for a value are left out."""
    made: dict[str, object] = {
        "variables": [np.zeros((2, 3), "float32")],
        "params": {"epochs": epochs, "steps": 3, "verbose": 0},
        "epoch": list(range(epochs)),
        "record": {"loss": [float(number) for number in range(epochs)]},
        "callbacks": [{"best": float("inf"), "patience": 2}],
        "stopped": False,
        "world": {"python": [3, np.arange(4, dtype=np.uint64), None]},
    }
    return wire.encode({name: value for name, value in (made | changed).items() if value is not None})


def test_only_plain_files_with_a_key_for_a_name_are_kept_and_the_first_one_stays(tmp_path: Path) -> None:
    secret, talk = tmp_path / "secret", tmp_path / "kernel"
    secret.write_text("the grader's")
    descriptor = kernel_folder(talk)
    (talk / ("a" * 64)).write_bytes(entry(1))
    (talk / ("b" * 64)).symlink_to(secret)
    os.mkfifo(talk / ("c" * 64))
    (talk / ("d" * 64)).mkdir()
    (talk / "readme").write_text("x")
    trainings = SubmissionTrainings(tmp_path / "store" / "ann" / "answers", key=KEY)
    trainings.collect(descriptor)
    name = "a" * 64
    assert {file.name: file.read_bytes() for file in trainings.folder.iterdir()} == {name: signed(KEY, name, entry(1))}
    (talk / name).write_bytes(entry(2))
    trainings.collect(descriptor)
    assert (trainings.folder / name).read_bytes() == signed(KEY, name, entry(1))
    replace(trainings, fresh=True).collect(descriptor)
    assert (trainings.folder / name).read_bytes() == signed(KEY, name, entry(2))
    os.close(descriptor)


NO_TRAININGS = {
    "a note": b"x",
    "an empty file": b"",
    "another value": wire.encode([1, 2]),
    "a part less": entry(stopped=None),
    "a part more": entry(note="second run"),
    "weights that are no numbers": entry(variables=[np.array(["a note"])]),
    "weights that are not finite": entry(variables=[np.array([np.inf])]),
    "a history longer than its epochs": entry(record={"loss": [0.0] * 100}),
    "a history of texts": entry(record={"loss": ["a", "note"]}),
    "epochs that are no numbers": entry(epoch=["a", "note"]),
    "a note of a callback": entry(callbacks=[{"note": [1, 2]}]),
    "bytes after its end": entry() + b"a note",
}


@pytest.mark.parametrize("what", NO_TRAININGS)
def test_a_file_that_does_not_describe_a_training_is_not_kept(tmp_path: Path, what: str) -> None:
    descriptor = kernel_folder(tmp_path / "kernel")
    (tmp_path / "kernel" / ("a" * 64)).write_bytes(NO_TRAININGS[what])
    trainings = SubmissionTrainings(tmp_path / "trainings", key=KEY)
    trainings.collect(descriptor)
    os.close(descriptor)
    assert not trainings.folder.exists()


@pytest.mark.parametrize("change", ["of a byte", "of its name", "of its submission", "of its signature"])
def test_an_entry_that_this_course_did_not_sign_for_this_submission_is_not_laid_out(
    tmp_path: Path, change: str
) -> None:
    cache, name = TrainingCache(tmp_path / "trainings"), "a" * 64
    own = cache.of("a", "ann", answers("1"), KEY)
    descriptor = kernel_folder(tmp_path / "kernel")
    (tmp_path / "kernel" / name).write_bytes(entry())
    own.collect(descriptor)
    os.close(descriptor)
    content, where = (own.folder / name).read_bytes(), own
    if change == "of a byte":
        (own.folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif change == "of its name":
        (own.folder / name).rename(own.folder / ("b" * 64))
    elif change == "of its submission":
        where = cache.of("a", "bob", answers("1"), KEY)
        where.folder.mkdir(parents=True)
        (where.folder / name).write_bytes(content)
    else:
        (own.folder / name).write_bytes(content[SIZE:])
    descriptor = kernel_folder(tmp_path / "next")
    where.begun().lay_out(descriptor, None)
    os.close(descriptor)
    assert list((tmp_path / "next").iterdir()) == []


def test_the_cache_has_a_size_and_the_oldest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = TrainingCache(tmp_path / "trainings")
    monkeypatch.setattr("autograder.grading.training_cache.MOST_BYTES", 10_000)
    for name, numbers in (("a", 1500), ("b", 1500), ("c", 300)):
        (tmp_path / "kernel").mkdir(exist_ok=True)
        (tmp_path / "kernel" / (name * 64)).write_bytes(entry(variables=[np.zeros(numbers, "float32")]))
    descriptor = kernel_folder(tmp_path / "kernel")
    made = [cache.of("a", who, answers("1"), KEY) for who in ("ann", "bob")]
    for age, trainings in enumerate(made):
        trainings.collect(descriptor)
        assert sorted(file.name[0] for file in trainings.folder.iterdir()) == ["a", "c"]
        os.utime(trainings.folder, (age, age))
    cache.of("a", "bob", answers("2"), KEY).collect(descriptor)
    assert not made[1].folder.exists(), "an earlier submission's"
    cache.prune(most=10_000)
    assert not made[0].folder.exists() and cache.of("a", "bob", answers("2"), KEY).folder.exists()
    os.close(descriptor)
