"""Stand-ins for the published datasets, drawn by a program for machines without internet.

The images have the shapes, classes and dtypes of the published ones. Every image is a drawing with random form, tone
and clutter. Some forms of neighbouring classes overlap, as they do in the real data: a network can learn them, but
not perfectly, and it overfits. Pixels are computed with operations that IEEE 754 rounds exactly, and noise is drawn
as integers, so that a seed gives the same bytes everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

SEED = 20230411
CHUNK = 256

Array = Any  # float32 arrays that broadcast: (n, 1, 1), (1, side, 1) and (n, side, side)


@dataclass(frozen=True)
class Canvas:
    """A grid of `side` x `side` pixels for `n` images at once; coordinates run from -1 (left, top) to 1."""

    n: int
    side: int
    rng: np.random.Generator

    @property
    def x(self) -> Array:
        """Pixel centres, shape (1, 1, side), float32."""
        return ((np.arange(self.side, dtype=np.float32) + 0.5) * np.float32(2 / self.side) - 1)[None, None, :]

    @property
    def y(self) -> Array:
        """Pixel centres, shape (1, side, 1), float32, downwards."""
        return self.x.reshape(1, -1, 1)

    def draw(self, low: float, high: float) -> Array:
        """Return one random number per image, shape (n, 1, 1), float32."""
        return (low + (high - low) * self.rng.random((self.n, 1, 1), dtype=np.float32)).astype(np.float32)

    def ink(self, distance: Array) -> Array:
        """Return the coverage in [0, 1] from a signed distance (negative inside); edges are one pixel soft."""
        return np.clip(np.float32(0.5) - distance * np.float32(self.side / 2), 0, 1)

    def box(self, cx: Any, cy: Any, hx: Any, hy: Any, lean: Any = 0.0) -> Array:
        """Draw a box of half sizes hx and hy; `lean` shifts it sideways per unit of height."""
        dx = np.abs(self.x - cx - lean * (self.y - cy)) - hx
        dy = np.abs(self.y - cy) - hy
        return self.ink(np.maximum(dx, dy))

    def ellipse(self, cx: Any, cy: Any, rx: Any, ry: Any) -> Array:
        """Draw an ellipse of half axes rx and ry."""
        u, v = (self.x - cx) / rx, (self.y - cy) / ry
        return self.ink((np.sqrt(u * u + v * v) - 1) * np.minimum(rx, ry))

    def taper(self, cx: Any, top: Any, bottom: Any, wide_top: Any, wide_bottom: Any) -> Array:
        """Draw a trapezium between the heights `top` and `bottom`, with the half widths at both."""
        along = np.clip((self.y - top) / (bottom - top), 0, 1)
        dx = np.abs(self.x - cx) - (wide_top + (wide_bottom - wide_top) * along)
        return self.ink(np.maximum(dx, np.maximum(top - self.y, self.y - bottom)))

    def stroke(self, x0: Any, y0: Any, x1: Any, y1: Any, thick: Any) -> Array:
        """Draw a line segment with round ends."""
        ax, ay = x1 - x0, y1 - y0
        along = np.clip(((self.x - x0) * ax + (self.y - y0) * ay) / (ax * ax + ay * ay + np.float32(1e-6)), 0, 1)
        u, v = self.x - x0 - along * ax, self.y - y0 - along * ay
        return self.ink(np.sqrt(u * u + v * v) - thick)

    def ring(self, cx: Any, cy: Any, rx: Any, ry: Any, thick: Any) -> Array:
        """Draw the outline of an ellipse."""
        u, v = (self.x - cx) / rx, (self.y - cy) / ry
        return self.ink(np.abs(np.sqrt(u * u + v * v) - 1) * np.minimum(rx, ry) - thick)

    def noise(self, amplitude: int, channels: int = 0) -> Array:
        """Return pixel noise, integers in -amplitude..amplitude, float32."""
        shape = (self.n, self.side, self.side) + ((channels,) if channels else ())
        return self.rng.integers(-amplitude, amplitude + 1, shape, dtype=np.int16).astype(np.float32)


def join(*masks: Array) -> Array:
    """Return the union of soft masks."""
    result = masks[0]
    for mask in masks[1:]:
        result = np.maximum(result, mask)
    return result


# --- Fashion-MNIST: ten silhouettes -----------------------------------------------------------------------------------


def garment(kind: int, c: Canvas) -> Array:
    """Return the coverage of one garment per image, shape (n, side, side)."""
    d = c.draw
    cx, wide = d(-0.08, 0.08), d(0.30, 0.46)
    top, bottom = d(-0.85, -0.62), d(0.55, 0.85)
    if kind in (0, 2, 4, 6):  # T-shirt, pullover, coat, shirt: one body; sleeves, length and front overlap between them
        sleeve = {0: d(0.05, 0.62), 2: d(0.55, 1.25), 4: d(0.75, 1.35), 6: d(0.35, 0.9)}[kind]
        bottom = bottom + {0: 0.0, 2: -0.05, 4: d(0.0, 0.12), 6: d(-0.05, 0.05)}[kind]
        spread, thick = d(0.16, 0.42), d(0.10, 0.16)
        sleeves = [
            c.stroke(cx + s * wide, top + 0.14, cx + s * (wide + spread * sleeve * 0.9), top + 0.14 + sleeve, thick)
            for s in (-1, 1)
        ]
        shape = join(c.taper(cx, top, bottom, wide * d(0.85, 1.0), wide * d(0.9, 1.15)), *sleeves)
        neck = c.ellipse(cx, top, wide * d(0.25, 0.6), d(0.06, 0.22))
        shape = shape * (1 - neck)
        front = {0: d(0.0, 0.35), 2: d(0.0, 0.3), 4: d(0.1, 0.9), 6: d(0.0, 0.7)}[kind]
        return shape * (1 - front * c.box(cx, (top + bottom) / 2, 0.035, (bottom - top) / 2))
    if kind == 1:
        leg, gap = d(0.12, 0.2), d(0.02, 0.14)
        legs = [c.taper(cx + s * (leg + gap), top, bottom + 0.1, leg, leg * d(0.6, 1.05)) for s in (-1, 1)]
        return join(c.box(cx, top + 0.12, leg * 2 + gap, 0.14), *legs)
    if kind == 3:
        sleeve = d(0.0, 0.9)
        arms = [
            c.stroke(cx + s * wide * 0.6, top + 0.1, cx + s * wide * 1.05, top + 0.1 + sleeve, d(0.05, 0.11))
            for s in (-1, 1)
        ]
        return join(c.taper(cx, top, bottom + 0.1, wide * d(0.4, 0.75), wide * d(0.6, 1.3)), *arms)
    if kind == 8:
        base = d(-0.3, 0.1)
        bag = c.taper(cx, base, bottom, d(0.45, 0.8), d(0.5, 0.85))
        return join(bag, c.ring(cx, base, d(0.2, 0.5), d(0.2, 0.6), d(0.04, 0.08)))
    floor, heel = d(0.35, 0.6), d(-0.85, -0.7)
    sole = c.box(0.0, floor, d(0.78, 0.92), d(0.05, 0.1))
    if kind == 5:
        straps = [
            c.stroke(heel + d(0.1, 0.9), floor, heel + d(0.4, 1.4), floor - d(0.2, 0.75), d(0.04, 0.1))
            for _ in range(3)
        ]
        return join(sole, *straps, d(0.0, 0.6) * c.ellipse(d(-0.2, 0.4), floor - 0.1, d(0.3, 0.6), d(0.15, 0.35)))
    upper = c.ellipse(d(0.0, 0.2), floor, d(0.7, 0.85), d(0.3, 0.55)) * c.box(0.0, floor - 0.5, 1.0, 0.55)
    shaft = c.box(
        heel + d(0.28, 0.42),
        floor - {7: d(0.2, 0.5), 9: d(0.4, 0.75)}[kind],
        d(0.25, 0.42),
        {7: d(0.1, 0.4), 9: d(0.35, 0.6)}[kind],
    )
    return join(sole, upper, shaft)


def fashion(kind: int, c: Canvas) -> Array:
    """Draw garments in grey on black, with folds, prints and a little clutter, uint8 (n, 28, 28)."""
    d = c.draw
    shape = garment(kind, c)
    tone = d(70, 255)
    folds = (
        d(-0.35, 0.35) * c.x
        + d(-0.3, 0.3) * c.y
        + d(-0.45, 0.25) * c.stroke(d(-0.7, 0.7), d(-0.7, 0.7), d(-0.7, 0.7), d(-0.7, 0.7), d(0.05, 0.3))
    )
    stripes = np.clip(np.abs(((c.y * d(2, 7)) % 1) - 0.5) * 4 - 1, -1, 1) * d(-0.3, 0.3)
    clutter = d(-160, 120) * c.ellipse(d(-1, 1), d(-1, 1), d(0.08, 0.4), d(0.08, 0.4))
    image = shape * tone * (1 + folds + stripes) + clutter + c.noise(60)
    return np.clip(image, 0, 255).astype(np.uint8)


# --- MNIST: ten digits of strokes -------------------------------------------------------------------------------------

STROKES: dict[int, list[tuple[float, float, float, float]]] = {
    1: [(0.0, -0.65, 0.0, 0.65), (0.0, -0.65, -0.22, -0.4)],
    2: [(-0.35, -0.4, 0.0, -0.65), (0.0, -0.65, 0.36, -0.35), (0.36, -0.35, -0.38, 0.62), (-0.38, 0.62, 0.42, 0.6)],
    3: [
        (-0.35, -0.6, 0.3, -0.55),
        (0.3, -0.55, -0.02, -0.05),
        (-0.02, -0.05, 0.36, 0.3),
        (0.36, 0.3, -0.02, 0.64),
        (-0.02, 0.64, -0.38, 0.5),
    ],
    4: [(0.1, -0.65, -0.42, 0.15), (-0.42, 0.15, 0.45, 0.15), (0.2, -0.3, 0.2, 0.66)],
    5: [
        (0.36, -0.62, -0.3, -0.62),
        (-0.3, -0.62, -0.34, -0.05),
        (-0.34, -0.05, 0.3, 0.05),
        (0.3, 0.05, 0.25, 0.55),
        (0.25, 0.55, -0.36, 0.6),
    ],
    7: [(-0.4, -0.6, 0.4, -0.6), (0.4, -0.6, -0.12, 0.66)],
}
LOOPS: dict[int, list[tuple[float, float, float, float]]] = {
    0: [(0.0, 0.0, 0.38, 0.62)],
    6: [(0.0, 0.3, 0.34, 0.34)],
    8: [(0.0, -0.32, 0.28, 0.3), (0.0, 0.33, 0.34, 0.32)],
    9: [(0.02, -0.3, 0.33, 0.34)],
}
TAILS: dict[int, list[tuple[float, float, float, float]]] = {
    6: [(0.18, -0.66, -0.3, 0.2)],
    9: [(0.35, -0.3, 0.2, 0.66)],
}


def digits(kind: int, c: Canvas) -> Array:
    """Draw digits with a round pen, slanted and jittered, over stray strokes, uint8 (n, 28, 28)."""
    d = c.draw
    thick, scale, lean, dx, dy = d(0.06, 0.13), d(0.75, 1.1), d(-0.35, 0.35), d(-0.2, 0.2), d(-0.15, 0.15)

    def at(x: float, y: float) -> tuple[Array, Array]:
        down = scale * y + d(-0.1, 0.1) + dy
        return scale * x + d(-0.1, 0.1) + dx - lean * down, down

    masks = []
    for x0, y0, x1, y1 in STROKES.get(kind, []) + TAILS.get(kind, []):
        masks.append(c.stroke(*at(x0, y0), *at(x1, y1), thick))
    for cx, cy, rx, ry in LOOPS.get(kind, []):
        masks.append(c.ring(*at(cx, cy), scale * rx * d(0.75, 1.2), scale * ry * d(0.75, 1.2), thick))
    stray = [d(0.0, 1.0) * c.stroke(d(-1, 1), d(-1, 1), d(-1, 1), d(-1, 1), d(0.04, 0.1)) for _ in range(6)]
    image = np.maximum(join(*masks), 0.8 * join(*stray)) * d(90, 255) + c.noise(110)
    return np.clip(image, 0, 255).astype(np.uint8)


# --- CIFAR-10: ten coloured scenes ------------------------------------------------------------------------------------


def thing(kind: int, c: Canvas, cx: Array, cy: Array, s: Array) -> Array:
    """Return the coverage of one airplane, car, animal or ship per image, around (cx, cy), with the size s."""
    d = c.draw
    leg = s * d(0.06, 0.12)
    if kind == 0:
        return join(
            c.ellipse(cx, cy, s * 0.9, s * 0.16),
            c.stroke(cx, cy, cx - s * 0.3, cy + s * d(0.3, 0.7), leg),
            c.stroke(cx, cy, cx - s * 0.3, cy - s * d(0.3, 0.7), leg),
            c.stroke(cx - s * 0.8, cy, cx - s * 0.95, cy - s * 0.4, leg),
        )
    if kind in (1, 9):
        cabin = {1: d(0.3, 0.5), 9: d(0.35, 0.8)}[kind]
        body = c.box(cx, cy + s * 0.1, s * d(0.75, 0.95), s * 0.25)
        top = c.box(
            cx - s * {1: d(-0.1, 0.2), 9: d(0.05, 0.35)}[kind],
            cy - s * 0.2,
            s * cabin,
            s * {1: d(0.15, 0.3), 9: d(0.25, 0.5)}[kind],
        )
        return join(body, top, *[c.ellipse(cx + side * s * 0.5, cy + s * 0.38, s * 0.2, s * 0.2) for side in (-1, 1)])
    if kind == 8:
        mast = c.stroke(cx, cy, cx, cy - s * d(0.5, 0.9), leg)
        return join(
            c.taper(cx, cy, cy + s * 0.4, s * 0.95, s * 0.6),
            c.box(cx - s * 0.2, cy - s * 0.15, s * d(0.2, 0.4), s * 0.2),
            mast,
        )
    if kind == 2:
        return join(
            c.ellipse(cx, cy, s * 0.5, s * 0.35),
            c.ellipse(cx + s * 0.5, cy - s * 0.3, s * 0.2, s * 0.2),
            c.stroke(cx - s * 0.4, cy, cx - s * 0.9, cy + s * d(-0.3, 0.3), leg),
            c.stroke(cx, cy + s * 0.3, cx, cy + s * 0.7, leg * 0.6),
        )
    if kind == 6:
        return join(
            c.ellipse(cx, cy, s * 0.75, s * 0.5),
            *[c.ellipse(cx + side * s * 0.4, cy - s * 0.45, s * 0.18, s * 0.18) for side in (-1, 1)],
        )
    tall = {3: d(0.3, 0.5), 4: d(0.6, 1.0), 5: d(0.35, 0.6), 7: d(0.55, 0.9)}[kind]
    head = {3: d(0.3, 0.42), 4: d(0.14, 0.22), 5: d(0.26, 0.38), 7: d(0.2, 0.3)}[kind]
    legs = [
        c.stroke(cx + s * at, cy + s * 0.1, cx + s * at, cy + s * (0.2 + tall), leg) for at in (-0.5, -0.3, 0.3, 0.5)
    ]
    neck = c.stroke(cx + s * 0.5, cy, cx + s * 0.75, cy - s * tall * 0.8, leg * 1.5)
    ears = [
        c.stroke(
            cx + s * 0.75,
            cy - s * tall * 0.8,
            cx + s * (0.75 + side),
            cy - s * (tall * 0.8 + {3: 0.45, 4: 0.7, 5: 0.3, 7: 0.35}[kind]),
            leg * 0.6,
        )
        for side in (-0.22, 0.22)
    ]
    return join(
        c.ellipse(cx, cy, s * 0.65, s * 0.28),
        c.ellipse(cx + s * 0.75, cy - s * tall * 0.8, s * head, s * head * 0.8),
        neck,
        *legs,
        *ears,
    )


# Mean colours (red, green, blue), 0..255: of the background above, of the background below, and of the thing itself.
PALETTE = {
    0: ((130, 170, 215), (160, 190, 220), (190, 190, 195)),
    1: ((150, 155, 165), (115, 115, 118), (150, 70, 70)),
    2: ((140, 160, 130), (110, 140, 90), (120, 95, 70)),
    3: ((150, 130, 120), (130, 110, 95), (135, 115, 95)),
    4: ((110, 140, 90), (115, 125, 70), (140, 105, 65)),
    5: ((145, 135, 120), (125, 120, 95), (150, 125, 95)),
    6: ((110, 115, 80), (100, 95, 65), (110, 125, 60)),
    7: ((140, 160, 150), (120, 125, 80), (110, 80, 60)),
    8: ((140, 170, 205), (80, 110, 145), (150, 140, 140)),
    9: ((155, 165, 180), (120, 115, 110), (150, 125, 90)),
}


def scenes(kind: int, c: Canvas) -> Array:
    """Draw a thing before a two-part background, of varied colour, place and size, uint8 (n, 32, 32, 3)."""
    return scene(kind, PALETTE[kind], c)


def scene(kind: int, palette: tuple[tuple[int, int, int], ...], c: Canvas) -> Array:
    """Draw a thing in the mean colours of a palette, uint8 (n, 32, 32, 3)."""
    d = c.draw

    def colour(base: tuple[int, int, int], spread: float) -> Array:
        shade = d(-spread, spread)
        return np.stack([np.clip(b + shade + d(-spread / 2, spread / 2), 0, 255)[..., 0] for b in base], axis=-1)[
            :, :, None, :
        ]

    above, below, body = (colour(base, spread) for base, spread in zip(palette, (32, 32, 50), strict=True))
    horizon = c.ink(d(-0.4, 0.7) - c.y - 0.3 * d(-0.3, 0.3) * c.x)[..., None]
    image = above + (below - above) * horizon
    mask = thing(kind, c, d(-0.3, 0.3), d(-0.2, 0.3), d(0.45, 0.85))[..., None]
    shade = (1 + d(-0.3, 0.3) * c.x + d(-0.3, 0.3) * c.y)[..., None]
    image = image + (body * shade - image) * mask
    blob = c.ellipse(d(-1, 1), d(-1, 1), d(0.1, 0.4), d(0.1, 0.4))[..., None] * d(0.1, 0.7)[..., None]
    image = image + (colour((128, 128, 128), 100) - image) * blob
    return np.clip(image + c.noise(60, 3), 0, 255).astype(np.uint8)


# --- CIFAR-100: a superclass has a thing and a background, a fine class has the colour of the thing ------------------

SUPERCLASSES, FINE_CLASSES = 20, 100
COLOURS = ((190, 60, 60), (70, 150, 70), (60, 80, 180), (200, 180, 70), (165, 80, 165))


@cache
def superclass_of(seed: int) -> tuple[int, ...]:
    """Return the superclass of each fine class: five in each of 20, drawn from the seed, so not the published ones."""
    members = np.repeat(np.arange(SUPERCLASSES), len(COLOURS))
    return tuple(np.random.default_rng([seed, FINE_CLASSES]).permutation(members).tolist())


def families(kind: int, c: Canvas) -> Array:
    """Draw images of a fine class, uint8 (n, 32, 32, 3): superclasses k and k + 10 differ in their background."""
    superclasses = superclass_of(SEED)
    superclass = superclasses[kind]
    above, below, _ = PALETTE[superclass % 10]
    body = COLOURS[superclasses[:kind].count(superclass)]
    return scene(superclass % 10, (above, below, body) if superclass < 10 else (below, above, body), c)


# --- whole datasets ---------------------------------------------------------------------------------------------------

Painter = Callable[[int, Canvas], Array]
# painter, side, classes, labels as a column, training images, test images
PAINTERS: dict[str, tuple[Painter, int, int, bool, int, int]] = {
    "fashion_mnist": (fashion, 28, 10, False, 60_000, 10_000),
    "mnist": (digits, 28, 10, False, 60_000, 10_000),
    "cifar10": (scenes, 32, 10, True, 50_000, 10_000),
    "cifar100": (families, 32, FINE_CLASSES, True, 2_000, 400),  # small: nothing is trained on it
}


NAMES = tuple(PAINTERS)


def make(name: str, seed: int = SEED, sizes: tuple[int, int] | None = None) -> dict[str, Array]:
    """Return the arrays x_train, y_train, x_test, y_test of a stand-in; the same seed gives the same bytes.

    CIFAR-100 has y_train_coarse and y_test_coarse as well. `sizes` are numbers of training and test images, whose sum
    is a multiple of the number of classes, in place of the usual ones: as published, but 2,000 and 400 of CIFAR-100.
    Raises KeyError for a dataset that has no stand-in.
    """
    painter, side, classes, column, *usual = PAINTERS[name]
    train, test = sizes or usual
    per_class = (train + test) // classes

    def one_class(kind: int) -> list[Array]:
        chunks = [min(CHUNK, per_class - start) for start in range(0, per_class, CHUNK)]
        streams = np.random.default_rng([seed, sum(name.encode()), kind]).spawn(len(chunks))
        return [painter(kind, Canvas(n, side, rng)) for n, rng in zip(chunks, streams, strict=True)]

    with ThreadPoolExecutor() as threads:
        images = np.concatenate([part for parts in threads.map(one_class, range(classes)) for part in parts])
    labels = np.repeat(np.arange(classes, dtype=np.uint8), per_class)
    order = np.random.default_rng([seed, 1]).permutation(len(labels))
    images, labels = images[order], labels[order]
    if column:
        labels = labels[:, None]
    made = {"x_train": images[:train], "y_train": labels[:train], "x_test": images[train:], "y_test": labels[train:]}
    if name == "cifar100":
        coarse = np.array(superclass_of(SEED), dtype=np.uint8)
        made |= {f"{key}_coarse": coarse[made[key]] for key in ("y_train", "y_test")}
    return made
