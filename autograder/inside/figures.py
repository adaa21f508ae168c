"""Records which Matplotlib figures a cell showed, and describes them as plain data."""

from __future__ import annotations

from typing import Any

MAX_FIGURES = 50
MAX_AXES = 100
MAX_IMAGE_VALUES = 100_000
MAX_TEXT = 300
MAX_POINTS = 2000

shown: list[dict[str, Any]] = []


def install() -> None:
    """Record every figure from now on at the moment when IPython turns it into a picture."""
    from IPython.core import pylabtools

    original: Any = pylabtools.print_figure

    def print_figure(fig: Any, *args: Any, **kwargs: Any) -> Any:
        if len(shown) < MAX_FIGURES:
            shown.append(describe(fig))
        return original(fig, *args, **kwargs)

    pylabtools.print_figure = print_figure


def describe(fig: Any) -> dict[str, Any]:
    """Describe a figure: its axes in the order of their creation, with images, lines, titles, labels and legends."""
    bars = [image.colorbar.ax for ax in fig.axes for image in _images(ax) if getattr(image, "colorbar", None)]
    return {
        "title": _text(fig.get_suptitle()),
        "axes": [_axes(ax, ax in bars) for ax in fig.axes[:MAX_AXES]],
    }


def _images(ax: Any) -> list[Any]:
    return [*ax.images, *(mesh for mesh in ax.collections if hasattr(mesh, "get_coordinates"))]


def _axes(ax: Any, is_color_bar: bool) -> dict[str, Any]:
    from numpy import nan
    from numpy.ma import filled

    legend = ax.get_legend()
    return {
        "title": " ".join(_text(ax.get_title(loc)) for loc in ("left", "center", "right")).strip(),
        "xlabel": _text(ax.get_xlabel()),
        "ylabel": _text(ax.get_ylabel()),
        "texts": [_text(text.get_text()) for text in [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels()][:80]],
        "legend": [_text(entry.get_text()) for entry in legend.get_texts()[:50]] if legend else [],
        "lines": [
            {"label": _text(_name(line, legend)), "points": len(line.get_xdata()), "y": _values(line.get_ydata())}
            for line in ax.lines[:50]
        ],
        "scatter": [
            {"label": _text(str(dots.get_label())), "points": len(places), "y": _values(filled(places, nan)[:, 1])}
            for dots in ax.collections[:50]
            if type(dots).__name__ == "PathCollection"
            for places in [dots.get_offsets()]
        ],
        "images": [] if is_color_bar else [_image(image) for image in _images(ax)[-10:]],
    }


def _name(line: Any, legend: Any) -> str:
    """Return what the legend calls a curve, which may have been given its words in any order; else its own label."""
    from matplotlib.colors import to_rgba

    def look(artist: Any) -> tuple[Any, ...]:
        return to_rgba(artist.get_color()), artist.get_linestyle(), artist.get_marker()

    entries = zip(legend.legend_handles, legend.get_texts(), strict=False) if legend else ()
    names = [
        text.get_text() for handle, text in entries if isinstance(handle, type(line)) and look(handle) == look(line)
    ]
    return names[0] if len(names) == 1 else str(line.get_label())


def _image(image: Any) -> dict[str, Any]:
    import numpy as np

    data = np.asarray(image.get_array())
    mapped = (
        np.asarray(image.cmap(image.norm(data)))[..., :3]
        if data.ndim == 2
        else data / (255 if data.max(initial=0) > 1 else 1)
    )
    return {
        "shape": list(data.shape),
        "data": data.copy() if data.size <= MAX_IMAGE_VALUES else None,
        "colors": np.asarray(image.cmap(np.linspace(0, 1, 17)))[:, :3] if data.ndim == 2 else None,
        "contrast": float(np.ptp(mapped)) if mapped.size else 0.0,
    }


def _values(data: Any) -> Any:
    """Return the first values of a curve as numbers; an empty array where they are not numbers."""
    import numpy as np

    try:
        return np.asarray(data, dtype=float)[:MAX_POINTS]
    except (TypeError, ValueError):
        return np.empty(0)


def _text(text: str) -> str:
    return text[:MAX_TEXT]
