"""Rows that no student's kernel has seen: chosen with the course's secret, and taken out of what kernels are served.

In their places stand copies of other rows of the same class, so that shapes and the balance of the classes stay as
published. The withheld rows and their labels stay in the grader's process.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from autograder.course.datasets import RECORD, Dataset, folder_of, open_dataset
from autograder.errors import DataError

Array = np.ndarray[Any, Any]
SERVED = ".served"
MOST, SHARE = 5000, 10  # rows, or every tenth of a small dataset


def choose(labels: Array, secret: bytes, name: str) -> tuple[Array, Array]:
    """Which training rows are withheld, and which rows stand in for them: two arrays of indices, class by class."""
    rng = np.random.default_rng(list(hashlib.sha256(secret + f"withheld {name}".encode()).digest()))
    labels = labels.ravel()
    withheld, copied = [], []
    for kind, members in enumerate(np.bincount(labels)):
        order = rng.permutation(np.flatnonzero(labels == kind))
        count = min(members // SHARE, round(MOST * members / len(labels)))
        withheld.append(order[:count])
        copied.append(rng.choice(order[count:], size=count, replace=False) if count else order[:0])
    return np.concatenate(withheld), np.concatenate(copied)


def serve(store: Path, name: str, secret: bytes) -> Path:
    """The folder of a dataset without its withheld rows, made at first use; DataError when there is no such dataset."""
    folder = folder_of(store, name)
    if folder is None:
        raise DataError(f"{name} is not in {store}")
    record = (folder / RECORD).read_bytes()
    target = store / SERVED / f"{name}-{hashlib.sha256(secret + record).hexdigest()[:16]}"
    if (target / RECORD).is_file():
        return target
    target.parent.mkdir(exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=target.parent))
    try:
        dataset = open_dataset(store, name)
        withheld, copied = choose(dataset["y_train"], secret, name)
        for key, array in dataset.arrays.items():
            changed = np.array(array)
            if key == "x_train":
                changed[withheld] = array[copied]
            np.save(building / f"{key}.npy", changed, allow_pickle=False)
        (building / RECORD).write_bytes(record)
        building.chmod(0o755)
        if not target.exists():  # two workers may come here at once: equal folders, and one of them stays
            building.rename(target)
    except OSError as error:
        if not (target / RECORD).is_file():
            raise DataError(f"{target} could not be written: {error.strerror}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def open_served(store: Path, name: str, secret: bytes) -> Dataset:
    """What kernels are served, and beside it, for the grader alone, `x_withheld` and `y_withheld`."""
    return _opened(serve(store, name, secret), store, name, secret)


@lru_cache(maxsize=8)  # by the folder, whose name says what is in it: one submission after the other asks for the same
def _opened(folder: Path, store: Path, name: str, secret: bytes) -> Dataset:
    whole = open_dataset(store, name)
    withheld, _ = choose(whole["y_train"], secret, name)
    keys = json.loads((folder / RECORD).read_text())["sha256"]
    arrays = {key: np.load(folder / f"{key}.npy", mmap_mode="r", allow_pickle=False) for key in keys}
    rows = np.sort(withheld)
    return Dataset(
        name, whole.origin, arrays | {"x_withheld": whole["x_train"][rows], "y_withheld": whole["y_train"][rows].ravel()}
    )
