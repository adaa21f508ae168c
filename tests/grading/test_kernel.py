"""A real kernel, honest and hostile: whatever it does is a result within the limits."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder import wire
from autograder.errors import BadReply, KernelDied, OutOfTime
from autograder.grading.kernel import JupyterKernel
from autograder.records import CellStatus, Ending, KernelEnd, Level, Limits
from autograder.sandbox import launch, levels

pytestmark = pytest.mark.kernel

Start = Callable[..., JupyterKernel]


@pytest.fixture(params=list(Level), scope="module")
def level(request: pytest.FixtureRequest) -> Level:
    """Each isolation level that this machine gives; of the module's scope, so that a warm process serves many tests."""
    level: Level = request.param
    if reason := levels.why_not(level):
        pytest.skip(f"isolation level {level}: {reason}")
    return level


@pytest.fixture
def start(level: Level, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts kernels at each level, and ends them after the test."""
    monkeypatch.setenv("GRADER_TOKEN", "secret")
    started: list[JupyterKernel] = []

    def one(datasets: dict[str, Path] | None = None, **limits: float) -> JupyterKernel:
        started.append(JupyterKernel(launch.start(datasets or {}, level), Limits(**limits)))  # type: ignore[arg-type]
        return started[-1]

    yield one
    for kernel in started:
        kernel.close()


def call(kernel: JupyterKernel, name: str, seconds: float = 10.0) -> object:
    question = {"ask": "call", "name": name, "args": [], "kwargs": {}}
    return wire.decode(kernel.ask(wire.encode(question), seconds))


def test_a_cell_runs_and_its_outputs_are_kept(start: Start) -> None:
    run = start().run("import sys\nprint('a'); print('b', file=sys.stderr)\n6 * 7", 20)
    assert run.status is CellStatus.OK
    streams = {output["name"]: output["text"] for output in run.outputs if output["output_type"] == "stream"}
    assert streams == {"stdout": "a\n", "stderr": "b\n"}
    assert [output["data"] for output in run.outputs if output["output_type"] == "execute_result"] == [
        {"text/plain": "42"}
    ]


def test_an_error_is_told_in_one_line(start: Start) -> None:
    run = start().run("1 / 0", 20)
    assert run.status is CellStatus.ERROR and run.error == "ZeroDivisionError: division by zero"


SLOPE = """
import fractions
from fractions import Fraction as Kept

class Inherits(Kept):
    pass

fractions.Inherits = Inherits

def slope(x):
    return 2 * x

def walk():
    return 3 - slope(1)

def shortened():
    return float(Kept(6, 4).limit_denominator(1) + Inherits(1, 2).limit_denominator(1))
"""


def test_a_function_of_the_notebook_or_of_a_library_can_be_another_one_for_a_call(start: Start) -> None:
    kernel = start()
    kernel.run(SLOPE, 20)
    question = {"ask": "call", "name": "walk", "args": [], "kwargs": {}}
    negative = {"slope": wire.Function("lambda original: lambda x: -original(x)")}
    answers = [wire.decode(kernel.ask(wire.encode(question | more), 20)) for more in ({}, {"replaced": negative}, {})]
    assert [answer["value"]["result"] for answer in answers] == [1, 5, 1]
    method = {
        "name": "shortened",
        "forbidden": [f"fractions.{owner}.limit_denominator" for owner in ("Fraction", "Inherits", "None")],
    }
    refused = wire.decode(kernel.ask(wire.encode(question | method), 20))
    assert refused["error"] == "RuntimeError" and "limit_denominator is not allowed" in refused["text"]
    assert "error" not in wire.decode(kernel.ask(wire.encode(question | {"name": "shortened"}), 20))


def test_a_process_that_ends_itself_is_a_verdict(start: Start) -> None:
    kernel = start()
    run = kernel.run("import os; os._exit(7)", 20)
    assert run.status is CellStatus.DIED and run.end == KernelEnd(Ending.EXITED, 7)
    assert run.error == "your program ended the Python process (exit status 7)"
    assert not kernel.usable()


def test_a_segfault_is_a_verdict(start: Start) -> None:
    run = start().run("import ctypes; ctypes.string_at(0)", 20)
    assert run.status is CellStatus.DIED and run.end == KernelEnd(Ending.KILLED_BY_SIGNAL, -signal.SIGSEGV)
    assert run.error == "your program ended the Python process (SIGSEGV)"


def test_a_cell_out_of_time_is_a_verdict(start: Start) -> None:
    kernel = start()
    run = kernel.run("while True:\n    pass", 0.5)
    assert run.status is CellStatus.OUT_OF_TIME and run.end == KernelEnd(Ending.OUT_OF_TIME)
    assert not kernel.usable()


def test_waiting_for_input_does_not_hang(start: Start) -> None:
    run = start().run("input()", 20)
    assert run.status is CellStatus.ERROR and "StdinNotImplementedError" in run.error


def test_endless_output_is_cut(start: Start) -> None:
    run = start(output_bytes=10_000).run("for i in range(1000):\n    print('x' * 1000)", 60)
    text = "".join(output.get("text", "") for output in run.outputs)
    assert len(text) < 12_000 and "was cut" in text


def test_sixty_times_the_output_that_is_kept_leaves_the_kernel_usable() -> None:
    limits = Limits()
    with contextlib.closing(JupyterKernel(launch.start({}, levels.choose(Level.NONE)), limits)) as kernel:
        flood(kernel)


def flood(kernel: JupyterKernel) -> None:
    kernel.run("import sys\nfor i in range(16):\n    sys.stdout.write('x' * 2**24)", 60)
    assert kernel.usable() and kernel.run("6 * 7", 60).status is CellStatus.OK


def test_a_call_that_never_ends_fails_in_time_and_the_kernel_goes_on(start: Start) -> None:
    kernel = start()
    kernel.run("def loop():\n    while True:\n        pass\ndef two():\n    return 2", 20)
    with pytest.raises(OutOfTime):
        call(kernel, "loop", 0.5)
    assert kernel.usable() and call(kernel, "two") == {"value": {"result": 2, "type": "int"}}


def test_a_call_that_ignores_the_interrupt_makes_the_kernel_unusable(start: Start) -> None:
    kernel = start()
    kernel.run(
        "import signal\ndef loop():\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n    while True:\n        pass",
        20,
    )
    with pytest.raises(OutOfTime):
        call(kernel, "loop", 0.5)
    assert not kernel.usable()


def test_a_call_that_ends_the_process_is_told(start: Start) -> None:
    kernel = start()
    kernel.run("import os\ndef stop():\n    os._exit(0)", 20)
    with pytest.raises(KernelDied):
        call(kernel, "stop")


ANSWERS = {
    "128 MB": "open(name, 'wb').truncate(2**27)",
    "a link to a file of the grader": "os.symlink('/etc/passwd', name)",
    "a FIFO": "os.mkfifo(name)",
    "nothing": "pass",
    "a folder": "os.mkdir(name)",
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_is_no_small_plain_file_is_refused(start: Start, answer: str) -> None:
    kernel = start()
    kernel.run(
        "import os, sys\n"
        "def answer(token):\n"
        "    name = os.environ['AUTOGRADER_SCRATCH'] + f'/{token}.answer'\n"
        f"    {ANSWERS[answer]}\n"
        "sys.modules['autograder_bridge'].answer = answer",
        20,
    )
    with pytest.raises(BadReply):
        call(kernel, "f")
    assert kernel.run("6 * 7", 20).status is CellStatus.OK


def test_a_folder_replaced_by_a_link_redirects_nothing(start: Start, tmp_path: Path) -> None:
    kernel = start()
    kernel.run(
        "import os, shutil\n"
        "shutil.rmtree(os.environ['AUTOGRADER_SCRATCH'])\n"
        f"os.symlink({str(tmp_path)!r}, os.environ['AUTOGRADER_SCRATCH'])",
        20,
    )
    with pytest.raises(BadReply):
        call(kernel, "f")
    assert list(tmp_path.iterdir()) == []


def test_the_environment_is_built_from_nothing(start: Start) -> None:
    kernel = start()
    kernel.run(
        "import os\ndef names():\n    return sorted(os.environ)\ndef home():\n    return os.path.expanduser('~')", 20
    )
    reply = call(kernel, "names")
    assert isinstance(reply, dict) and "GRADER_TOKEN" not in reply["value"]["result"]
    reply = call(kernel, "home")
    assert isinstance(reply, dict) and reply["value"]["result"] != str(Path.home())


def test_nothing_is_left_in_the_temporary_folder(start: Start) -> None:
    kernel = start()
    folder = kernel._process.folder
    kernel.run("open('left.txt', 'w').write('x')", 20)
    assert folder.exists()
    kernel.close()
    assert not folder.exists()


def test_keras_loads_the_courses_datasets_offline(start: Start, standin_store: Path) -> None:
    kernel = start({"cifar10": standin_store / "stand-in" / "cifar10"})
    run = kernel.run(
        "import keras, tensorflow as tf\n"
        "from keras.datasets import cifar10\n"
        "from keras.src.datasets.cifar10 import load_data\n"
        "assert tf.keras.datasets.cifar10.load_data is load_data is cifar10.load_data "
        "is keras.datasets.cifar10.load_data\n"
        "(x, y), (x_test, y_test) = load_data()\n"
        "assert x.shape == (50000, 32, 32, 3) and y.shape == (50000, 1) and type(x).__name__ == 'ndarray'\n"
        "x[0] = 7; assert x[0, 0, 0, 0] == 7 and load_data()[0][0][0, 0, 0, 0] != 7 or x is not load_data()[0][0]\n"
        "try:\n    keras.datasets.mnist.load_data()\nexcept FileNotFoundError as error:\n    print(error)\n",
        60,
    )
    assert run.status is CellStatus.OK, run.error
    assert "mnist is not among the datasets of this course" in "".join(output.get("text", "") for output in run.outputs)


FIXED = "here the packages are fixed, nothing was installed: "
NO_PROGRAM = "here no other program can be started, so this did not run: "
WRITTEN_ELSEWHERE = [
    ("!echo out", ["out"], [NO_PROGRAM + "echo out"]),
    ("name = 'x'\nfound = !echo {name}\nprint(found)", ["['x']"], [NO_PROGRAM + "echo x", "[]"]),
    ("%%bash\necho out", ["out"], [NO_PROGRAM + "%%bash"]),
    ("%pip install -q einops\nprint('on')", [FIXED + "-q einops", "on"], None),
    ("!sudo apt-get install -y graphviz", [FIXED + "-y graphviz"], None),
    ("!python3 -m pip install a b && echo no", [FIXED + "a b"], None),
    ("%conda install einops", [FIXED + "einops"], None),
    (
        "%load_ext nosuchextension",
        ["here the extension nosuchextension does not exist; the cell goes on without it"],
        None,
    ),
    ("%nosuchcommand", ["here the command %nosuchcommand does not exist; the cell goes on without it"], None),
    ("%tensorflow_version 2.x", ["%tensorflow_version 2.x does nothing here"], None),
    ("%load_ext autoreload\n%autoreload 2", [], None),
    ("import google.colab", [], None),
    ("from google.colab import drive\ndrive.mount('/x')", ["google.colab.drive.mount does nothing here"], None),
    ("from google.colab.patches import cv2_imshow", [], None),
    ("import getpass, os\nprint(getpass.getuser(), os.environ['USER'])", ["student student"], None),
    ("import locale\nname = locale.setlocale(locale.LC_ALL, 'de_DE.UTF-8')", None, None),
]


def test_what_was_written_elsewhere_runs_and_says_what_it_lacks(start: Start, level: Level) -> None:
    kernel = start()
    for code, lines, without_programs in WRITTEN_ELSEWHERE:
        run = kernel.run(code, 20)
        assert run.status is CellStatus.OK, (code, run.error)
        said = "".join(output.get("text", "") for output in run.outputs).replace("\r", "").splitlines()
        expected = without_programs if level is Level.LANDLOCK and without_programs else lines
        assert expected is None or said == expected, code


def test_numbers_can_be_written_as_in_germany(start: Start) -> None:
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.lower()
    if "de_de.utf" not in listed:
        pytest.skip("the locale de_DE.UTF-8: apt-get install locales, then localedef -i de_DE -f UTF-8 de_DE.UTF-8")
    run = start().run("import locale\nname = locale.setlocale(locale.LC_ALL, 'de_DE.UTF-8')\nprint(f'{1.5:n}')", 20)
    assert [output["text"] for output in run.outputs] == ["1,5\n"]


@pytest.mark.parametrize("line", ["%matplotlib notebook", "%matplotlib qt", "import matplotlib as m; m.use('TkAgg')"])
def test_figures_are_drawn_inline_whatever_was_chosen(line: str, start: Start) -> None:
    kernel = start()
    run = kernel.run(f"{line}\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", 30)
    assert run.status is CellStatus.OK, run.error
    assert any("image/png" in output.get("data", {}) for output in run.outputs)
    drawn = wire.decode(kernel.ask(wire.encode({"ask": "drawn"}), 10))
    assert len(drawn["value"]) == 1


def test_the_files_of_the_assignment_are_there_and_cannot_be_changed(level: Level) -> None:
    files = [("data.csv", b"1,2\n"), ("tools/given.py", b"VALUE = 7\n"), ("beside.py", b"OTHER = 8\n")]
    kernel = JupyterKernel(launch.start({}, level, files=files), Limits())
    try:
        run = kernel.run(
            "import beside\nfrom tools.given import VALUE\nprint(open('data.csv').read(), beside.OTHER, VALUE)\n"
            "open('own.txt', 'w').write('a'); open('tools/own.txt', 'w').write('b')",
            20,
        )
        assert run.status is CellStatus.OK, run.error
        assert run.outputs[0]["text"] == "1,2\n 8 7\n"
        changed = kernel.run("open('data.csv', 'a')", 20)
        assert "PermissionError" in changed.error or (level is Level.NONE and os.geteuid() == 0)
    finally:
        kernel.close()


def test_tuples_and_dictionaries_of_a_students_own_classes_are_plain_ones(start: Start) -> None:
    kernel = start()
    code = (
        "import collections\nPair = collections.namedtuple('Pair', 'a b')\n"
        "def result():\n    return Pair(1, [collections.OrderedDict(c=2)])"
    )
    assert kernel.run(code, 20).status is CellStatus.OK
    reply = call(kernel, "result")
    assert isinstance(reply, dict) and reply["value"]["result"] == [1, [{"c": 2}]]


def test_a_function_that_is_forbidden_in_a_call_raises_and_is_there_again_afterwards(start: Start) -> None:
    kernel = start()
    kernel.run("import numpy as np\ndef shape():\n    return np.broadcast_shapes((2,), (1, 2))", 20)
    question = {"ask": "call", "name": "shape", "args": [], "kwargs": {}}
    forbidden = question | {"forbidden": ["numpy.broadcast_shapes", "numpy.no_such_name", "no_such_module.name"]}
    refused = wire.decode(kernel.ask(wire.encode(forbidden), 20))
    assert "numpy.broadcast_shapes is not allowed" in refused["text"]
    assert wire.decode(kernel.ask(wire.encode(question), 20))["value"]["result"] == [1, 2]


KEPT = """
import functools
import textwrap
from textwrap import dedent as kept

def decorated(width):
    @functools.wraps(textwrap.dedent)
    def inner(text):
        return " " * width + text
    return inner

textwrap.indented = decorated(2)
of_a_closure, wrapped = textwrap.indented, textwrap.indented.__wrapped__

def answers():
    return [kept("  a"), of_a_closure("a"), wrapped("  a")]

def refused():
    said = []
    for function in (kept, of_a_closure, wrapped):
        try:
            said.append(function("  a"))
        except RuntimeError as error:
            said.append(str(error))
    return said
"""


def test_a_forbidden_function_raises_under_a_name_that_was_kept_before(start: Start) -> None:
    kernel = start()
    kernel.run(KEPT, 20)
    question = {"ask": "call", "name": "refused", "args": [], "kwargs": {}}
    forbidden = question | {"forbidden": ["textwrap.indented", "textwrap.dedent"]}
    said = wire.decode(kernel.ask(wire.encode(forbidden), 20))["value"]["result"]
    assert len(said) == 3 and all("is not allowed in this task" in text for text in said), said
    again = wire.decode(kernel.ask(wire.encode(question | {"name": "answers"}), 20))
    assert again["value"]["result"] == ["a", "  a", "a"]


def test_a_pipeline_arrives_as_its_first_elements(start: Start) -> None:
    kernel = start()
    kernel.run("import tensorflow as tf", 60)
    kernel.run("def pairs():\n    return tf.data.Dataset.range(3).map(lambda k: (k, -k)).repeat().batch(2)", 20)
    reply = call(kernel, "pairs")
    assert isinstance(reply, dict)
    elements = reply["value"]["result"]
    assert [[part.tolist() for part in pair] for pair in elements[:2]] == [[[0, 1], [0, -1]], [[2, 0], [-2, 0]]]
    assert len(elements) == 1000
