"""The training cache: it repeats a training exactly, only for the same answers, and it is of no use to a cheat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder import wire
from autograder.course.answers import Answers, hand_in
from autograder.course.course import Course
from autograder.course.notebooks import Notebook, visible
from autograder.grading.kernel import JupyterKernel
from autograder.grading.pipeline import grade
from autograder.grading.training_cache import SubmissionTrainings, kernel_seed
from autograder.records import CellStatus, GradeReport, Level, Limits, Submission
from autograder.sandbox import launch, levels
from tests.conftest import best_kernels, fix_secret

SETUP = """
import numpy as np
import tensorflow as tf
layers = tf.keras.layers
x, y = np.random.normal(size=(200, 5)).astype("float32"), np.arange(200) % 3
stop = tf.keras.callbacks.EarlyStopping("loss", min_delta=10.0, patience=2)
model = tf.keras.Sequential([layers.Dense(8, tf.nn.relu), layers.Dropout(0.4), layers.Dense(3, "softmax")])
model.compile(tf.keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
"""
FIT = "history = model.fit(x, y, batch_size=32, epochs=9, verbose=0, validation_split=0.2, callbacks=[stop])"
LEFT = """
print(history.history, history.epoch, history.params, history.model is model, stop.stopped_epoch, stop.best)
print([float(np.sum(np.abs(weight.numpy()))) for weight in [*model.variables, *model.optimizer.variables]])
print(np.random.random(), tf.random.normal((2,)).numpy(), tf.keras.random.normal((2,)).numpy(), layers.Dense(2).name)
print(model.fit(x, y, epochs=2, verbose=0).history, model.evaluate(x, y, verbose=0))
"""
Start = Callable[..., JupyterKernel]
KEY = b"the key of an assignment"


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """Start kernels with the trainings of a submission, at the best level that this machine gives."""
    level = levels.choose(Level.NONE)
    running: list[JupyterKernel] = []

    def one(trainings: SubmissionTrainings, seed: int = 3) -> JupyterKernel:
        process = launch.start({}, level, Limits(), 1, seed, trainings.begun().lay_out)
        running.append(JupyterKernel(process, Limits(), trainings.collect))
        return running[-1]

    yield one
    for kernel in running:
        kernel.close()


@pytest.fixture(scope="module")
def trained(start: Start, tmp_path_factory: pytest.TempPathFactory) -> tuple[SubmissionTrainings, str]:
    """Trainings that hold FIT and the training in LEFT, and what LEFT printed."""
    trainings = SubmissionTrainings(tmp_path_factory.mktemp("trained") / "trainings")
    known, said = train(start, trainings, SETUP, FIT, LEFT)
    assert known == [False, False] and len(list(trainings.folder.iterdir())) == 2
    return trainings, said


@pytest.fixture(scope="module")
def one_kernel(start: Start, tmp_path_factory: pytest.TempPathFactory) -> JupyterKernel:
    """A kernel without remembered trainings, for code whose trainings are not remembered."""
    return start(SubmissionTrainings(tmp_path_factory.mktemp("one") / "trainings"))


def run(kernel: JupyterKernel, code: str) -> str:
    done = kernel.run(code, 60)
    assert done.status is CellStatus.OK, done.error
    return "".join(output["text"] for output in done.outputs if output.get("name") == "stdout")


def remembered(kernel: JupyterKernel) -> list[bool]:
    told = wire.decode(kernel.ask(wire.encode({"ask": "trainings"}), 20))["value"]["fits"]
    return [known for _, known, _ in told]


def train(start: Start, trainings: SubmissionTrainings, *cells: str, seed: int = 3) -> tuple[list[bool], str]:
    """Run cells in a kernel of their own; which of its trainings were remembered, and what the last cell printed."""
    kernel = start(trainings, seed)
    said = [run(kernel, code) for code in cells][-1]
    known = remembered(kernel)
    kernel.close()
    return known, said


def test_a_remembered_training_leaves_what_the_first_one_left(
    start: Start, trained: tuple[SubmissionTrainings, str]
) -> None:
    trainings, said = trained
    assert train(start, trainings, SETUP, FIT, LEFT) == ([True, True], said) and "loss" in said


@pytest.mark.parametrize(
    "change",
    [
        "x[7, 3] += 1e-6",
        "y[5] = 0 if y[5] else 1",
        "model.optimizer.learning_rate = 0.02",
        "model(x[:1]); model.layers[0].bias.assign(np.full(8, 0.001))",
        "np.random.random()",
        "tf.random.set_seed(4)",
        "stop.patience = 1",
        "model.layers[0].trainable = False",
    ],
)
def test_a_change_of_anything_that_matters_leads_to_a_new_training(
    start: Start, trained: tuple[SubmissionTrainings, str], change: str
) -> None:
    assert train(start, trained[0], SETUP, change, FIT)[0] == [False]


@pytest.mark.parametrize(
    ("call", "known"),
    [
        ("x, y, 32, 9, 1, [stop], 0.2", True),  # the same, said in another way
        ("x, y, 32, 8, 1, stop, 0.2", False),
        ("x, y, 16, 9, 1, stop, 0.2", False),
        ("x, y, 32, 9, 1, stop, 0.2, shuffle=False", False),
        ("x, y, 32, 9, 1, stop, 0.2, class_weight={0: 1.0, 1: 1.0, 2: 1.5}", False),
    ],
)
def test_arguments_matter_and_how_they_are_given_does_not(
    start: Start, trained: tuple[SubmissionTrainings, str], call: str, known: bool
) -> None:
    assert train(start, trained[0], SETUP, f"model.fit({call})")[0] == [known]


@pytest.mark.parametrize(
    "own",
    [
        "model.add(layers.Dense(3, lambda z: z))",
        "y = np.eye(3)[y]; "
        "model.compile('sgd', lambda truth, seen: tf.reduce_mean((tf.cast(truth, 'float32') - seen) ** 2))",
        "y = np.eye(3)[y]; model.compile('sgd', 'mse', metrics=[lambda truth, seen: tf.reduce_mean(seen)])",
        "step = model.train_step\nmodel.train_step = lambda batch: step(batch)",
        "model.add(layers.Lambda(lambda z: z))",
        "stop = tf.keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)",
        "class Own(tf.keras.Sequential):\n    pass\n"
        "model = Own(model.layers)\nmodel.compile('sgd', 'sparse_categorical_crossentropy')",
        "x, y = tf.data.Dataset.from_tensor_slices((x, y)).batch(32), None",
    ],
)
def test_a_training_with_custom_code_is_not_remembered(one_kernel: JupyterKernel, own: str) -> None:
    for code in (SETUP, own, "model.fit(x, y, epochs=1, verbose=0, callbacks=[stop])"):
        run(one_kernel, code)
    assert remembered(one_kernel)[-1] is False
    listing = "import os; print(os.listdir(os.path.dirname(os.environ['AUTOGRADER_SCRATCH']) + '/trainings'))"
    assert run(one_kernel, listing) == "['begin']\n"


def test_random_numbers_begin_the_same_each_time_and_differ_between_students(start: Start, tmp_path: Path) -> None:
    trainings = SubmissionTrainings(tmp_path / "trainings")
    draw = (
        "import random\n"
        "print(np.random.random(), random.random(), tf.random.normal((2,)).numpy(), model(x[:1]).numpy())"
    )
    said = [train(start, trainings, SETUP, draw, seed=seed)[1] for seed in (3, 3, 4)]
    assert said[0] == said[1] != said[2]
    assert kernel_seed(b"key", "a", "ann") == kernel_seed(b"key", "a", "ann") != kernel_seed(b"key", "a", "bob")


def test_what_checks_call_does_not_change_what_the_next_cell_draws(start: Start, tmp_path: Path) -> None:
    make = "def make():\n    np.random.random()\n    tf.random.normal((1,))\n    return float(layers.Dense(2)(x)[0, 0])"
    draw = (
        "print(np.random.random(), tf.random.normal((2,)).numpy(), "
        "layers.Dense(2).name, layers.Dense(2)(x).numpy().sum())"
    )
    forget = wire.encode({"ask": "forget"})
    question = wire.encode({"ask": "call", "name": "make", "args": [], "kwargs": {}})
    said = []
    for calls in (0, 1, 4):
        kernel = start(SubmissionTrainings(tmp_path / "trainings"))
        run(kernel, SETUP + make)
        answers = [wire.decode(kernel.ask(question, 20))["value"]["result"] for _ in range(calls)]
        kernel.ask(forget, 20)
        said.append(run(kernel, draw))
        assert len(set(answers)) == calls, "two calls of one check draw on"
    assert said[0] == said[1] == said[2]


def test_a_kernel_info_request_draws_no_random_number(start: Start, tmp_path: Path) -> None:
    said = []
    for asked in (0, 3):
        kernel = start(SubmissionTrainings(tmp_path / "trainings"))
        for _ in range(asked):
            kernel._process.client.kernel_info(reply=True, timeout=30)
        said.append(run(kernel, "import random; print(random.random())"))
    assert said[0] == said[1]


def test_two_models_without_weights_are_told_apart(start: Start, tmp_path: Path) -> None:
    again = """
losses = []
for _ in range(2):
    tf.keras.backend.clear_session()
    model = tf.keras.Sequential([layers.Dense(4), layers.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    tf.keras.utils.set_random_seed(42)
    losses.append(model.fit(x, y, epochs=1, verbose=0).history["loss"][0])
assert losses[0] != losses[1], losses
"""
    assert train(start, SubmissionTrainings(tmp_path / "trainings"), SETUP, again)[0] == [False, False]


def test_a_kernel_that_replaces_one_that_died_meets_what_the_first_one_met(start: Start, tmp_path: Path) -> None:
    """A notebook that runs twice must not be able to tell the second time from the first."""
    trainings = SubmissionTrainings(tmp_path / "trainings")
    kernel = start(trainings)
    run(kernel, SETUP)
    run(kernel, FIT)
    listing = "import os; print(os.listdir(os.path.dirname(os.environ['AUTOGRADER_SCRATCH']) + '/trainings'))"
    assert kernel.run("import os\nos._exit(1)", 20).status is CellStatus.DIED
    kernel.close()
    process = launch.start({}, levels.choose(Level.NONE), Limits(), 1, 3, trainings.lay_out)
    second = JupyterKernel(process, Limits(), trainings.collect)
    assert run(second, listing) == "['begin']\n"
    second.close()
    assert train(start, trainings, SETUP, FIT)[0] == [True], "the next run has them"


POISON = """
import os, sys
bridge, folder = sys.modules["autograder_wire"], os.path.dirname(os.environ["AUTOGRADER_SCRATCH"]) + "/trainings"
for name in set(os.listdir(folder)) - {"begin"}:
    entry = bridge.decode(open(f"{folder}/{name}", "rb").read())
    entry["record"] = {
        key: [1.0 if "accuracy" in key else 1e-6 for _ in values] for key, values in entry["record"].items()
    }
    entry["variables"] = [np.zeros_like(value) for value in entry["variables"]]
    os.remove(f"{folder}/{name}")
    open(f"{folder}/{name}", "wb").write(bridge.encode(entry))
"""


def first_answers(notebook: Notebook) -> dict[str, str]:
    """The reference answers to the tasks of exercise 3 up to its first training."""
    return {
        cell.grade_id: cell.source for cell in notebook.solutions() if cell.grade_id in ("prepare", "build", "train")
    }


@pytest.mark.kernel
def test_a_student_gains_nothing_by_poisoning_their_own_training_cache(course: Course, tmp_path: Path) -> None:
    fix_secret(course)
    name = "exercise_3_fashion"
    assignment = course.assignment(name)
    notebook = assignment.only_notebook.notebook
    honest = first_answers(notebook)
    cells = {**honest, "train": honest["train"] + POISON, "cure": "", "errors": ""}
    submission = Submission("eve", name, tmp_path, contents={name: hand_in(notebook, Answers(cells))})
    first, again = (grade(submission, assignment, best_kernels(course)) for _ in range(2))
    assert any("remembered" in note for note in again.staff_notes)
    tasks = [next(task for task in report.tasks if task.task.cell == "train") for report in (first, again)]
    assert tasks[0].earned == tasks[0].task.points, "the model was honest"
    assert {"test_learned", "test_history"} <= {check.check.name for check in tasks[1].checks if not check.passed}
    assert grade(submission, assignment, best_kernels(course, fresh=True)).earned == first.earned


@pytest.mark.kernel
@pytest.mark.matrix
def test_a_regrade_gives_the_same_grade_without_training(course: Course, tmp_path: Path) -> None:
    fix_secret(course)
    name = "exercise_3_fashion"
    assignment = course.assignment(name)
    notebook = assignment.only_notebook.notebook
    honest = first_answers(notebook)
    submission = Submission("ann", name, tmp_path, contents={name: hand_in(visible(notebook), Answers(honest))})

    def graded(fresh: bool = False) -> GradeReport:
        return grade(submission, assignment, best_kernels(course, fresh=fresh))

    first, again, fresh = graded(), graded(), graded(fresh=True)
    seconds = [report.seconds["training"] for report in (first, again, fresh)]
    assert seconds[0] > 0 and seconds[1] == 0 and seconds[2] > 0
    measured = [[check.measured for task in report.tasks for check in task.checks] for report in (first, again, fresh)]
    assert first.earned == again.earned == fresh.earned > 0 and measured[0] == measured[1] == measured[2] != [()]
