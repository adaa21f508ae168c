"""Records refuse values that cannot be."""

from __future__ import annotations

import pytest

from autograder.records import CellStatus, Limits, Task, TaskReport


@pytest.mark.parametrize("earned", [-1.0, 2.5, float("nan"), float("inf")])
def test_points_lie_between_zero_and_the_points_of_the_task(earned: float) -> None:
    with pytest.raises(ValueError, match="points"):
        TaskReport(Task("a", "test_a", 2.0, "A"), earned, CellStatus.OK, True)


def test_limits_are_positive() -> None:
    with pytest.raises(ValueError, match="cell_seconds"):
        Limits(cell_seconds=0)
