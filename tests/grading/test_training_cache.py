"""The training cache: it repeats a training exactly, only for the same answers, and it is of no use to a cheat."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder import wire
from autograder.course.answers import Answers, hand_in
from autograder.course.course import Course
from autograder.course.notebooks import Notebook, parse, visible
from autograder.course.signatures import SIZE, signed
from autograder.grading.kernel import JupyterKernel
from autograder.grading.pipeline import grade
from autograder.grading.training_cache import SubmissionTrainings, TrainingCache, kernel_seed
from autograder.records import CellStatus, GradeReport, Level, Limits, Submission
from autograder.sandbox import launch, levels
from tests.conftest import best_kernels, cell, fix_secret, notebook_bytes

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


def begun(trainings: SubmissionTrainings) -> SubmissionTrainings:
    """The same trainings as a new run finds them."""
    return replace(trainings, begun_with=frozenset(file.name for file in trainings.folder.glob("?" * 64)))


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """Start kernels with the trainings of a submission, at the best level that this machine gives."""
    level = levels.choose(Level.NONE)
    running: list[JupyterKernel] = []

    def one(trainings: SubmissionTrainings, seed: int = 3) -> JupyterKernel:
        process = launch.start({}, level, Limits(), 1, seed, begun(trainings).lay_out)
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
    question = wire.encode({"ask": "call", "name": "make", "args": [], "kwargs": {}, "inputs": False})
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


# --- the grader's side ------------------------------------------------------------------------------------------------


def answers(text: str) -> Notebook:
    return parse(notebook_bytes(cell("code", "one", text, solution=True)), "n")


def test_no_other_student_assignment_or_submission_gets_the_trainings(tmp_path: Path) -> None:
    cache = TrainingCache(tmp_path)
    own = cache.of("a", "ann", answers("1"), KEY)
    assert own == cache.of("a", "ann", answers("1"), KEY)
    others = [("a", "bob", "1"), ("b", "ann", "1"), ("a", "ann", "2")]
    assert all(cache.of(name, who, answers(text), KEY).folder != own.folder for name, who, text in others)


def test_random_numbers_begin_where_a_note_beside_the_trainings_says(tmp_path: Path) -> None:
    trainings = TrainingCache(tmp_path).of("a", "ann", answers("1"), KEY)
    assert trainings.seed(7) == 7
    trainings.folder.mkdir(parents=True)
    (trainings.folder / "seed").write_text("12")
    assert trainings.seed(7) == 12


def kernel_folder(path: Path) -> int:
    path.mkdir(exist_ok=True)
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY)


def entry(epochs: int = 2, **changed: object) -> bytes:
    """A training as a kernel writes it; names of keyword arguments with None for a value are left out."""
    made: dict[str, object] = {
        "variables": [np.zeros((2, 3), "float32")],
        "params": {"epochs": epochs, "steps": 3, "verbose": 0},
        "epoch": list(range(epochs)),
        "record": {"loss": [float(number) for number in range(epochs)]},
        "callbacks": [{"best": float("inf"), "patience": 2}],
        "stopped": False,
        "world": {"python": [3, np.arange(4, dtype=np.uint64), None]},
    }
    return wire.encode({name: value for name, value in (made | changed).items() if value is not None})


def test_only_plain_files_with_a_key_for_a_name_are_kept_and_the_first_one_stays(tmp_path: Path) -> None:
    secret, talk = tmp_path / "secret", tmp_path / "kernel"
    secret.write_text("the grader's")
    descriptor = kernel_folder(talk)
    (talk / ("a" * 64)).write_bytes(entry(1))
    (talk / ("b" * 64)).symlink_to(secret)
    os.mkfifo(talk / ("c" * 64))
    (talk / ("d" * 64)).mkdir()
    (talk / "readme").write_text("x")
    trainings = SubmissionTrainings(tmp_path / "store" / "ann" / "answers", key=KEY)
    trainings.collect(descriptor)
    name = "a" * 64
    assert {file.name: file.read_bytes() for file in trainings.folder.iterdir()} == {name: signed(KEY, name, entry(1))}
    (talk / name).write_bytes(entry(2))
    trainings.collect(descriptor)
    assert (trainings.folder / name).read_bytes() == signed(KEY, name, entry(1))
    replace(trainings, fresh=True).collect(descriptor)
    assert (trainings.folder / name).read_bytes() == signed(KEY, name, entry(2))
    os.close(descriptor)


NO_TRAININGS = {
    "a note": b"x",
    "an empty file": b"",
    "another value": wire.encode([1, 2]),
    "a part less": entry(stopped=None),
    "a part more": entry(note="second run"),
    "weights that are no numbers": entry(variables=[np.array(["a note"])]),
    "weights that are not finite": entry(variables=[np.array([np.inf])]),
    "a history longer than its epochs": entry(record={"loss": [0.0] * 100}),
    "a history of texts": entry(record={"loss": ["a", "note"]}),
    "epochs that are no numbers": entry(epoch=["a", "note"]),
    "a note of a callback": entry(callbacks=[{"note": [1, 2]}]),
    "bytes after its end": entry() + b"a note",
}


@pytest.mark.parametrize("what", NO_TRAININGS)
def test_a_file_that_does_not_describe_a_training_is_not_kept(tmp_path: Path, what: str) -> None:
    descriptor = kernel_folder(tmp_path / "kernel")
    (tmp_path / "kernel" / ("a" * 64)).write_bytes(NO_TRAININGS[what])
    trainings = SubmissionTrainings(tmp_path / "trainings", key=KEY)
    trainings.collect(descriptor)
    os.close(descriptor)
    assert not trainings.folder.exists()


@pytest.mark.parametrize("change", ["of a byte", "of its name", "of its submission", "of its signature"])
def test_an_entry_that_this_course_did_not_sign_for_this_submission_is_not_laid_out(
    tmp_path: Path, change: str
) -> None:
    cache, name = TrainingCache(tmp_path / "trainings"), "a" * 64
    own = cache.of("a", "ann", answers("1"), KEY)
    descriptor = kernel_folder(tmp_path / "kernel")
    (tmp_path / "kernel" / name).write_bytes(entry())
    own.collect(descriptor)
    os.close(descriptor)
    content, where = (own.folder / name).read_bytes(), own
    if change == "of a byte":
        (own.folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif change == "of its name":
        (own.folder / name).rename(own.folder / ("b" * 64))
    elif change == "of its submission":
        where = cache.of("a", "bob", answers("1"), KEY)
        where.folder.mkdir(parents=True)
        (where.folder / name).write_bytes(content)
    else:
        (own.folder / name).write_bytes(content[SIZE:])
    descriptor = kernel_folder(tmp_path / "next")
    begun(where).lay_out(descriptor, None)
    os.close(descriptor)
    assert list((tmp_path / "next").iterdir()) == []


def test_the_cache_has_a_size_and_the_oldest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = TrainingCache(tmp_path / "trainings")
    monkeypatch.setattr("autograder.grading.training_cache.MOST_BYTES", 10_000)
    for name, numbers in (("a", 1500), ("b", 1500), ("c", 300)):
        (tmp_path / "kernel").mkdir(exist_ok=True)
        (tmp_path / "kernel" / (name * 64)).write_bytes(entry(variables=[np.zeros(numbers, "float32")]))
    descriptor = kernel_folder(tmp_path / "kernel")
    made = [cache.of("a", who, answers("1"), KEY) for who in ("ann", "bob")]
    for age, trainings in enumerate(made):
        trainings.collect(descriptor)
        assert sorted(file.name[0] for file in trainings.folder.iterdir()) == ["a", "c"]
        os.utime(trainings.folder, (age, age))
    cache.of("a", "bob", answers("2"), KEY).collect(descriptor)
    assert not made[1].folder.exists(), "an earlier submission's"
    cache.prune(most=10_000)
    assert not made[0].folder.exists() and cache.of("a", "bob", answers("2"), KEY).folder.exists()
    os.close(descriptor)


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
