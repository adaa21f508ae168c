"""What a person should look at in the code of an answer, and what is ordinary."""

from __future__ import annotations

import pytest

from autograder.course.answers import read_answers
from autograder.grading.unusual_code import unusual
from tests.conftest import ANSWERS

UNUSUAL = {
    "import importlib.util": "imports importlib.util",
    "from ctypes import CDLL": "imports ctypes",
    "from sklearn.neural_network._base import LOSS_FUNCTIONS": "inner part of a library",
    "import keras.src.optimizers as o": "inner part of a library",
    "step = tf.raw_ops.ResourceApplyFtrl": "uses tf.raw_ops.ResourceApplyFtrl",
    "exec('x = 1')": "calls exec",
    "code = f.__code__": "uses __code__",
    "import sys\nframe = sys._getframe(1).f_locals": "uses _getframe",
    "import sys\nb = sys.modules['autograder_bridge']": "uses sys.modules",
    "np.allclose = lambda *a: True": "replaces np.allclose",
    "import numpy as n\nn.allclose = f": "replaces n.allclose",
    "np.testing.assert_allclose = lambda *a: None": "replaces np.testing.assert_allclose",
    f"table = {list(range(3000))}": "bytes of numbers and texts",
    f"labels = {'0123456789' * 1000!r}": "bytes of numbers and texts",
    f"packed = {'Ж' * 300!r}": "unusual characters",
}
ORDINARY = [
    "import math\nfrom functools import partial\nfrom numpy.linalg import norm",
    "plt.rcParams['figure.figsize'] = (4, 3)",
    "pd.options.display.max_rows = 5",
    "self.weights = np.zeros(3)",
    "%matplotlib inline\nx = 1",
    "def f(:",
    '"""' + "Ein langer deutscher Text über Größen, Wärme und Öfen. " * 300 + '"""',
    "x = [0.1, 0.2] * 3000",
    "from __future__ import annotations",
]


@pytest.mark.parametrize("source", UNUSUAL, ids=lambda source: source[:40])
def test_code_that_no_task_needs_is_named(source: str) -> None:
    assert any(UNUSUAL[source] in str(each) for each in unusual(source)), unusual(source)


@pytest.mark.parametrize("source", ORDINARY, ids=lambda source: source[:40])
def test_ordinary_code_is_not(source: str) -> None:
    assert unusual(source) == ()


def test_no_right_answer_of_the_course_is_unusual() -> None:
    right = list(ANSWERS.glob("*/right/*.py"))
    assert len(right) > 50
    found = {file.name: each for file in right for cell in read_answers(file).cells.values() for each in unusual(cell)}
    assert found == {}


@pytest.mark.parametrize(
    ("source", "reaches"),
    [
        ("import sys\nb = sys.modules['x']", True),
        ("import autograder_bridge", True),
        ("from ctypes import CDLL", True),
        ("frame = sys._getframe(1)", True),
        ("import importlib", False),
        ("np.allclose = lambda *a: True", False),
    ],
)
def test_what_reaches_into_the_kernel_concerns_later_answers_too(source: str, reaches: bool) -> None:
    assert any(each.reaches for each in unusual(source)) == reaches
