"""The two classes that the benchmark grades: small notebooks of six short tasks, and notebooks that train a network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from autograder.course.notebooks import nbformat_tree
from autograder.course.scaffold import cell

SMALL, TRAINING = "small", "training"
EPOCHS = 24
RANDOM = "rng.normal(size=(5, 4)).astype(np.float32)"


@dataclass(frozen=True)
class BenchTask:
    """One task of a class, as Python text.

    `function`: the name of the student's function.
    `solution`: the text of the solution cell.
    `visible`: the assert by which stock nbgrader grades.
    `expected`: the result that our hidden check expects for the input `x`.
    `input`: the input of the hidden check.
    `compare`: the statement by which the hidden check compares `result` with `expected`.
    """

    function: str
    solution: str
    visible: str
    expected: str
    input: str = RANDOM
    compare: str = "expect.close(result, expected, 1e-4, hint='Compare with NumPy.')"


TASKS = {
    SMALL: [
        BenchTask(
            "rank",
            "def rank(x):\n    return tf.rank(x)",
            "assert rank(tf.zeros((2, 3))) == 2",
            "np.asarray(3)",
            input="np.ones((3, 2, 4))",
        ),
        BenchTask("double", "def double(x):\n    return 2 * x", "assert double(tf.ones(3))[0] == 2", "2 * x"),
        BenchTask("last_row", "def last_row(x):\n    return x[-1]", "assert last_row(tf.eye(3))[2] == 1", "x[-1]"),
        BenchTask(
            "column_means",
            "def column_means(x):\n    return tf.reduce_mean(x, axis=0)",
            "assert column_means(tf.eye(4))[0] == 0.25",
            "x.mean(axis=0)",
        ),
        BenchTask(
            "gram", "def gram(x):\n    return tf.transpose(x) @ x", "assert gram(tf.eye(4)).shape == (4, 4)", "x.T @ x"
        ),
        BenchTask(
            "slope",
            "def slope(x):\n"
            "    with tf.GradientTape() as tape:\n        tape.watch(x)\n        y = tf.reduce_sum(x**3)\n"
            "    return tape.gradient(y, x)",
            "assert abs(float(slope(tf.constant(2.0))) - 12) < 1e-4",
            "3 * x**2",
        ),
    ],
    TRAINING: [
        BenchTask(
            "classify",
            "rng = np.random.default_rng(0)\n"
            "images = rng.random((20_000, 784), dtype='float32')\n"
            "labels = (images[:, :392].sum(1) > images[:, 392:].sum(1)).astype('int32')\n"
            "model = tf.keras.Sequential([tf.keras.Input((784,)), tf.keras.layers.Dense(256, 'relu'), "
            "tf.keras.layers.Dense(128, 'relu'), tf.keras.layers.Dense(2, 'softmax')])\n"
            "model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])\n"
            f"model.fit(images, labels, epochs={EPOCHS}, batch_size=64, verbose=0)\n"
            "def classify(x):\n    return model(x)",
            "assert classify(tf.zeros((5, 784))).shape == (5, 2)",
            "np.zeros((7, 2))",
            input="np.zeros((7, 784), np.float32)",
            compare="expect.shape(result, expected.shape)",
        ),
    ],
}

CHECKS = '''"""Hidden checks of a class of the benchmark."""

import numpy as np

from autograder.checking import Student, Tensor, check, expect

'''


def check_of(task: BenchTask) -> str:
    """Return the text of a hidden check that calls the function of a task with new input."""
    name = task.function
    return f"""
@check(cell="{name}", points=1, title="{name} is right for new input")
def test_{name}(student: Student, rng: np.random.Generator) -> None:
    x = {task.input}
    result = expect.array(student.call("{name}", Tensor(x)), "{name}(x)")
    expected = np.asarray({task.expected})
    {task.compare}

"""


def write_checks(folder: Path, name: str) -> None:
    """Write the hidden checks of a class into a new folder."""
    folder.mkdir(parents=True)
    (folder / f"test_{name}.py").write_text(CHECKS + "".join(check_of(task) for task in TASKS[name]))


def write_source(root: Path, name: str) -> None:
    """Write the instructor's notebook of a class below `root`."""
    cells = [
        cell("code", "setup", "import numpy as np\nimport tensorflow as tf", grade=False, locked=True, solution=False)
    ]
    for task in TASKS[name]:
        text = f"### BEGIN SOLUTION\n{task.solution}\n### END SOLUTION"
        cells.append(cell("code", task.function, text, grade=False, locked=False, solution=True))
        cells.append(
            cell("code", f"test_{task.function}", task.visible, grade=True, locked=True, solution=False, points=1)
        )
    folder = root / "source" / name
    folder.mkdir(parents=True)
    (folder / f"{name}.ipynb").write_text(json.dumps(nbformat_tree(cells)))
