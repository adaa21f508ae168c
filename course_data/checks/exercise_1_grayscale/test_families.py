"""Exercise 1, the bonus on CIFAR-100: two kinds of labels, their groups, their counts, and a figure. 10 points.

The labels of functions are drawn here, and everything else is taken from the dataset in use: neither the published
groups nor the published numbers earn a point.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from autograder.checking import Axes, Image, Student, check, expect, some_rows

Array = np.ndarray[Any, Any]

# by the name of the student's variable
ARRAYS = {
    f"{kind}_{part}": f"{key}_{part}{suffix}"
    for part in ("train", "test")
    for kind, key, suffix in (("images", "x", ""), ("fine", "y", ""), ("coarse", "y", "_coarse"))
}
IN_A_ROW = 4  # pictures of a fine class
EXACT = 1e-6  # of counts and shares: rounding in 32 bits alone


# --- load_100


@check(cell="load_100", points=0.5, title="images_train and images_test are the pictures of CIFAR-100")
def test_images_100(student: Student, rng: np.random.Generator) -> None:
    for name in ("images_train", "images_test"):
        expect_array(student, rng, name, student.at_most(40))


@check(cell="load_100", points=0.5, title="fine_train and fine_test are the fine labels")
def test_fine_labels(student: Student, rng: np.random.Generator) -> None:
    for name in ("fine_train", "fine_test"):
        expect_array(student, rng, name, student.at_most(200))


@check(cell="load_100", points=1, title="coarse_train and coarse_test are the coarse labels")
def test_coarse_labels(student: Student, rng: np.random.Generator) -> None:
    for name in ("coarse_train", "coarse_test"):
        expect_array(student, rng, name, student.at_most(200))


def expect_array(student: Student, rng: np.random.Generator, name: str, at_most: int) -> None:
    """Fail unless an array has the rows of the dataset in use."""
    dataset = student.dataset("cifar100")
    wanted, shape = dataset[ARRAYS[name]], student.shape(name)
    if shape not in (wanted.shape, wanted.shape[:1] if wanted.ndim == 2 else ()):
        other = dataset[ARRAYS[name.replace("train", "test") if "train" in name else name.replace("test", "train")]]
        swapped = shape == other.shape != wanted.shape
        hint = (
            "Are the training and the test set mixed up?" if swapped else "Keep the arrays as load_data returns them."
        )
        expect.fail(f"{name} has the shape {shape}, expected {wanted.shape}", hint=hint)
    index = some_rows(len(wanted), rng, at_most)
    rows = student.rows(name, index, wanted.shape[1:])
    if np.array_equal(rows, wanted[index]):
        return
    for kind, other_kind in (("fine", "coarse"), ("coarse", "fine")):
        if name.startswith(kind):
            others = dataset[ARRAYS[name.replace(kind, other_kind)]][index]
            hint = f'load_data(label_mode="{kind}")'
            expect.that(not np.array_equal(rows, others), f"{name} holds the {other_kind} labels", hint=hint)
    hint = "Keep the arrays as load_data returns them, in their order."
    expect.fail(f"{name} does not hold the values of CIFAR-100", hint=hint)


# --- members


def drawn_labels(rng: np.random.Generator, sizes: list[int]) -> tuple[Array, Array, list[list[int]]]:
    """Return fine and coarse labels, shape (N, 1), uint8, and the groups.

    Superclass c has `sizes[c]` fine classes. Not all numbers of fine classes from 0 to the largest one occur.
    """
    names = rng.permutation(min(sum(sizes) + 20, 250))[: sum(sizes)]
    ends = np.cumsum(sizes)
    groups = [sorted(names[end - size : end].tolist()) for end, size in zip(ends, sizes, strict=True)]
    superclass = {fine: number for number, group in enumerate(groups) for fine in group}
    fine = rng.permutation(np.concatenate([names, names, rng.choice(names, 3 * len(names))])).astype(np.uint8)
    coarse = np.array([superclass[label] for label in fine.tolist()], dtype=np.uint8)
    return fine[:, None], coarse[:, None], groups


def answered(student: Student, fine: Array, coarse: Array, count: int) -> list[list[float]]:
    """Return the student's groups as lists of numbers."""
    hint = "One list for each superclass, from 0 to the largest coarse label."
    value = student.call("members", fine, coarse)
    whole = isinstance(value, list) or (isinstance(value, np.ndarray) and value.ndim > 0)
    expect.that(whole, f"members(fine, coarse) is {expect.kind(value)}, not a list of lists", hint=hint)
    groups = []
    for part in value:
        numbers = expect.array(part, "a group in members(fine, coarse)", hint=hint)
        expect.that(numbers.ndim == 1, "an entry of members(fine, coarse) is not a list of fine classes", hint=hint)
        expect.finite(numbers.astype(np.float64), "members(fine, coarse)")
        groups.append(numbers.astype(np.float64).tolist())
    message = f"members(fine, coarse) has {len(groups)} entries for {count} superclasses"
    expect.that(len(groups) == count, message, hint=hint)
    return groups


@check(cell="members", points=2, title="members finds the fine classes of 20 superclasses")
def test_members(student: Student, rng: np.random.Generator) -> None:
    fine, coarse, right = drawn_labels(rng, [5] * 20)
    seen = answered(student, fine, coarse, 20)
    if seen == right:
        return
    hint = "Select the fine labels of one superclass, and keep each value once, in order."
    repeated = [sorted(fine[coarse == number].tolist()) for number in range(20)]
    expect.that([sorted(group) for group in seen] != repeated, "fine classes are listed once per picture", hint=hint)
    expect.that(
        [sorted(group) for group in seen] != right, "the groups are right, but not in increasing order", hint=hint
    )
    wrong = sum(set(one) != set(other) for one, other in zip(seen, right, strict=True))
    expect.fail(f"{wrong} of the 20 groups hold other fine classes than the pictures say", hint=hint)


@check(cell="members", points=1, title="members works for other numbers of superclasses and fine classes")
def test_members_of_any_number(student: Student, rng: np.random.Generator) -> None:
    for count in (int(rng.integers(2, 9)), int(rng.integers(24, 40))):
        sizes = [int(size) for size in rng.integers(1, 7, count)]
        fine, coarse, right = drawn_labels(rng, sizes)
        seen = answered(student, fine, coarse, count)
        # order and repetition are the matter of the check above
        wrong = sum(set(one) != set(other) for one, other in zip(seen, right, strict=True))
        message = f"with {count} superclasses, {wrong} of the groups hold other fine classes than the pictures say"
        expect.that(wrong == 0, message, hint="Take all numbers from the labels: groups may differ in size.")


# --- count


def uneven(rng: np.random.Generator) -> tuple[Array, int]:
    """Return labels, shape (N, 1), uint8, and the number of classes; some classes, such as the last one, are empty."""
    n = int(rng.integers(6, 30))
    shares = rng.permutation(np.concatenate([np.zeros(1), rng.uniform(1, 9, n - 2)]))
    labels = rng.choice(n, int(rng.integers(300, 700)), p=np.append(shares, 0) / shares.sum())
    return labels.astype(np.uint8)[:, None], n


@check(cell="count", points=1.5, title="count_classes counts the pictures of each class")
def test_counts(student: Student, rng: np.random.Generator) -> None:
    for _ in range(2):
        labels, n = uneven(rng)
        right = np.bincount(labels.ravel(), minlength=n)
        mistakes = {
            "classes without pictures are left out": right[right > 0],
            "the empty classes at the end are left out": np.bincount(labels.ravel()),
            "these are shares, not numbers of pictures": right / right.sum(),
            "the counts are sorted": np.sort(right),
            "the counts are sorted, largest first": np.sort(right)[::-1],
            "these are the counts of the classes 1 to n, and the labels start at 0": np.append(right[1:], 0),
        }
        seen = student.call("count_classes", labels, n)
        hint = "Entry k is the number of labels that are k, for k from 0 to n - 1."
        expect.values(seen, right, "count_classes(labels, n)", atol=EXACT, hint=hint, mistakes=mistakes)


@check(cell="count", points=1.5, title="baseline is the share of the most frequent class")
def test_baseline(student: Student, rng: np.random.Generator) -> None:
    for _ in range(2):
        labels, n = uneven(rng)
        counts = np.bincount(labels.ravel(), minlength=n)
        there = counts[counts > 0]
        right = float(counts.max() / counts.sum())
        mistakes = {
            "it is the number of the most frequent class": float(counts.argmax()),
            "it is a number of pictures, not a share of them": float(counts.max()),
            "it is in percent": 100 * right,
            "it is one divided by the number of classes, as if all were equally frequent": 1 / len(there),
            "it is the share of the rarest class": float(there.min() / counts.sum()),
            "it is the mean share of a class": float(counts.mean() / counts.sum()),
        }
        seen = student.call("baseline", labels)
        hint = "The largest count, divided by the number of labels."
        expect.values(seen, right, "baseline(labels)", atol=EXACT, hint=hint, mistakes=mistakes)


# --- show_family


def shown(student: Student) -> list[tuple[Axes, set[int]]]:
    """Return the axes with pictures, each with the rows of x_train that its picture shows: one, or equal ones."""
    images = student.dataset("cifar100")["x_train"]
    middle = images[:, 16, 16].astype(np.int16)  # one pixel tells most pictures apart
    found = []
    for axes, image in student.figure(images=5 * IN_A_ROW).pictures():
        rows: set[int] = set()
        pixels = in_bytes(image)
        if pixels is not None:
            near = np.flatnonzero((np.abs(middle - pixels[16, 16]) <= 1).all(axis=1)).tolist()
            rows = {row for row in near if np.abs(images[row] - pixels).max() <= 1}
        found.append((axes, rows))
    return found


def in_bytes(image: Image) -> Array | None:
    """Return a picture in colour as whole numbers from 0 to 255, shape (32, 32, 3); None for anything else."""
    if image.data is None or image.data.shape != (32, 32, 3) or not np.isfinite(image.data).all():
        return None
    values = image.data.astype(np.float64)
    return np.rint(np.clip(values * (255 if values.max() <= 1 else 1), 0, 255)).astype(np.int16)


def family(student: Student, found: list[tuple[Axes, set[int]]]) -> tuple[Array, set[int]]:
    """Return the fine label of each row of x_train, and the fine classes of the superclass that most pictures have."""
    dataset = student.dataset("cifar100")
    fine, coarse = dataset["y_train"].ravel(), dataset["y_train_coarse"].ravel()
    votes = np.bincount([coarse[row] for _, rows in found for row in rows])
    return fine, set(fine[coarse == votes.argmax()].tolist())


@check(cell="show_family", points=1, title="the figure shows four pictures of each fine class of one superclass")
def test_family_pictures(student: Student) -> None:
    found = shown(student)
    count = 5 * IN_A_ROW
    expect.that(
        len(found) == count, f"the figure has {len(found)} pictures, {count} are asked for", hint="Five rows of four."
    )
    foreign = sum(not rows for _, rows in found)
    message = f"{foreign} of the {count} pictures are not training pictures of CIFAR-100, in colour"
    expect.that(foreign == 0, message, hint="Show rows of images_train, with the values as they are.")
    fine, classes = family(student, found)
    labels = [{int(fine[row]) for row in rows} & classes for _, rows in found]
    message = (
        f"{sum(not label for label in labels)} of the {count} pictures belong to another superclass than the others"
    )
    expect.that(
        all(labels), message, hint="members(fine_train, coarse_train)[k] are the fine classes of one superclass."
    )
    different = {
        label: {min(rows) for (_, rows), own in zip(found, labels, strict=True) if label in own} for label in classes
    }
    few = sorted(label for label, rows in different.items() if len(rows) < IN_A_ROW)
    message = f"of the fine class {few[:1]} there are not {IN_A_ROW} different pictures"
    expect.that(not few, message, hint="One row of pictures for each fine class of the superclass.")


@check(cell="show_family", points=1, title="each picture carries the number of its fine class")
def test_family_numbers(student: Student) -> None:
    found = [(axes, rows) for axes, rows in shown(student) if rows]
    hint = "Show rows of images_train, with the values as they are."
    expect.that(found, "no training picture of CIFAR-100 is recognised in the figure", hint=hint)
    fine, classes = family(student, found)
    named = 0
    for axes, rows in found:
        numbers, own = numbers_at(axes), {int(fine[row]) for row in rows}
        named += bool(numbers & own) and len(numbers & classes) <= 2  # a second one may be the number of the picture
    message = f"{named} of the {len(found)} pictures carry the number of their fine class, and not those of all"
    expect.that(named == len(found), message, hint="ax.set_title(label), with the label of that picture.")


def numbers_at(axes: Axes) -> set[int]:
    """Return the numbers below 1000 that are written at the axes: in the title or beside them, else anywhere."""
    beside, inside = f"{axes.title} {axes.xlabel} {axes.ylabel}", " ".join(axes.texts)
    found = [{int(digits) for digits in re.findall(r"(?<!\d)[0-9]{1,3}(?!\d)", text)} for text in (beside, inside)]
    return found[0] or found[1]
