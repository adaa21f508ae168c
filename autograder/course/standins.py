"""Stand-ins of datasets: the course brings the module that draws them, course_data/standins.py.

The module has `NAMES`, the datasets that it can draw, and `make(name, sizes=None)`, which returns the arrays x_train,
y_train, x_test and y_test; `sizes` are numbers of training and test rows in place of the published ones.
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
    """Return the datasets for which the course in `data` (course_data/) can draw a stand-in."""
    module = _load(data / FILE)
    return tuple(module.NAMES) if module else ()


def draw(data: Path, store: Path, name: str, sizes: tuple[int, int] | None = None) -> Path:
    """Draw the stand-in of a dataset into the store and return its folder; raises DataError when there is none."""
    known = names(data)
    if name not in known:
        raise DataError(f"there is no stand-in for {name}; there are: {', '.join(known) or 'none'} ({data / FILE})")
    return datasets.save_dataset(store, name, datasets.STANDIN, _load(data / FILE).make(name, sizes=sizes))


def _load(file: Path) -> Any:
    """Return the course's module, or None when it has none; raises CourseError when it cannot be imported."""
    if not file.is_file():
        return None
    spec = importlib.util.spec_from_file_location("course_standins", file)
    if spec is None or spec.loader is None:
        raise CourseError(f"{file} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules["course_standins"] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # Python of the instructor's: it can raise anything
        raise CourseError(f"{file} cannot be imported: {type(error).__name__}: {error}") from error
    return module
