"""Stand-ins have the shape of the real thing, are the same each time, and can be learnt but not perfectly."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autograder.course import datasets
from autograder.course.course import Course
from course_data import standins

TRAIN = """
import sys
import numpy as np
import tensorflow as tf
for folder in sys.argv[1:]:
    tf.keras.utils.set_random_seed(1)
    data = {key: np.load(f"{folder}/{key}.npy") for key in ("x_train", "y_train", "x_test", "y_test")}
    model = tf.keras.Sequential([
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(tf.keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(data["x_train"] / np.float32(255), data["y_train"], epochs=8, batch_size=512, verbose=0,
                        validation_data=(data["x_test"] / np.float32(255), data["y_test"])).history
    print("RESULT", history["accuracy"][-1], max(history["val_accuracy"]), history["val_accuracy"][-1])
"""


@cache
def made(name: str) -> dict[str, np.ndarray]:
    """A whole stand-in, drawn once."""
    return standins.make(name)


def digest(arrays: dict[str, np.ndarray]) -> str:
    return hashlib.sha256(b"".join(arrays[key].tobytes() for key in sorted(arrays))).hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(standins.PAINTERS))
def test_shapes_and_types_are_the_published_ones(name: str, repository: Course) -> None:
    spec = datasets.read_registry(repository.data / "datasets.toml")[name]
    arrays = made(name)
    train, test = (2_000, 400) if name == "cifar100" else (spec.train, spec.test)  # nothing is trained on CIFAR-100
    assert arrays["x_train"].shape == (train, *spec.image) and arrays["x_test"].shape == (test, *spec.image)
    assert arrays["x_train"].dtype == np.uint8 and arrays["y_train"].dtype == np.uint8
    assert arrays["y_train"].shape == ((train, 1) if name.startswith("cifar") else (train,))
    labels = np.concatenate([arrays["y_train"].ravel(), arrays["y_test"].ravel()])
    classes = 100 if name == "cifar100" else 10
    assert np.bincount(labels).tolist() == [len(labels) // classes] * classes


def test_the_superclasses_of_cifar100_hold_five_fine_classes_each_and_are_not_the_published_ones() -> None:
    arrays = made("cifar100")
    groups: dict[int, set[int]] = {}
    for part in ("train", "test"):
        fine, coarse = arrays[f"y_{part}"], arrays[f"y_{part}_coarse"]
        assert fine.shape == coarse.shape and coarse.dtype == np.uint8
        for one, other in zip(fine.ravel().tolist(), coarse.ravel().tolist(), strict=True):
            groups.setdefault(other, set()).add(one)
    assert sorted(groups) == list(range(20)) and {len(group) for group in groups.values()} == {5}
    assert set().union(*groups.values()) == set(range(100))
    assert {4, 30, 55, 72, 95} not in groups.values(), "the published aquatic mammals: a table from the web would pass"


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    one, again, other = (digest(standins.make("mnist", seed, sizes=(6000, 1000))) for seed in (1, 1, 2))
    assert one == again and one != other


@pytest.mark.slow
@pytest.mark.matrix
def test_a_small_network_learns_them_and_overfits(tmp_path: Path) -> None:
    names = ("fashion_mnist", "mnist")
    for name in names:
        (tmp_path / name).mkdir()
        for key, array in made(name).items():
            np.save(tmp_path / name / f"{key}.npy", array)
    env = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    command = [sys.executable, "-c", TRAIN, *(str(tmp_path / name) for name in names)]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=True)
    results = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("RESULT")]
    for name, result in zip(names, results, strict=True):
        training, best, last = map(float, result)
        assert 0.83 <= best <= 0.92, name
        assert training - last > 0.02, name
