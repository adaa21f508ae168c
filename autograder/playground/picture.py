"""Draw the result of an experiment as the page does: the decision surface with its points, and the losses."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from PIL import Image

from autograder.playground.experiment import EXTENT, Rerun

ORANGE, WHITE, BLUE, INK, SOFT = "#f59322", "#e8eaeb", "#0877bd", "#1c2430", "#8a94a3"
COLOURS = LinearSegmentedColormap.from_list("playground", [ORANGE, WHITE, BLUE])


def draw(run: Rerun) -> bytes:
    """Return a PNG of 760 x 360 pixels.

    On the left it has the page's own run at the last epoch, on the right the losses of all starts.
    """
    figure = Figure(figsize=(7.6, 3.6), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.15])
    _surface(left, run)
    _losses(right, run)
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png")
    # 128 colours need a third of the bytes, and a feedback page holds a dozen of these pictures
    Image.open(drawn).quantize(128).save(small, "png", optimize=True)
    return small.getvalue()


def _surface(axes: Axes, run: Rerun) -> None:
    extent = (-EXTENT, EXTENT, -EXTENT, EXTENT)
    axes.imshow(run.surface, cmap=COLOURS, vmin=-1, vmax=1, extent=extent, interpolation="bilinear", alpha=0.75)
    for points, edge, name in ((run.points.test, INK, "test"), (run.points.train, "white", "training")):
        style: dict[str, Any] = {"c": points[:, 2], "cmap": COLOURS, "vmin": -1, "vmax": 1, "s": 13, "linewidths": 0.5}
        axes.scatter(points[:, 0], points[:, 1], edgecolors=edge, label=name, **style)
    axes.set(xlim=(-EXTENT, EXTENT), ylim=(-EXTENT, EXTENT), xticks=range(-6, 7, 3), yticks=range(-6, 7, 3))
    axes.tick_params(labelsize=8, length=2)
    axes.set_title(f"epoch {run.epochs[-1]}, from this seed", fontsize=9)
    axes.legend(loc="lower right", fontsize=7, framealpha=0.9, handletextpad=0.1, borderpad=0.3)


def _losses(axes: Axes, run: Rerun) -> None:
    for start in range(1, run.losses.shape[2]):
        axes.plot(run.epochs, run.losses[:, 1, start], color=SOFT, linewidth=0.6, alpha=0.6)
    axes.plot([], [], color=SOFT, linewidth=0.8, label=f"test, {run.losses.shape[2] - 1} resets")
    axes.plot(run.epochs, run.losses[:, 0, 0], color=INK, linewidth=1.2, linestyle="--", label="training, this seed")
    axes.plot(run.epochs, run.losses[:, 1, 0], color=INK, linewidth=1.8, label="test, this seed")
    axes.set(xlabel="epoch", ylabel="loss", ylim=(0, None), xlim=(0, max(run.epochs[-1], 1)))
    axes.tick_params(labelsize=8)
    axes.xaxis.label.set_fontsize(9)
    axes.yaxis.label.set_fontsize(9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=7, framealpha=0.9)
