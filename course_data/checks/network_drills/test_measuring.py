"""Network drills, parts 1 and 5: kinds of learning, and metrics. 6 points."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import f1_score, precision_score, recall_score

from autograder.checking import Student, check, expect

Array = np.ndarray[Any, Any]
CLOSE = 1e-6
KINDS = {
    **{"a": "classification", "b": "regression", "c": "unsupervised", "d": "reinforcement"},
    **{"e": "regression", "f": "transfer", "g": "classification", "h": "unsupervised"},
}


# --- kinds


def sorted_right(student: Student) -> int:
    """Return how many of the eight problems have the right word; fail for anything but a dictionary."""
    seen = student.get("kinds")
    expect.that(
        isinstance(seen, dict), f"kinds is {expect.kind(seen)}, not a dictionary", hint="A word for each letter."
    )
    words = {str(letter): word for letter, word in seen.items()}
    return sum(isinstance(word := words.get(at), str) and word.strip().lower() == right for at, right in KINDS.items())


@check(cell="kinds", points=1, title="at least six of the eight problems are sorted right")
def test_most_kinds(student: Student) -> None:
    count = sorted_right(student)  # with guessed words, six or more are right once in 800 times
    hint = "What would a line of the training data look like, and is the answer in it?"
    expect.that(count >= 6, f"{count} of the 8 problems are sorted right", hint=hint)


@check(cell="kinds", points=1, title="all eight problems are sorted right")
def test_all_kinds(student: Student) -> None:
    count = sorted_right(student)
    hint = "Number or class? Labels or none? Does a model exist before the training begins?"
    expect.that(count == 8, f"{count} of the 8 problems are sorted right", hint=hint)


# --- metrics

PARTS = ("accuracy", "precision", "recall", "f1")
# the four numbers are to be counted; inner names stop what was imported under another one
READY_METRICS = (
    *(
        f"{module}.{name}"
        for module in ("sklearn.metrics", "sklearn.metrics._classification")
        for name in (
            *("accuracy_score", "precision_score", "recall_score", "f1_score", "fbeta_score", "jaccard_score"),
            *("precision_recall_fscore_support", "classification_report", "balanced_accuracy_score"),
        )
    ),
    "keras.src.metrics.metric.Metric.__init__",
)


def student_scores(student: Student, y: Array, p: Array) -> Array:
    """Return the student's four numbers; fail for anything else."""
    seen = expect.array(student.call_without(READY_METRICS, "scores", y, p), "scores(y, p)")
    expect.shape(seen, (4,), "scores(y, p)", hint="accuracy, precision, recall, f1: four numbers.")
    return seen


def compare(student: Student, y: Array, p: Array, at: int, right: float, hint: str, others: dict[str, float]) -> None:
    """Fail unless one of the four numbers is right."""
    seen = float(student_scores(student, y, p)[at])
    for reason, value in others.items():
        expect.that(abs(seen - value) > CLOSE or abs(value - right) <= CLOSE, f"{PARTS[at]}: {reason}", hint=hint)
    expect.that(
        abs(seen - right) <= CLOSE, f"{PARTS[at]} is {seen:.3f} for {len(y)} events", hint=hint, detail=f"{right}"
    )


def labels(rng: np.random.Generator) -> tuple[Array, Array]:
    """Return truth and prediction in which all four counts differ."""
    counts = rng.permutation([2, 3, 5, 8])
    y = np.repeat([1, 0, 1, 0], counts)
    p = np.repeat([1, 1, 0, 0], counts)
    order = rng.permutation(len(y))
    return y[order], p[order]


def rare(rng: np.random.Generator) -> tuple[Array, Array]:
    """Return truth and prediction of a sample in which one event of a hundred is signal."""
    signal = int(rng.integers(30, 50))
    found, fakes = int(rng.integers(signal // 2, signal - 5)), int(rng.integers(55, 150))
    y = np.repeat([1, 0], [signal, 99 * signal])
    p = np.repeat([1, 0, 1, 0], [found, signal - found, fakes, 99 * signal - fakes])
    order = rng.permutation(len(y))
    return y[order], p[order]


@check(cell="metrics", points=0.5, title="accuracy counts what is right")
def test_accuracy(student: Student, rng: np.random.Generator) -> None:
    for y, p in (labels(rng), rare(rng)):
        compare(
            student,
            y,
            p,
            0,
            float(np.mean(y == p)),
            "Right ones over all.",
            {"these are the wrong ones": float(np.mean(y != p))},
        )


@check(cell="metrics", points=0.75, title="precision looks at what was predicted positive")
def test_precision(student: Student, rng: np.random.Generator) -> None:
    for y, p in (labels(rng), rare(rng)):
        right = float(precision_score(y, p))
        compare(student, y, p, 1, right, "TP / (TP + FP)", {"this is the recall": float(recall_score(y, p))})


@check(cell="metrics", points=0.75, title="recall looks at what is positive")
def test_recall(student: Student, rng: np.random.Generator) -> None:
    for y, p in (labels(rng), rare(rng)):
        right = float(recall_score(y, p))
        compare(student, y, p, 2, right, "TP / (TP + FN)", {"this is the precision": float(precision_score(y, p))})


@check(cell="metrics", points=0.5, title="F1 is the harmonic mean of the two")
def test_f1(student: Student, rng: np.random.Generator) -> None:
    for y, p in (labels(rng), rare(rng)):
        mean = float(precision_score(y, p) + recall_score(y, p)) / 2
        compare(student, y, p, 3, float(f1_score(y, p)), "2 P R / (P + R)", {"this is the plain mean of the two": mean})


@check(cell="metrics", points=0.5, title="nothing predicted positive, or nothing positive, gives 0 and no NaN")
def test_nothing_positive(student: Student) -> None:
    for y, p in (([1, 0, 1], [0, 0, 0]), ([0, 0, 0], [1, 0, 0]), ([0, 0], [0, 0])):
        seen = student_scores(student, np.array(y), np.array(p))
        hint = "0 / 0 counts as 0: look at the denominator before you divide."
        expect.finite(seen, f"scores({y}, {p})", hint=hint)
        wanted = [float(np.mean(np.array(y) == np.array(p))), 0, 0, 0]
        expect.values(seen, wanted, f"scores({y}, {p})", atol=CLOSE, hint=hint)


@check(cell="metrics", points=1, title="expected_scores: accuracy says little about one percent of signal")
def test_rare_signal(student: Student, rng: np.random.Generator) -> None:
    for y, p in (rare(rng), labels(rng)):
        share, efficiency, fake_rate = float(y.mean()), float(p[y == 1].mean()), float(p[y == 0].mean())
        right = four(y, p)
        mistakes: dict[str, object] = {
            "this is as if half of the events were signal": from_rates(0.5, efficiency, fake_rate),
            "the share of signal is taken for that of background": from_rates(1 - share, efficiency, fake_rate),
        }
        hint = "First the share of all events that is signal and found, then the share that is background and taken."
        answer = student.call("expected_scores", share, efficiency, fake_rate)
        what = f"expected_scores({share:.3f}, {efficiency:.3f}, {fake_rate:.3f})"
        expect.values(answer, right, what, atol=CLOSE, hint=hint, mistakes=mistakes)
    share = float(rng.uniform(0.005, 0.02))
    answer = expect.array(student.call("expected_scores", share, 0.0, 0.0), "expected_scores")
    hint = "It is right for all background, and 0 / 0 counts as 0."
    expect.finite(answer, "expected_scores of a classifier that always says background", hint=hint)
    what = "expected_scores of a classifier that always says background"
    expect.values(answer, [1 - share, 0, 0, 0], what, atol=CLOSE, hint=hint)


def four(y: Array, p: Array) -> Array:
    """Return accuracy, precision, recall and F1 of a sample."""
    return np.array([np.mean(y == p), precision_score(y, p), recall_score(y, p), f1_score(y, p)])


def from_rates(signal: float, efficiency: float, fake_rate: float) -> Array:
    """Return the same four numbers for a share of signal and two rates."""
    found, fakes = signal * efficiency, (1 - signal) * fake_rate
    precision = found / (found + fakes)
    return np.array(
        [found + 1 - signal - fakes, precision, efficiency, 2 * precision * efficiency / (precision + efficiency)]
    )
