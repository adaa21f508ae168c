"""What is recorded of a figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import matplotlib
import numpy as np
import pytest

from autograder.inside.figures import describe

matplotlib.use("agg")


@pytest.fixture
def plt() -> Iterator[Any]:
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


def names(figure: Any) -> list[str]:
    return [line["label"] for axes in describe(figure)["axes"] for line in axes["lines"]]


@pytest.mark.parametrize("draw", ["imshow", "pcolormesh"])
def test_a_colour_bar_is_no_picture(plt: Any, draw: str) -> None:
    figure, axes = plt.subplots(1, 2)
    shown = [getattr(ax, draw)([[0, 1], [2, 3]]) for ax in axes]
    figure.colorbar(shown[0], ax=axes)
    figure.colorbar(shown[1], cax=figure.add_axes((0.95, 0.1, 0.02, 0.8)))
    assert [len(each["images"]) for each in describe(figure)["axes"]] == [1, 1, 0, 0]


def test_a_curve_is_called_what_the_legend_calls_it_whatever_its_order(plt: Any) -> None:
    figure, ax = plt.subplots()
    after, before = ax.plot([1, 2], "r--"), ax.plot([3, 4], "b")
    ax.legend([*before, *after], ["training", "validation"])
    assert names(figure) == ["validation", "training"]


def test_the_legend_in_the_order_of_the_curves_names_them(plt: Any) -> None:
    figure, ax = plt.subplots()
    ax.plot([1, 2])
    ax.plot([3, 4])
    ax.legend(["train", "val"])
    assert names(figure) == ["train", "val"]


def test_a_curve_has_its_own_label_where_the_legend_cannot_tell(plt: Any) -> None:
    figure, ax = plt.subplots()
    ax.plot([1, 2], "k", label="loss")
    ax.plot([3, 4], "k", label="val_loss")
    assert names(figure) == ["loss", "val_loss"]
    ax.legend()
    assert names(figure) == ["loss", "val_loss"], "both curves look alike"


def test_dots_that_nobody_joined_are_told_with_their_heights(plt: Any) -> None:
    _, ax = plt.subplots()
    ax.scatter([1, 2, 3], [0.5, np.nan, 0.25], label="loss")
    ax.fill_between([1, 2], [0, 1])
    (dots,) = describe(plt.gcf())["axes"][0]["scatter"]
    assert dots["label"] == "loss" and dots["points"] == 3
    assert np.array_equal(dots["y"], [0.5, np.nan, 0.25], equal_nan=True)
