"""Hidden checks as a pytest plugin.

`@check` declares a check. One pytest session runs the checks of one notebook, in the order of its cells.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from autograder.checking.student import Student
from autograder.errors import GraderError, StudentFault
from autograder.messages import NOT_JUDGED
from autograder.records import Check, CheckResult

Call = Callable[[Student, np.random.Generator], None]
Function = TypeVar("Function", bound=Callable[..., None])

# Only the checks themselves may influence this session, no other file. Some of the disabled plugins would also run
# the garbage collector repeatedly.
OPTIONS = (
    "-s",
    "-c",
    os.devnull,
    "--noconftest",
    "--import-mode=importlib",
    "--assert=plain",
    "--disable-plugin-autoload",
    "-p",
    "no:terminal",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:unraisableexception",
    "-p",
    "no:threadexception",
    "-p",
    "no:faulthandler",
    "-p",
    "no:logging",
    "-p",
    "no:doctest",
    "-p",
    "no:warnings",
    "-p",
    "no:junitxml",
)


def check(*, cell: str, points: float, title: str, notebook: str = "") -> Callable[[Function], Function]:
    """Declare a hidden check of a cell, with its points and its title.

    The title tells students what is right when the check passes. `notebook` is needed only where several notebooks of
    an assignment have a cell of this name.
    """

    def declare(function: Function) -> Function:
        function.declared = (cell, float(points), title, notebook)  # type: ignore[attr-defined]
        return function

    return declare


def declared_checks(folder: Path) -> list[Check]:
    """Return all checks in a folder, in the order of the file.

    Raises GraderError when the folder cannot be imported.
    """
    collector = _Checks(order=None)
    _session(folder, collector, "--collect-only")
    return collector.checks


def run_checks(
    folder: Path,
    order: Sequence[str],
    reach: Callable[[Check], Student],
    seed: bytes,
    chosen: Collection[str] | None = None,
    rehearse: Callable[[Check], Student] | None = None,
) -> list[CheckResult]:
    """Run the checks of one notebook, in the order of its cells, in one pytest session.

    `reach` is called before each check, and returns the student's work right after the check's cell has run.
    `seed` and the check's name determine its random inputs. `chosen` are the names of the checks to run, if not all
    in the folder. With `rehearse`, which also returns a student, each check runs twice; the first time does not count.
    A check that raises an error of its own gives a result that is not judged. Raises GraderError when
    the checks cannot be run at all.
    """
    runner = _Checks(order=list(order), reach=reach, seed=seed, chosen=chosen, rehearse=rehearse)
    _session(folder, runner)
    return runner.results


def rng_of(seed: bytes, check: str) -> np.random.Generator:
    """Return the generator of a check's random inputs."""
    return np.random.default_rng(list(hashlib.sha256(seed + check.encode()).digest()))


def call_checks(folder: Path, chosen: Collection[str], run: Callable[[str, Call], None]) -> None:
    """Hand the chosen checks in a folder to `run`, which may call each of them any number of times.

    `run` gets the name of a check, and a function that calls it with a student and a generator. What a check raises is
    for `run` to catch. Raises GraderError when the checks cannot be collected.
    """
    _session(folder, _Calls(chosen, run))


def _session(folder: Path, plugin: _Checks, *options: str) -> None:
    if not sorted(folder.glob("test_*.py")):
        raise GraderError(f"{folder} has no checks (test_*.py)")
    with _without_pytest_options(), _importable(folder):
        # rootdir "/": modules are named by their whole path, so that two assignments can have files of the same name
        code = pytest.main([*OPTIONS, *options, "--rootdir", "/", str(folder)], plugins=[plugin])
    if plugin.grader_error:
        raise plugin.grader_error
    if plugin.broken:
        raise GraderError(f"a hidden check is broken: {plugin.broken[0]}")
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise GraderError(f"the checks in {folder} could not be run (pytest says {code!r})")


@contextmanager
def _without_pytest_options() -> Iterator[None]:
    """Keep the options of an enclosing pytest run out of this session; change no other variable."""
    given = os.environ.pop("PYTEST_ADDOPTS", None)
    try:
        yield
    finally:
        if given is not None:
            os.environ["PYTEST_ADDOPTS"] = given


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let checks import the modules beside them, and forget these modules afterwards.

    The modules of another assignment may have the same names.
    """
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name, module in list(sys.modules.items()):
            if Path(getattr(module, "__file__", None) or "/").is_relative_to(folder):
                del sys.modules[name]


class _Checks:
    """The pytest plugin of one session."""

    def __init__(
        self,
        order: list[str] | None,
        reach: Callable[[Check], Student] | None = None,
        seed: bytes = b"",
        chosen: Collection[str] | None = None,
        rehearse: Callable[[Check], Student] | None = None,
    ) -> None:
        self._order = order
        self._rehearse = rehearse
        self._chosen = chosen
        self._reach = reach
        self._seed = seed
        self._student: Student | None = None
        self.checks: list[Check] = []
        self.results: list[CheckResult] = []
        self.broken: list[str] = []
        self.grader_error: GraderError | None = None

    @pytest.hookimpl
    def pytest_configure(self, config: pytest.Config) -> None:
        # pytest's own style parses the sources again for each check that fails, which takes 25 ms
        config.option.tbstyle = "native"

    @pytest.hookimpl
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken.append(str(report.longrepr)[-2000:])

    @pytest.hookimpl
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._chosen is not None and not self.broken:
            items[:] = [item for item in items if item.name in self._chosen]
        for item in items:
            declared = _check_of(item)
            if declared is None:
                self.broken.append(f"{item.nodeid} has no @check")
            else:
                self.checks.append(declared)
        if self._order is not None and not self.broken:
            place = {cell: at for at, cell in enumerate(self._order)}
            unknown = [check for check in self.checks if check.cell not in place]
            if unknown:
                self.broken.append(
                    f"{unknown[0].name} checks the cell {unknown[0].cell}, which the notebook does not have"
                )
            else:
                items.sort(key=lambda item: place[_check_of(item).cell])  # type: ignore[union-attr]
        if self.broken:
            items.clear()

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Student:
        """Return the student's work, right after the check's cell has run."""
        declared = _check_of(request.node)
        if declared is None or self._reach is None:
            raise GraderError(f"{request.node.nodeid} was not collected as a check")
        self._student = self._reach(declared)
        return self._student

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Return a generator of random inputs: the same in each run of ours, and unknown to students."""
        return rng_of(self._seed, request.node.name)

    @pytest.hookimpl
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Called by pytest before a check; None lets it run."""
        declared = _check_of(pyfuncitem)
        if self._rehearse and declared:
            with suppress(Exception):  # what counts is the run that follows
                _caller(pyfuncitem)(self._rehearse(declared), rng_of(self._seed, pyfuncitem.name))
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = yield
        declared = _check_of(item)
        if declared is None:
            return report
        error = call.excinfo.value if call.excinfo else None
        remarks = self._student.remarks() if self._student else ()
        measured = self._student.measured() if self._student else ()
        flags = self._student.flags() if self._student else ()

        def result(passed: bool, message: str = "", hint: str = "", detail: str = "", code: str = "") -> CheckResult:
            return CheckResult(declared, passed, message, hint, detail, call.duration, remarks, measured, flags, code)

        if isinstance(error, StudentFault):
            self.results.append(result(False, error.message, error.hint, error.detail, error.code))
        elif isinstance(error, AssertionError) and call.when == "call":
            self.results.append(result(False, "this is not right yet", detail=f"assertion: {error}"))
        elif isinstance(error, GraderError):
            self.grader_error = self.grader_error or error
        elif call.excinfo and call.when == "call" and isinstance(error, Exception):
            # our fault, met with this answer: this check alone gives no verdict, and the others do
            where = call.excinfo.traceback[-1]
            detail = f"{declared.name} raised {call.excinfo.exconly()} at {Path(where.path).name}:{where.lineno + 1}"
            self.results.append(replace(result(False, NOT_JUDGED.text, "", detail, NOT_JUDGED.code), judged=False))
        elif call.excinfo:
            self.broken.append(f"{item.nodeid}: {call.excinfo.exconly()}\n{report.longreprtext[-2000:]}")
        elif call.when == "call":
            self.results.append(result(True))
        return report


class _Calls(_Checks):
    """The pytest plugin of a session in which somebody else calls the checks."""

    def __init__(self, chosen: Collection[str], run: Callable[[str, Call], None]) -> None:
        super().__init__(None, chosen=chosen)
        self._run = run

    @pytest.fixture
    def student(self) -> None:
        """Return nothing: `run` calls the check with a student of its own."""

    @pytest.hookimpl
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Called by pytest in place of the check."""
        self._run(pyfuncitem.name, _caller(pyfuncitem))
        return True


def _caller(item: pytest.Function) -> Call:
    """Return a function that calls a check with a student and a generator, and with its other fixtures."""
    given = {name: item.funcargs[name] for name in inspect.signature(item.function).parameters}

    def call(student: Student, rng: np.random.Generator) -> None:
        own = {"student": student, "rng": rng}
        item.obj(**{name: own.get(name, value) for name, value in given.items()})

    return call


def _check_of(item: pytest.Item) -> Check | None:
    declared = getattr(getattr(item, "function", None), "declared", None)
    return Check(declared[0], item.name, declared[2], declared[1], declared[3]) if declared else None
