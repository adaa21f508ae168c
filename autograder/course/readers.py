"""Reads published dataset files: one function for each format that course_data/datasets.toml can name.

A reader takes the registry entry and the folder with its verified files. It returns arrays by name: x_train, y_train,
x_test, y_test. To add a format, write a function here and add it to `READERS`.
"""

from __future__ import annotations

import gzip
import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
UnreadableError = (OSError, ValueError, KeyError, EOFError, pickle.UnpicklingError)  # what a reader may raise


@dataclass(frozen=True)
class FileSpec:
    """One published file: its name below the dataset's folder, its checksum as (algorithm, digest), its URL."""

    name: str
    checksum: tuple[str, str]
    url: str = ""


@dataclass(frozen=True)
class DatasetSpec:
    """One entry of the registry: `image` is the shape of one row, `train` and `test` are the numbers of rows."""

    name: str
    title: str
    format: str
    folder: str
    image: tuple[int, ...]
    train: int
    test: int
    classes: tuple[str, ...]
    licence: str
    citation: str
    files: tuple[FileSpec, ...]
    archive: FileSpec | None
    arrays: dict[str, str]


class _ArraysOnly(pickle.Unpickler):
    """Reads the pickles in which CIFAR is published; it loads NumPy arrays and refuses every other class."""

    def find_class(self, module: str, name: str) -> Any:
        module = module.replace("numpy.core.", "numpy._core.")
        if (module, name) in (("numpy._core.multiarray", "_reconstruct"), ("numpy", "ndarray"), ("numpy", "dtype")):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} in a dataset")


def _read_cifar(spec: DatasetSpec, folder: Path) -> dict[str, Array]:
    arrays: dict[str, Array] = {}
    for part in ("train", "test"):
        names = [file.name for file in spec.files if ("test" in file.name) == (part == "test")]
        batches = [_ArraysOnly(io.BytesIO((folder / name).read_bytes()), encoding="bytes").load() for name in names]
        images = np.concatenate([batch[b"data"] for batch in batches]).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        arrays[f"x_{part}"] = np.ascontiguousarray(images)
        for suffix, key in (("", b"labels"), ("", b"fine_labels"), ("_coarse", b"coarse_labels")):
            if key in batches[0]:
                labels = np.concatenate([np.array(batch[key], dtype=np.uint8) for batch in batches])
                arrays[f"y_{part}{suffix}"] = labels[:, None]
    return arrays


def _read_idx(spec: DatasetSpec, folder: Path) -> dict[str, Array]:
    def body(name: str, offset: int) -> Array:
        return np.frombuffer(gzip.decompress((folder / name).read_bytes()), np.uint8, offset=offset)

    arrays: dict[str, Array] = {}
    for part, prefix in (("train", "train"), ("test", "t10k")):
        arrays[f"x_{part}"] = body(f"{prefix}-images-idx3-ubyte.gz", 16).reshape(-1, *spec.image)
        arrays[f"y_{part}"] = body(f"{prefix}-labels-idx1-ubyte.gz", 8)
    return arrays


def _read_npz(spec: DatasetSpec, folder: Path) -> dict[str, Array]:
    with np.load(folder / spec.files[0].name, allow_pickle=False) as arrays:
        return {key: np.ascontiguousarray(arrays[key]) for key in ("x_train", "y_train", "x_test", "y_test")}


READERS: dict[str, Callable[[DatasetSpec, Path], dict[str, Array]]] = {
    "cifar": _read_cifar,
    "idx": _read_idx,
    "npz": _read_npz,
}
