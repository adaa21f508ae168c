"""Training drills, parts 1 to 3: splitting, scaling, decorrelation. 10 points."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checking import Student, check, expect

Array = np.ndarray[Any, Any]
SMALL = 1e-5  # a width with a small number added, against a division by zero, is right too
NAMES = ("train", "val", "test")
# what does the whole task; the inner method is under whatever name the class was imported
READY_PCA = ("sklearn.decomposition._pca.PCA._fit", "sklearn.decomposition._truncated_svd.TruncatedSVD.fit_transform")


# --- split


def parts_of(student: Student, x: Array, y: Array, seed: int) -> list[tuple[Array, Array]]:
    """Return the three parts; fail unless they are three pairs of x and y."""
    seen = student.call("split", x, y, seed)
    pairs = []
    three = expect.parts(seen, 3, "split gives three parts: train, validation, test")
    for name, part in zip(NAMES, three, strict=True):
        pair = expect.parts(part, 2, f"the part {name} is not a pair (x, y)")
        part_x, part_y = expect.array(pair[0], f"x_{name}"), expect.array(pair[1], f"y_{name}")
        expect.that(
            part_y.ndim == 1 and part_y.size > 0, f"y_{name} has the shape {part_y.shape}", hint="One label per event."
        )
        expect.shape(
            part_x, (len(part_y), 2), f"x_{name}, with {len(part_y)} labels,", hint="Each event with its label."
        )
        pairs.append((part_x, part_y))
    return pairs


def sorted_data(rng: np.random.Generator) -> tuple[Array, Array]:
    """Return data that is sorted by its label; each event has its own number."""
    n = 10 * int(rng.integers(6, 12))
    return np.arange(2 * n).reshape(n, 2).astype(float), np.arange(n)


@check(cell="split", points=1, title="split cuts 60, 20 and 20 percent")
def test_sizes(student: Student, rng: np.random.Generator) -> None:
    for n in (len(sorted_data(rng)[1]), 50):
        sizes = [len(y) for _, y in parts_of(student, np.zeros((n, 2)), np.arange(n), 1)]
        # a boundary between two events may be rounded either way
        right = (
            all(abs(size - share * n) <= 1 for size, share in zip(sizes, (0.6, 0.2, 0.2), strict=True))
            and sum(sizes) == n
        )
        expect.that(right, f"{n} events were split into {sizes}", hint="Cut the shuffled order at 0.6 n and at 0.8 n.")


@check(cell="split", points=1, title="no event is in two parts, and each keeps its label")
def test_disjoint(student: Student, rng: np.random.Generator) -> None:
    x, y = sorted_data(rng)
    parts = parts_of(student, x, y, int(rng.integers(1000)))
    together = np.concatenate([part[1] for part in parts])
    twice = len(together) - len(np.unique(together))
    expect.that(
        twice == 0,
        f"{twice} event(s) are in more than one part",
        hint="Cut one order in three; do not draw three times.",
    )
    expect.that(len(together) == len(y), f"{len(y) - len(together)} event(s) are in no part")
    for name, (part_x, part_y) in zip(NAMES, parts, strict=True):
        same = np.array_equal(part_x[:, 0], 2 * part_y)
        expect.that(same, f"in the part {name} events and labels do not belong together", hint="One order for both.")


@check(cell="split", points=1, title="split shuffles, the same way for the same seed")
def test_shuffled(student: Student, rng: np.random.Generator) -> None:
    x, y = sorted_data(rng)
    seed = int(rng.integers(1000))
    one, again, other = (
        [part[0][:, 0] for part in parts_of(student, x, y, number)] for number in (seed, seed, seed + 1)
    )
    owner = np.zeros(len(y), int)
    for number, part in enumerate(one):
        owner[(part // 2).astype(int) % len(y)] = number
    # of events that are neighbours in the data, 0.44 are in the same part by chance, and nearly all if blocks were cut
    together = float(np.mean(owner[1:] == owner[:-1]))
    message = "events that stood together in the data are in the same part"
    expect.that(together < 0.8, message, hint="A permutation of the places, then cut.")
    equal = all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    expect.that(
        equal, "the same seed gave two different splits", hint="np.random.default_rng(seed) inside the function."
    )
    differs = not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    expect.that(differs, "another seed gave the same split", hint="The seed has to be used.")


# --- scale


def columns(rng: np.random.Generator, rows: int) -> Array:
    """Return two positive columns of very different size."""
    return np.asarray(rng.lognormal(size=(rows, 2)) * np.array([1.0, 1000.0]))


def right_scale(train: Array, other: Array, kind: str) -> tuple[Array, Array]:
    """Return both parts, scaled by the training part."""
    if kind == "log":
        return right_scale(np.log(train), np.log(other), "standard")
    low, middle, high = np.percentile(train, [25, 50, 75], axis=0)
    shift, width = {
        "standard": (train.mean(0), train.std(0)),
        "minmax": (train.min(0), np.ptp(train, 0)),
        "robust": (middle, high - low),
    }[kind]
    return (train - shift) / width, (other - shift) / width


def check_scale(student: Student, rng: np.random.Generator, kind: str, hint: str) -> None:
    """Fail unless both parts are right for one kind of scaling."""
    train, other = columns(rng, 40), columns(rng, 15)
    seen = expect.parts(student.call("scale", train, other, kind), 2, "scale gives two things: (train, other)")
    one, two = right_scale(train, other, kind)
    sample = float(np.sqrt(1 - 1 / len(train)))  # a standard deviation with n - 1 is allowed, too
    first = expect.array(seen[0], "the training part")
    if kind in ("standard", "log") and first.shape == one.shape and np.allclose(first, one * sample):
        one, two = one * sample, two * sample
    named: dict[str, object] = (
        {"all columns were scaled together": (train - train.mean()) / train.std()} if kind == "standard" else {}
    )
    expect.values(seen[0], one, f"the training part, '{kind}'", atol=SMALL, hint=hint, mistakes=named)
    own = right_scale(other, other, kind)[1]
    mistakes: dict[str, object] = {"it was scaled by its own numbers, not by those of the training part": own}
    expect.values(
        seen[1], two, f"the other part, '{kind}'", atol=SMALL, hint="Fit on train, use on both.", mistakes=mistakes
    )


@check(cell="scale", points=1, title="standard scaling by the training part")
def test_standard(student: Student, rng: np.random.Generator) -> None:
    check_scale(student, rng, "standard", "Mean and standard deviation of each column: axis=0.")


@check(cell="scale", points=0.75, title="min-max scaling by the training part")
def test_minmax(student: Student, rng: np.random.Generator) -> None:
    check_scale(student, rng, "minmax", "Minus the smallest, over the range, for each column.")


@check(cell="scale", points=0.75, title="robust scaling by median and quartiles")
def test_robust(student: Student, rng: np.random.Generator) -> None:
    check_scale(student, rng, "robust", "The median, and the distance of the quartiles: percentiles 25 and 75.")


@check(cell="scale", points=0.5, title="log scaling takes the logarithm first")
def test_log(student: Student, rng: np.random.Generator) -> None:
    check_scale(student, rng, "log", "ln x, and then standard scaling of that.")


@check(cell="scale", points=1, title="a column without spread keeps its size: no NaN, and no millions later")
def test_constant_column(student: Student, rng: np.random.Generator) -> None:
    value, step = 0.0, float(rng.uniform(0.5, 2))
    train = np.zeros((30, 3))
    while train.std(axis=0)[2] == 0:  # by rounding it is 1e-17 for some numbers, and exactly 0 for others
        value = float(rng.uniform(0.1, 0.9))
        train = np.column_stack([columns(rng, 30), np.full(30, value)])
    other = np.column_stack([columns(rng, 5), np.full(5, value + step)])
    for kind in ("standard", "minmax", "robust"):
        seen = expect.parts(student.call("scale", train, other, kind), 2, "scale gives two things: (train, other)")
        for part, right, name in ((seen[0], 0.0, "the training part"), (seen[1], step, "the other part")):
            array = expect.array(part, name)
            expect.that(array.ndim == 2 and array.shape[1] == 3, f"{name} has the shape {array.shape}")
            what = f"the constant column of {name}, '{kind}',"
            hint = (
                "If all training values of a column are equal, its width counts as 1. Rounding makes std 1e-17, not 0."
            )
            expect.finite(array[:, 2], what, hint=hint)
            expect.values(array[:, 2], np.full(len(array), right), what, atol=SMALL, hint=hint)


# --- whiten


def correlated(rng: np.random.Generator, count: int, mixing: Array, middle: Array) -> Array:
    """Return events whose columns are correlated by this matrix."""
    return np.asarray(rng.normal(size=(count, len(middle))) @ mixing + middle)


def two_samples(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    """Return 2000 events to learn from and 4000 new ones of the same distribution."""
    mixing = np.diag(rng.uniform(0.3, 3, n)) + np.triu(rng.uniform(0.5, 1.5, (n, n)), 1)
    middle = rng.uniform(-5, 5, n)
    return correlated(rng, 2000, mixing, middle), correlated(rng, 4000, mixing, middle)


def whitened(student: Student, train: Array, other: Array) -> tuple[Array, Array]:
    """Return both parts as the student whitens them; fail for anything but arrays of the same shapes."""
    seen = expect.parts(student.call_without(READY_PCA, "whiten", train, other), 2, "whiten gives (train, other)")
    one, two = expect.array(seen[0], "the training part"), expect.array(seen[1], "the other part")
    for part, wanted, name in ((one, train, "the training part"), (two, other, "the other part")):
        expect.shape(part, wanted.shape, name)
        expect.finite(part, name)
    return one.astype(float), two.astype(float)


def is_white(covariance: Array, atol: float) -> bool:
    """Return whether a covariance is the unit matrix."""
    return bool(np.abs(covariance - np.eye(len(covariance))).max() <= atol)


@check(cell="whiten", points=1.5, title="the training part has mean 0, variance 1 and no correlations")
def test_whiten_train(student: Student, rng: np.random.Generator) -> None:
    for n in (2, 4):
        train, other = two_samples(rng, n)
        one, _ = whitened(student, train, other)
        covariance = np.cov(one.T)
        away = covariance - np.diag(np.diag(covariance))
        hint = "Turn by the eigenvectors, then divide by the roots of the eigenvalues."
        expect.that(
            np.abs(away).max() < 1e-3 * max(1, np.abs(covariance).max()), "its columns are correlated", hint=hint
        )
        values = np.linalg.eigvalsh(np.cov(train.T))
        for result, reason in (
            (values, "they are not divided by anything"),
            (1 / values, "they are divided by eigenvalues"),
        ):
            same = np.allclose(np.sort(np.diag(covariance)), np.sort(result), rtol=5e-3)
            expect.that(not same, f"its columns do not have the variance 1: {reason}", hint=hint)
        # 1 / 2000 is the difference of the conventions n and n - 1
        expect.that(is_white(covariance, 2e-3), "its columns do not have the variance 1", hint=hint)
        expect.that(np.abs(one.mean(axis=0)).max() < 1e-6, "its mean is not 0", hint="Subtract the mean first.")


@check(cell="whiten", points=1.5, title="new correlated events go through the same map, and come out uncorrelated")
def test_whiten_other(student: Student, rng: np.random.Generator) -> None:
    train, other = two_samples(rng, 3)
    one, two = whitened(student, train, other)
    hint = "Mean, eigenvectors and eigenvalues of the training part, for both parts."
    covariance = np.cov(two.T)
    # the covariance of 2000 events is known to 0.03, that of 4000 to 0.02
    expect.that(
        is_white(covariance, 0.2), "the covariance of the new events is not close to the unit matrix", hint=hint
    )
    expect.that(not is_white(covariance, 1e-3), "the new events were whitened by their own numbers", hint=hint)
    moved = np.column_stack([train, np.ones(len(train))])
    straight = np.linalg.lstsq(moved, one, rcond=None)[0]  # the map that the training part went through
    right = np.column_stack([other, np.ones(len(other))]) @ straight
    off = float(np.abs(two - right).max())
    expect.that(off < 1e-6 * max(1.0, np.abs(right).max()), "the two parts went through different maps", hint=hint)
