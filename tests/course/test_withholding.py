"""Withheld rows: chosen with the secret, gone from what kernels are served, with shapes and classes as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autograder.course import datasets, standins
from autograder.course.withholding import MOST, choose, prepare
from autograder.errors import DataError
from tests.conftest import ROOT

NAME = "fashion_mnist"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("store")
    standins.draw(ROOT / "course_data", made, NAME, sizes=(2000, 500))
    return made


def test_a_tenth_of_each_class_is_chosen_and_at_most_five_thousand_rows() -> None:
    labels = np.repeat(np.arange(10), 200)
    withheld, copied = choose(labels, b"secret", NAME)
    assert len(np.unique(withheld)) == 200 and not set(withheld) & set(copied)
    assert (np.bincount(labels[withheld]) == 20).all() and (labels[withheld] == labels[copied]).all()
    many, _ = choose(np.repeat(np.arange(10), 6000), b"secret", NAME)
    assert len(many) == MOST


def test_another_secret_chooses_other_rows_and_the_same_one_the_same() -> None:
    labels = np.repeat(np.arange(10), 200)
    one, again, other = (set(choose(labels, secret, NAME)[0]) for secret in (b"a", b"a", b"b"))
    assert one == again and len(one & other) < 60


def test_no_withheld_picture_is_served_and_everything_else_is_as_published(store: Path) -> None:
    whole = datasets.open_dataset(store, NAME)
    served = datasets.open_folders(NAME, whole.origin, *prepare(store, NAME, b"secret"))
    assert served["x_train"].shape == whole["x_train"].shape and np.array_equal(served["y_train"], whole["y_train"])
    assert np.array_equal(served["x_test"], whole["x_test"])
    shown = {row.tobytes() for row in served["x_train"]}
    assert not any(row.tobytes() in shown for row in served["x_withheld"])
    changed = (served["x_train"] != whole["x_train"]).any(axis=(1, 2))
    assert changed.sum() == len(served["x_withheld"]) > 180
    assert np.array_equal(whole["x_train"][changed], served["x_withheld"])
    assert np.array_equal(whole["y_train"][changed], served["y_withheld"])


def test_what_is_served_can_be_read_by_an_unprivileged_kernel_and_holds_no_labels_of_withheld_rows(store: Path) -> None:
    folder, withheld = prepare(store, NAME, b"secret")
    assert (folder, withheld) == prepare(store, NAME, b"secret")
    assert folder.stat().st_mode & 0o777 == 0o755 and withheld.stat().st_mode & 0o777 == 0o700
    parts = {"x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy", "dataset.json"}
    assert {file.name for file in folder.iterdir()} == parts


def test_a_dataset_that_is_not_there_cannot_be_served(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="mnist is not in"):
        prepare(tmp_path, "mnist", b"secret")
