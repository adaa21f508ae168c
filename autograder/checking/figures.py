"""What a cell drew, as a check sees it: axes, images, lines, titles, labels, legends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.checking import expect
from autograder.errors import BadReply

Array = np.ndarray[Any, Any]
GREY_TOLERANCE = 0.02


@dataclass(frozen=True)
class Image:
    """An image on axes: the values (None when too large to send), 17 samples of its colour map, (17, 3), and the contrast seen.

    `contrast` is the range of brightness on the screen, 0 to 1, after the colour map and its limits.
    """

    shape: tuple[int, ...]
    data: Array | None
    colors: Array | None
    contrast: float = 1.0

    def shown_in_grey(self) -> bool:
        """Whether red, green and blue are equal in what the eye sees: by the colour map, or in an RGB image itself."""
        rgb = self.colors if self.colors is not None else self.data
        if rgb is None or rgb.ndim < 2 or rgb.shape[-1] not in (3, 4):
            return False
        rgb = rgb[..., :3].astype(np.float64)
        scale = 255.0 if rgb.max(initial=0) > 1 else 1.0
        return bool(np.ptp(rgb, axis=-1).max(initial=0) <= GREY_TOLERANCE * scale)

    def shows(self, wanted: Array, atol: float) -> bool:
        """Whether it shows these values (0 to 1), also when it holds them as 0 to 255 or repeats grey in three channels."""
        if self.data is None:
            return False
        data = self.data.astype(np.float64)
        if wanted.ndim == 2 and data.ndim == 3:
            data = data[..., 0]
        if data.size != wanted.size:
            return False
        data = data.reshape(wanted.shape)
        return bool(min(np.abs(data - wanted).max(), np.abs(data / 255 - wanted).max()) <= atol)


@dataclass(frozen=True)
class Line:
    """A curve: its label, its number of points, and where they are (the first 2000)."""

    label: str
    points: int
    y: Array

    def shows(self, values: Sequence[float]) -> bool:
        """Whether it runs through these values, as they are or in percent."""
        if self.y.shape != (len(values),):
            return False
        return any(np.allclose(self.y, np.asarray(values) * scale, rtol=1e-3, atol=1e-4 * scale) for scale in (1, 100))


@dataclass(frozen=True)
class Axes:
    """One coordinate system of a figure."""

    title: str
    xlabel: str
    ylabel: str
    texts: tuple[str, ...]
    legend: tuple[str, ...]
    lines: tuple[Line, ...]
    images: tuple[Image, ...]

    def words(self) -> str:
        """Everything written at these axes, in lower case."""
        return " ".join([self.title, self.xlabel, self.ylabel, *self.texts, *self.legend]).lower()


@dataclass(frozen=True)
class Figure:
    """A figure that was shown."""

    title: str
    axes: tuple[Axes, ...]

    def pictures(self) -> list[tuple[Axes, Image]]:
        """The images that are seen, with their axes, in the order of drawing: the last one where several cover each other."""
        return [(axes, axes.images[-1]) for axes in self.axes if axes.images]


def best_figure(figures: list[Figure], images: int, stopped: str = "") -> Figure:
    """The last figure with this number of images, else the last of those with the most; a failed check when there is none.

    `stopped` says why the cell may not have got so far.
    """
    hint = "Make the cell run to its end." if stopped else "Draw it and end the cell with plt.show()."
    expect.that(figures, f"no figure was shown{stopped}", hint=hint)
    best = max(reversed(figures), key=lambda figure: (len(figure.pictures()) == images, len(figure.pictures())))
    expect.that(
        best.pictures(),
        f"the figure has no images in it{stopped}",
        hint=hint if stopped else "ax.imshow(image) draws an image.",
    )
    return best


def read_figures(reply: object) -> list[Figure]:
    """Figures from a kernel's answer; BadReply when it does not have their form."""
    try:
        assert isinstance(reply, list)
        return [_figure(each) for each in reply]
    except (AssertionError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadReply("what your program says about its figures cannot be read", detail=repr(error)) from None


def _figure(tree: Any) -> Figure:
    return Figure(_text(tree["title"]), tuple(_axes(each) for each in tree["axes"]))


def _axes(tree: Any) -> Axes:
    return Axes(
        title=_text(tree["title"]),
        xlabel=_text(tree["xlabel"]),
        ylabel=_text(tree["ylabel"]),
        texts=tuple(map(_text, tree["texts"])),
        legend=tuple(map(_text, tree["legend"])),
        lines=tuple(_line(each) for each in tree["lines"]),
        images=tuple(_image(each) for each in tree["images"]),
    )


def _line(tree: Any) -> Line:
    y = tree["y"]
    assert isinstance(y, np.ndarray) and y.dtype.kind == "f" and y.ndim == 1
    return Line(_text(tree["label"]), int(tree["points"]), y)


def _image(tree: Any) -> Image:
    data, colors = tree["data"], tree["colors"]
    for array in (data, colors):
        assert array is None or (isinstance(array, np.ndarray) and array.dtype.kind in "biuf")
    contrast = tree["contrast"]
    assert type(contrast) is float
    return Image(tuple(int(side) for side in tree["shape"]), data, colors, contrast)


def _text(value: object) -> str:
    assert isinstance(value, str)
    return value
