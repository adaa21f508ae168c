"""Tensor drills, parts 6 to 8: variables, uneven data, a folder of images. 13 points."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from autograder.checking import Function, Student, Tensor, Variable, check, expect

Array = np.ndarray[Any, Any]
EXACT = 0.0


def numbers(rng: np.random.Generator, *shape: int) -> Array:
    """Return normally distributed numbers of type float32."""
    return rng.normal(size=shape).astype(np.float32)


# --- variables


@check(cell="variables", points=1, title="account adds and subtracts in place")
def test_account(student: Student, rng: np.random.Generator) -> None:
    balance, deposit, withdrawal = (numbers(rng, 3) * 10 for _ in range(3))
    _, after = student.call_and_inputs("account", Variable(balance), Tensor(deposit), Tensor(withdrawal))
    others = {
        "it has not changed: a new tensor or variable was made": balance,
        "the withdrawal was added": balance + deposit + withdrawal,
        "the deposit is missing": balance - withdrawal,
        "the withdrawal is missing": balance + deposit,
        "the last value was assigned, not subtracted": withdrawal,
    }
    hint = "assign_add and assign_sub change a variable by a value."
    wanted = balance + deposit - withdrawal
    expect.values(after[0], wanted, "balance after account(...)", atol=1e-4, hint=hint, mistakes=others)


@check(cell="variables", points=2, title="before_and_after keeps a copy that does not change")
def test_copy(student: Student, rng: np.random.Generator) -> None:
    values, new = numbers(rng, 4), numbers(rng, 4)
    copy, after = student.call_and_inputs("before_and_after", Variable(values), Tensor(new))
    hint = "w = v is a second name for the same variable; tf.Variable(v) has its own memory."
    expect.values(after[0], new, "v", atol=EXACT, hint="v.assign(new)", mistakes={"v has not changed": values})
    expect.values(copy, values, "copy", atol=EXACT, hint=hint, mistakes={"the copy has changed together with v": new})


# --- uneven


@check(cell="uneven", points=1.5, title="mean_momentum averages rows of different length")
def test_mean_momentum(student: Student, rng: np.random.Generator) -> None:
    for lengths in (rng.integers(1, 9, 6), [1], [3, 3, 3]):
        events = [[float(value) for value in rng.normal(5, 2, int(length))] for length in lengths]
        wanted = np.array([np.mean(event) for event in events])
        longest = max(len(event) for event in events)
        others = {"these are sums, not means": [sum(event) for event in events]} if longest > 1 else {}
        if len({len(event) for event in events}) > 1:
            others["the missing places were counted as zeros"] = [sum(event) / longest for event in events]
        hint = "Each row is divided by its own length."
        expect.values(
            student.call("mean_momentum", events),
            wanted,
            "mean_momentum(events)",
            atol=1e-4,
            hint=hint,
            mistakes=others,
        )


@check(cell="uneven", points=2.5, title="hit_map puts each charge in its place")
def test_hit_map(student: Student, rng: np.random.Generator) -> None:
    rows, columns = 6 + int(rng.integers(0, 3)), 9 + int(rng.integers(0, 3))
    chosen = rng.choice(rows * columns, 8, replace=False)
    places = np.stack([chosen // columns, chosen % columns], axis=1)
    charges = rng.uniform(1, 9, 8).astype(np.float32)
    wanted = np.zeros((rows, columns), np.float32)
    wanted[places[:, 0], places[:, 1]] = charges
    others = {"the shape is transposed": wanted.T, "only one hit is there": np.where(wanted == charges[-1], wanted, 0)}
    hint = "A place is (row, column). tf.SparseTensor wants its places sorted by row, then by column."
    expect.values(
        student.call("hit_map", places, charges, Function(repr((rows, columns)))),
        wanted,
        "hit_map(...)",
        atol=1e-6,
        hint=hint,
        mistakes=others,
    )


# --- folder

# Half of 1/255 and a little: whoever rounds a resized image to whole grey levels is off by up to half a level.
HALF_A_LEVEL = 0.0021
BRIGHTNESS = 0.01  # the images of a folder are 0.04 and more apart, and resizing moves a mean by less than 0.01
# The task is to build the steps: Keras's function does several of them in one call.
READY_READERS = (
    "keras.src.utils.image_dataset_utils.image_dataset_from_directory",
    "keras.src.legacy.preprocessing.image.ImageDataGenerator.flow_from_directory",
)
KINDS = ("electron", "kaon", "muon", "photon", "pion", "proton")


@dataclass(frozen=True)
class Folder:
    """A folder of images that the grader draws: for each class the images, in the order of their file names."""

    name: str
    images: dict[str, list[Array]]

    def written(self, rng: np.random.Generator) -> Function:
        """Return an expression that writes the folder in the student's kernel, in any order, and gives its path."""
        files = []
        for kind, images in self.images.items():
            # whole numbers from 10: sorted as texts they are in the order of the numbers
            for number, image in enumerate(images, 10):
                out = io.BytesIO()
                Image.fromarray(image).save(out, "PNG")
                files.append((f"{self.name}/{kind}/{number}.png", out.getvalue().hex()))
        mixed = [files[int(at)] for at in rng.permutation(len(files))]
        return Function(f"[[tf.io.write_file(n, bytes.fromhex(b)) for n, b in {mixed!r}], {self.name!r}][-1]")

    def ordered(self, classes: list[str], size: tuple[int, int]) -> tuple[Array, Array]:
        """Return images and labels in the order in which a pipeline has to give them."""
        pairs = [(resized(image, size), label) for label, kind in enumerate(classes) for image in self.images[kind]]
        return np.array([image for image, _ in pairs]), np.array([label for _, label in pairs])


def some_folder(rng: np.random.Generator, counts: list[int], sizes: list[tuple[int, int]]) -> Folder:
    """Return a folder with so many images in each class, whose sizes take turns. Each image has its own brightness."""
    kinds = [str(kind) for kind in rng.permutation(KINDS)[: len(counts)]]
    levels = [int(level) for level in rng.permutation(np.linspace(30, 225, sum(counts)))]
    images: dict[str, list[Array]] = {}
    for kind, count in zip(kinds, counts, strict=True):
        noise = [rng.integers(-25, 26, (*sizes[k % len(sizes)], 3)) for k in range(count)]
        images[kind] = [(levels.pop() + part).astype(np.uint8) for part in noise]
    return Folder(f"drawn_{rng.integers(10**9)}", images)


def resized(image: Array, size: tuple[int, int]) -> Array:
    """Return an image as `tf.image.resize` gives it by default, between 0 and 1: bilinear between pixels' centres."""
    values = image.astype(np.float64) / 255
    for axis, wanted in enumerate(size):
        length = values.shape[axis]
        at = np.clip((np.arange(wanted) + 0.5) * length / wanted - 0.5, 0, length - 1)
        low = np.floor(at).astype(int)
        share = (at - low).reshape([-1 if k == axis else 1 for k in range(3)])
        high = np.minimum(low + 1, length - 1)
        values = values.take(low, axis) * (1 - share) + values.take(high, axis) * share
    return values


def batches_of(
    student: Student, folder: Function, classes: list[str], size: tuple[int, int], batch: int
) -> list[tuple[Array, Array]]:
    """Return all batches of the student's pipeline; fail for anything but pairs of images and labels."""
    arguments = (folder, classes, Function(repr(size)), batch)
    seen = student.call_without(READY_READERS, "image_batches", *arguments)
    message = "image_batches(...) does not give pairs (images, labels)"
    pairs = [expect.parts(pair, 2, message) for pair in seen] if isinstance(seen, list) else []
    expect.that(pairs, message, hint="Return a tf.data.Dataset whose elements are pairs.")
    return [
        (expect.array(images, "a batch of images"), expect.array(labels, "a batch of labels"))
        for images, labels in pairs
    ]


def joined(batches: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Return all images and all labels that came out; fail if batches do not fit together."""
    shapes = {(images.shape[1:], labels.shape[1:]) for images, labels in batches if images.ndim and labels.ndim}
    expect.that(
        len(shapes) == 1 and all(images.ndim and labels.ndim for images, labels in batches),
        "the batches of image_batches(...) have different shapes",
        hint="Each image has the same size after tf.image.resize.",
    )
    expect.that(
        all(len(images) == len(labels) for images, labels in batches),
        "a batch of image_batches(...) has more images than labels, or fewer",
    )
    images, labels = zip(*batches, strict=True)
    return np.concatenate(images), np.concatenate(labels)


@check(cell="folder", points=1.5, title="image_batches is a tf.data pipeline with batches of the right shape")
def test_pipeline_batches(student: Student, rng: np.random.Generator) -> None:
    size = (int(rng.integers(5, 8)), int(rng.integers(9, 12)))
    folder, batch = some_folder(rng, [4, 3, 2], [(8, 6)]), 3
    classes = sorted(folder.images)[:2]
    count = sum(len(folder.images[kind]) for kind in classes)
    path = folder.written(rng)
    _, kind = student.call_and_type("image_batches", path, classes, Function(repr(size)), batch)
    expect.that("Dataset" in kind, f"image_batches(...) is of type {kind}, not a tf.data.Dataset")
    for number in (batch, count - 1):
        case = f"{count} images in batches of {number}"
        seen = batches_of(student, path, classes, size, number)
        lengths = [len(images) if images.ndim else 0 for images, _ in seen]
        wanted = [number] * (count // number) + [count % number] * (count % number > 0)
        hint = "Only the images of the asked classes come out. The last batch has what is left: it is not dropped."
        expect.that(lengths == wanted, f"{case}: the batches have {lengths[:9]} images", hint=hint)
        for images, labels in seen:
            expect.shape(images, (len(images), *size, 3), "a batch of images", hint="(height, width) is the size.")
            expect.shape(labels, (len(images),), "a batch of labels", hint="One whole number for each image.")
            expect.that(images.dtype == np.float32, f"the images are of type {images.dtype}, not float32")
            expect.that(labels.dtype.kind in "iu", f"the labels are of type {labels.dtype}, not whole numbers")


@check(cell="folder", points=2, title="image_batches reads the asked classes alone and labels them by their place")
def test_pipeline_labels(student: Student, rng: np.random.Generator) -> None:
    folder = some_folder(rng, [4, 2, 2, 4], [(6, 6)])
    path, names = folder.written(rng), sorted(folder.images)
    for classes in ([names[2], names[0]], [names[1]], [names[3], names[1], names[2]]):
        images, labels = joined(batches_of(student, path, classes, (6, 6), 2))
        case = f"for classes={classes} of {names}"
        wanted, places = folder.ordered(classes, (6, 6))
        expect.that(
            len(labels) == len(places),
            f"{case}, {len(labels)} images come out, and the classes have {len(places)}",
            hint="Only the classes in the list are read.",
        )
        in_all = np.array([names.index(classes[label]) for label in places])
        others = {"they count all classes of the folder, not those of the list": in_all}
        expect.values(
            labels,
            places,
            f"{case}, the labels",
            atol=EXACT,
            hint="The label is the place of the class in the list, and the classes come in the order of the list.",
            mistakes=others,
        )
        hint = "Is the list of labels in the same order as the list of files?"
        for label, kind in enumerate(classes):
            fits = same_brightness(images[labels == label], wanted[places == label])
            expect.that(fits, f"{case}, images with the label {label} are not those of the class {kind}", hint=hint)


def same_brightness(seen: Array, wanted: Array) -> bool:
    """Return whether images have the brightness of others, in any order and on either scale: another check asks."""
    if len(seen) != len(wanted) or not seen.size or not np.isfinite(seen).all():
        return False
    means = np.sort(seen.reshape(len(seen), -1).astype(np.float64).mean(1))
    off = means / (255 if means[-1] > 1 else 1) - np.sort(wanted.mean((1, 2, 3)))
    return bool(np.abs(off).max() < BRIGHTNESS)


@check(cell="folder", points=1.5, title="image_batches resizes and scales the images, and keeps their order")
def test_pipeline_images(student: Student, rng: np.random.Generator) -> None:
    folder = some_folder(rng, [6, 6], [(8, 10)])
    path, classes = folder.written(rng), sorted(folder.images)
    for size in ((8, 10), (11, 7), (16, 20)):
        images, _ = joined(batches_of(student, path, classes, size, 4))
        wanted, _ = folder.ordered(classes, size)
        case = f"from 8 by 10 to {size[0]} by {size[1]} pixels, the images"
        others = {
            "they are not divided by 255": wanted * 255,
            "they are divided by 255 twice": wanted / 255,
            "they have values from -1 to 1": wanted * 2 - 1,
        }
        hint = "Sorted by class, then by file name; tf.image.resize with its default method; divided by 255."
        if images.shape == wanted.shape and same_brightness(images, wanted):
            order = np.argsort(images.mean((1, 2, 3))), np.argsort(wanted.mean((1, 2, 3)))
            others["they are right, and in another order"] = wanted[order[1]][np.argsort(order[0])]
        expect.values(images, wanted, case, atol=HALF_A_LEVEL, hint=hint, mistakes=others)


@check(cell="folder", points=1, title="image_batches reads images of different sizes")
def test_pipeline_sizes(student: Student, rng: np.random.Generator) -> None:
    folder = some_folder(rng, [4, 4], [(5, 9), (12, 7), (9, 9)])
    classes, size = sorted(folder.images), (9, 9)
    images, _ = joined(batches_of(student, folder.written(rng), classes, size, 8))
    expect.shape(images, (8, *size, 3), "what comes out of images of three sizes", hint="Resize before you batch.")
    wanted, _ = folder.ordered(classes, size)
    expect.that(same_brightness(images, wanted), "the images that come out are not those of the folder")
