"""Draws stand-ins of datasets, with the course's own module course_data/standins.py.

The module has two names. `NAMES` lists the datasets that it can draw. `make(name, sizes=None)` returns the arrays
x_train, y_train, x_test and y_test; `sizes` gives the numbers of training and test rows, by default the published ones.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from autograder.course import datasets
from autograder.errors import CourseError, DataError

FILE = "standins.py"


def names(data: Path) -> tuple[str, ...]:
    """Return the datasets for which a course can draw a stand-in; `data` is its folder course_data/."""
    module = _load(data / FILE)
    return tuple(module.NAMES) if module else ()


def draw(data: Path, store: Path, name: str, sizes: tuple[int, int] | None = None) -> Path:
    """Draw the stand-in of a dataset, write it into the store, and return its folder.

    Raises DataError when the course's module does not draw this dataset.
    """
    drawable = names(data)
    if name not in drawable:
        raise DataError(f"there is no stand-in for {name}; there are: {', '.join(drawable) or 'none'} ({data / FILE})")
    return datasets.save_dataset(store, name, datasets.STANDIN, _load(data / FILE).make(name, sizes=sizes))


def _load(file: Path) -> Any:
    """Return the course's module, or None when it has none. Raises CourseError when it cannot be imported."""
    if not file.is_file():
        return None
    spec = importlib.util.spec_from_file_location("course_standins", file)
    if spec is None or spec.loader is None:
        raise CourseError(f"{file} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules["course_standins"] = module  # dataclasses look up their module there
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # the module is the instructor's Python: it can raise anything
        raise CourseError(f"{file} cannot be imported: {type(error).__name__}: {error}") from error
    return module
