"""Keras models in a real kernel, rebuilt in NumPy from their layers and proved; what cannot be rebuilt is asked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from autograder.checking.models import ACTIVATIONS, calibration_error, confusion, precision_recall_f1, rebuild
from autograder.checking.student import Student
from autograder.errors import CheckFailed, StudentFault
from autograder.grading.kernel import JupyterKernel
from autograder.records import CellRun, CellStatus, Level, Limits
from autograder.sandbox import launch, levels

pytestmark = pytest.mark.kernel
SETUP = """
import numpy as np
import tensorflow as tf
layers, regularizers = tf.keras.layers, tf.keras.regularizers
tf.keras.utils.set_random_seed(7)


def stacked(*parts, shape=(6,)):
    model = tf.keras.Sequential([tf.keras.Input(shape), *parts])
    for weight in model.weights:  # no zeros and ones: a mistake has to show
        weight.assign(np.random.uniform(0.2, 0.9, weight.shape))
    return model
"""
REBUILT = {
    "dense": "stacked(layers.Dense(5, 'relu'), layers.Dense(3, 'softmax'))",
    "without a bias": "stacked(layers.Dense(5, 'tanh', use_bias=False), layers.Dense(3))",
    "flattened": "stacked(layers.Flatten(), layers.Dense(4, 'sigmoid'), shape=(2, 3))",
    "reshaped": "stacked(layers.Reshape((6,)), layers.Dense(4, 'elu'), shape=(3, 2))",
    "scaled": "stacked(layers.Rescaling(2.0, offset=-1.0), layers.Dense(4, 'selu'))",
    "normalized": "stacked(layers.Normalization(mean=[1.0] * 6, variance=[2.0] * 6), layers.Dense(4, 'softplus'))",
    "idle layers": "stacked(layers.Dropout(0.5), layers.GaussianNoise(1.0), layers.AlphaDropout(0.2), layers.Dense(3))",
    "activation layers": (
        "stacked(layers.Dense(4), layers.Activation('relu'), layers.Dense(4), "
        "layers.ReLU(max_value=1.0), layers.Softmax())"
    ),
    "leaky": "stacked(layers.Dense(4), layers.LeakyReLU(negative_slope=0.3), layers.PReLU(), layers.ELU(alpha=0.7))",
    "batch normalization": (
        "stacked(layers.Dense(4), layers.BatchNormalization(), layers.BatchNormalization(center=False))"
    ),
    "layer normalization": (
        "stacked(layers.Dense(4), layers.LayerNormalization(), layers.LayerNormalization(scale=False))"
    ),
    "nested": "stacked(stacked(layers.Dense(5, 'gelu')), layers.Dense(3, tf.nn.softmax), shape=(6,))",
    "functional": (
        "(lambda i: tf.keras.Model(i, layers.Dense(3, tf.nn.silu)(layers.Dense(4, tf.nn.leaky_relu)(i))))"
        "(tf.keras.Input((6,)))"
    ),
}
ASKED = {
    "a skip connection": (
        "(lambda i: tf.keras.Model(i, layers.Add()([layers.Dense(3)(i), layers.Dense(3)(i)])))(tf.keras.Input((6,)))"
    ),
    "an activation of one's own": "stacked(layers.Dense(3, lambda z: tf.sin(z)))",
    "a layer that is not listed": "stacked(layers.Dense(4), layers.UnitNormalization())",
    "a class with a call of its own": "Own()",
}
OWN = """
class Own(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.one, self.two = layers.Dense(4), layers.Dense(3)

    def call(self, x, training=None):
        return self.two(self.one(x)) + 1.0
"""


@pytest.fixture(scope="module")
def student() -> Iterator[Student]:
    """A student in a kernel at the best level that this machine gives."""
    kernel = JupyterKernel(launch.start({}, levels.choose(Level.NONE)), Limits())
    assert kernel.run(SETUP + OWN, 60).status is CellStatus.OK

    def ask(question: bytes) -> bytes:
        return kernel.ask(question, 30)

    made = Student(ask, CellRun(CellStatus.OK), lambda name: pytest.fail(f"{name} was asked for"))
    made.run_code = lambda code: kernel.run(code, 60)  # type: ignore[attr-defined]
    yield made
    kernel.close()


def put(student: Student, expression: str) -> None:
    run = student.run_code(f"model = {expression}")  # type: ignore[attr-defined]
    assert run.status is CellStatus.OK, run.error


def shape_of(expression: str) -> tuple[int, ...]:
    return {"flattened": (2, 3), "reshaped": (3, 2)}.get(expression, (6,))


@pytest.mark.parametrize("name", REBUILT)
def test_a_model_of_listed_layers_is_rebuilt_and_agrees_with_the_live_one(student: Student, name: str) -> None:
    put(student, REBUILT[name])
    rng = np.random.default_rng(1)
    model = student.model("model", rng, shape=shape_of(name))
    assert model.rebuilt, model.kinds()
    x = rng.normal(size=(1500, *shape_of(name))).astype(np.float32)
    live = np.asarray(student.call("model", x))
    np.testing.assert_allclose(model.outputs(x), live, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ASKED)
def test_any_other_model_is_asked_and_each_row_gets_its_own_answer(student: Student, name: str) -> None:
    put(student, ASKED[name])
    rng = np.random.default_rng(1)
    model = student.model("model", rng, shape=(6,))
    assert not model.rebuilt
    x = rng.normal(size=(40, 6)).astype(np.float32)
    np.testing.assert_allclose(model.outputs(x), np.asarray(student.call("model", x)), rtol=1e-4, atol=1e-5)


def test_a_model_is_not_rebuilt_from_weights_that_disagree_with_the_live_model(student: Student) -> None:
    put(student, REBUILT["dense"])
    student.run_code("model.call = lambda x, training=None, mask=None: tf.one_hot(tf.zeros(len(x), tf.int32), 3)")  # type: ignore[attr-defined]
    assert not student.model("model", np.random.default_rng(1), shape=(6,)).rebuilt


def test_compilation_and_regularisation_of_a_model_are_reported(student: Student) -> None:
    put(student, "stacked(layers.Dense(5, 'relu', kernel_regularizer='l2'), layers.Dense(3))")
    student.run_code("model.compile('adam', tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))")  # type: ignore[attr-defined]
    model = student.model("model", np.random.default_rng(1), shape=(6,))
    assert (model.compiled, model.from_logits, model.optimizer) == (True, True, "Adam") and "sparse" in model.loss
    assert [layer.penalty for layer in model.dense] == [True, False] and model.parameters == 6 * 5 + 5 + 5 * 3 + 3


@pytest.mark.parametrize(
    ("expression", "message"), [("[1]", "of type list"), ("None", "NoneType"), ("layers.Dense(3)", "of type Dense")]
)
def test_what_is_no_model_is_a_failed_check(student: Student, expression: str, message: str) -> None:
    put(student, expression)
    with pytest.raises(CheckFailed, match=message):
        student.model("model", np.random.default_rng(1), shape=(6,))


def test_a_history_is_read_and_what_is_none_is_a_failed_check(student: Student) -> None:
    put(student, "stacked(layers.Dense(1))")
    student.run_code(  # type: ignore[attr-defined]
        "model.compile('sgd', 'mse'); "
        "history = model.fit(np.zeros((20, 6)), np.zeros(20), epochs=3, batch_size=5, verbose=0); other = 7"
    )
    history = student.history("history")
    assert (history.epochs, history.asked, history.steps, list(history.record)) == (3, 3, 4, ["loss"])
    with pytest.raises(StudentFault):
        student.history("other")


# --- lies, and measures: no kernel ------------------------------------------------------------------------------------


def test_activation_functions_compute_what_their_names_say() -> None:
    z = np.linspace(-3, 3, 7)
    assert np.allclose(ACTIVATIONS["softmax"](z).sum(), 1) and np.allclose(ACTIVATIONS["silu"](z), z / (1 + np.exp(-z)))
    assert rebuild([])(np.ones((2, 3))).shape == (2, 3)


def test_metrics_agree_with_their_textbook_definitions() -> None:
    table = confusion(np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 0]), classes=3)
    assert table.tolist() == [[1, 1, 0], [0, 2, 0], [1, 0, 0]]
    precision, recall, f1 = precision_recall_f1(table)
    assert (
        precision.tolist() == [0.5, 2 / 3, 0]
        and recall.tolist() == [0.5, 1, 0]
        and f1.tolist() == pytest.approx([0.5, 0.8, 0])
    )
    sure = np.log(np.array([[0.8, 0.2], [0.8, 0.2]]))
    assert calibration_error(sure, np.array([0, 1])) == pytest.approx(0.3)
