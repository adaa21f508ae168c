"""Withholds rows of a dataset, so that checks can use rows that no student's kernel can load.

The course's secret decides which rows are withheld. Copies of other rows of the same class take their places, so that
shapes and class balance stay as published. The withheld rows and their labels are in a folder that kernels never get.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from autograder.course.datasets import RECORD, folder_of, open_dataset
from autograder.errors import DataError

Array = np.ndarray[Any, Any]
SERVED, WITHHELD = ".served", ".withheld"
MOST, SHARE = 5000, 10  # withhold up to 5000 rows, and at most a tenth of each class


def choose(labels: Array, secret: bytes, name: str) -> tuple[Array, Array]:
    """Return the indices of the withheld training rows, and those of the rows that take their places.

    Both arrays have the same shape, and rows of the same class stand at the same position.
    """
    rng = np.random.default_rng(list(hashlib.sha256(secret + f"withheld {name}".encode()).digest()))
    labels = labels.ravel()
    withheld, copied = [], []
    for label, size in enumerate(np.bincount(labels)):
        order = rng.permutation(np.flatnonzero(labels == label))
        count = min(size // SHARE, round(MOST * size / len(labels)))
        withheld.append(order[:count])
        copied.append(rng.choice(order[count:], size=count, replace=False) if count else order[:0])
    return np.concatenate(withheld), np.concatenate(copied)


def prepare(store: Path, name: str, secret: bytes) -> tuple[Path, Path]:
    """Return two folders: a dataset without its withheld rows, for kernels, and these rows, for the grader only.

    The folders are written at first use. Raises DataError when there is no such dataset.
    """
    folder = folder_of(store, name)
    if folder is None:
        raise DataError(f"{name} is not in {store}")
    record = (folder / RECORD).read_bytes()
    digest = f"{name}-{hashlib.sha256(secret + record).hexdigest()[:16]}"
    served, withheld = store / SERVED / digest, store / WITHHELD / digest
    if not ((served / RECORD).is_file() and (withheld / RECORD).is_file()):
        dataset = open_dataset(store, name)
        rows, copied = choose(dataset["y_train"], secret, name)
        changed = {key: np.array(array) for key, array in dataset.arrays.items()}
        changed["x_train"][rows] = dataset["x_train"][copied]
        _write(served, changed, record, 0o755)
        ordered = np.sort(rows)
        hidden = {"x_withheld": dataset["x_train"][ordered], "y_withheld": dataset["y_train"][ordered].ravel()}
        _write(withheld, hidden, record, 0o700)
    return served, withheld


def _write(target: Path, arrays: dict[str, Array], record: bytes, mode: int) -> None:
    """Write a folder of arrays, all or nothing. An existing folder stays as it is."""
    if (target / RECORD).is_file():
        return
    target.parent.mkdir(exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for key, array in arrays.items():
            np.save(building / f"{key}.npy", array, allow_pickle=False)
        (building / RECORD).write_bytes(record)
        building.chmod(mode)
        if not target.exists():  # two processes may get here at once with equal folders; one of them stays
            building.rename(target)
    except OSError as error:
        if not (target / RECORD).is_file():
            raise DataError(f"{target} could not be written: {error.strerror}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
