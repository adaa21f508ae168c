"""The figures that a cell showed, as a check sees them: axes, images, lines, titles, labels and legends."""

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
    """An image on axes.

    `data` holds its values, or None when they are too many to send. `colors` holds 17 samples of its colour map,
    shape (17, 3), or None for an RGB image. `contrast` is the range of brightness on the screen, 0 to 1, after the
    colour map and its limits.
    """

    shape: tuple[int, ...]
    data: Array | None
    colors: Array | None
    contrast: float = 1.0

    def shown_in_grey(self) -> bool:
        """Return whether the image appears in grey: red, green and blue are equal within a tolerance.

        The colours are those of the colour map, or of the image itself if it is RGB.
        """
        rgb = self.colors if self.colors is not None else self.data
        if rgb is None or rgb.ndim < 2 or rgb.shape[-1] not in (3, 4):
            return False
        rgb = rgb[..., :3].astype(np.float64)
        scale = 255.0 if rgb.max(initial=0) > 1 else 1.0
        return bool(np.ptp(rgb, axis=-1).max(initial=0) <= GREY_TOLERANCE * scale)

    def views(self) -> list[Array]:
        """Return the values as they are, and upside down: `imshow` draws from the top, `pcolormesh` from the bottom."""
        return [] if self.data is None or self.data.ndim == 0 else [self.data, self.data[::-1]]

    def shows(self, wanted: Array, atol: float) -> bool:
        """Return whether the image shows these values (0 to 1) within `atol`.

        The image may also hold them as 0 to 255, or repeat grey in three channels.
        """
        for view in self.views():
            data = view.astype(np.float64)
            if wanted.ndim == 2 and data.ndim == 3:
                data = data[..., 0]
            if data.size != wanted.size:
                continue
            data = data.reshape(wanted.shape)
            if min(np.abs(data - wanted).max(), np.abs(data / 255 - wanted).max()) <= atol:
                return True
        return False


@dataclass(frozen=True)
class Line:
    """A curve: its label, its number of points, and the y values of the first 2000 points."""

    label: str
    points: int
    y: Array

    def shows(self, values: Sequence[float]) -> bool:
        """Return whether the curve runs through these values, as they are or in percent."""
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
    scatter: tuple[Line, ...] = ()

    def curves(self) -> tuple[Line, ...]:
        """Return what has a value for each epoch: curves, and dots that nobody joined."""
        return (*self.lines, *self.scatter)

    def words(self) -> str:
        """Return all text at these axes, in lower case."""
        return " ".join([self.title, self.xlabel, self.ylabel, *self.texts, *self.legend]).lower()


@dataclass(frozen=True)
class Figure:
    """A figure that the cell showed."""

    title: str
    axes: tuple[Axes, ...]

    def pictures(self) -> list[tuple[Axes, Image]]:
        """Return the visible images with their axes, in the order of drawing.

        Where several images cover each other, only the last one is visible.
        """
        return [(axes, axes.images[-1]) for axes in self.axes if axes.images]


def best_figure(figures: list[Figure], images: int, stopped: str = "") -> Figure:
    """Return the last figure with this number of images, or else the last of those with the most images.

    Fails if no figure was shown, or if none has an image. `stopped` says why the cell may not have reached its end.
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
    """Return the figures in a kernel's reply. Raises BadReply if the reply does not have their form."""
    try:
        assert isinstance(reply, list)
        return [_figure(figure) for figure in reply]
    except (AssertionError, AttributeError, LookupError, TypeError, ValueError, OverflowError) as error:
        raise BadReply("what your program says about its figures cannot be read", detail=repr(error)) from None


def _figure(tree: Any) -> Figure:
    return Figure(_text(tree["title"]), tuple(_axes(axes) for axes in tree["axes"]))


def _axes(tree: Any) -> Axes:
    return Axes(
        title=_text(tree["title"]),
        xlabel=_text(tree["xlabel"]),
        ylabel=_text(tree["ylabel"]),
        texts=tuple(map(_text, tree["texts"])),
        legend=tuple(map(_text, tree["legend"])),
        lines=tuple(_line(line) for line in tree["lines"]),
        images=tuple(_image(image) for image in tree["images"]),
        scatter=tuple(_line(dots) for dots in tree["scatter"]),
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
