"""Lets code run that was written where students work: on Colab, on a laptop with a screen, or with a network.

What cannot exist in the sandbox (a package from the network, a Google drive, a window on a screen) prints one line, and
the cell goes on. Nothing here protects anything: the student's process may change all of it.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import locale
import os
import re
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

PACKAGES = "here the packages are fixed, nothing was installed: {packages}"
NO_PROCESS = "here no other program can be started, so this did not run: {command}"
NOT_HERE = "{name} does nothing here"
INSTALLERS = re.compile(
    r"\s*(?:sudo\s+)?(?:\S*python\S*\s+-m\s+)?"
    r"(?:\S*\bpip[\d.]*|(?:\S*/)?uv\s+pip|(?:\S*/)?(?:conda|mamba|micromamba|apt|apt-get|brew|poetry|uv))"
    r"\s+(?:-\S+\s+)*(install|uninstall|remove|update|upgrade|download|add|sync)\b(?P<packages>[^;&|]*)"
)
COLAB = "google.colab"
NOT_LOADED = {"tensorboard"}  # it would start a server, which nobody can reach


def say(line: str) -> None:
    """Print one line; long ones, and all but the first line of a text, are cut."""
    print((line.strip().splitlines() or [""])[0][:200])


# --- before the fork: modules and libraries ---------------------------------------------------------------------------


def prepare() -> None:
    """Install the modules of Colab, and a `setlocale` that never fails."""
    sys.meta_path.append(ColabModules())
    original = locale.setlocale

    def setlocale(category: int, wanted: Any = None) -> str:
        try:
            return original(category, wanted)
        except locale.Error:
            say(f"here the locale {wanted} does not exist; numbers and dates keep their form")
            return original(category)

    locale.setlocale = setlocale  # type: ignore[assignment]


class ColabModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds google.colab and every module below it, all of whose functions do nothing."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return a specification for a module of Colab; called by Python after all other finders."""
        if name == "google" or name == COLAB or name.startswith(COLAB + "."):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        """Return None: Python makes the module."""
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        """Give the module every name that is asked for."""
        if module.__name__ != "google":
            module.__getattr__ = lambda name: does_nothing(module.__name__, name)  # type: ignore[method-assign]


def does_nothing(module: str, name: str) -> Any:
    """Return a module of Colab, or a function of one that prints one line; `upload` returns no files."""
    if name.startswith("__"):
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    if module == COLAB:
        return importlib.import_module(f"{COLAB}.{name}")

    def function(*_: Any, **__: Any) -> Any:
        say(NOT_HERE.format(name=f"{module}.{name}"))
        return {} if name == "upload" else None

    function.__name__ = name
    return function


# --- in the kernel: the shell's commands ------------------------------------------------------------------------------


def install(shell: Any) -> None:
    """Replace commands of IPython's shell, and draw all figures inline; called once, before any cell runs."""
    starts = can_start_a_process()
    getoutput, load = shell.getoutput, shell.extension_manager.load_extension

    def run(command: str) -> None:
        expanded = shell.var_expand(command, depth=1)
        if not refused(expanded, starts):
            from IPython.utils import process

            shell.user_ns["_exit_code"] = process.system(expanded.rstrip().removesuffix("&"))  # type: ignore[attr-defined]

    def output_of(command: str, split: bool = True, depth: int = 0) -> Any:
        expanded = shell.var_expand(command, depth=depth + 1)
        if refused(expanded, starts):
            return getoutput_of_nothing(split)
        return getoutput(command, split=split, depth=depth + 1)

    def load_extension(name: str) -> Any:
        if name in NOT_LOADED or name.startswith(COLAB):
            say(NOT_HERE.format(name=f"the extension {name}"))
            return None
        try:
            return load(name)
        except ImportError:
            say(f"here the extension {name} does not exist; the cell goes on without it")
            return None

    shell.system, shell.getoutput = run, output_of
    shell.extension_manager.load_extension = load_extension
    install_magics(shell, starts)
    draw_inline(shell)


def getoutput_of_nothing(split: bool) -> Any:
    """Return an empty output, of the types that IPython returns."""
    from IPython.utils.text import LSString, SList

    return SList([]) if split else LSString("")


def can_start_a_process() -> bool:
    """Return whether this kernel may start other programs; at the level `landlock` it may not."""
    try:
        child = os.fork()
    except OSError:
        return False
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return True


def refused(command: str, starts: bool) -> bool:
    """Return whether a command cannot run here, and print one line if so."""
    installs = INSTALLERS.match(command)
    if installs:
        say(PACKAGES.format(packages=installs["packages"].strip() or command))
    elif not starts:
        say(NO_PROCESS.format(command=command))
    return bool(installs) or not starts


def install_magics(shell: Any, starts: bool) -> None:
    """Register the commands of package managers and of Colab, and let unknown line commands do nothing."""

    def packages(name: str) -> Callable[[str], None]:
        def run(line: str) -> None:
            command = f"{name} {line}"
            if not refused(command, starts):  # it only lists what is there
                shell.system(f"{sys.executable} -m {command}" if name == "pip" else command)

        return run

    for name in ("pip", "conda", "mamba", "micromamba", "uv"):
        shell.register_magic_function(packages(name), "line", name)
    shell.register_magic_function(nothing("tensorflow_version"), "line", "tensorflow_version")
    shell.register_magic_function(nothing("tensorboard"), "line", "tensorboard")
    if not starts:
        for name in (
            "bash",
            "sh",
            "script",
            "perl",
            "ruby",
            "python",
            "python2",
            "python3",
            "pypy",
            "system",
            "sx",
            "!",
        ):
            shell.register_magic_function(cannot_start(name), "cell", name)
    original = shell.run_line_magic

    def run_line_magic(name: str, line: str, _stack_depth: int = 1) -> Any:
        if shell.find_line_magic(name) is None and shell.find_cell_magic(name) is None:
            say(f"here the command %{name} does not exist; the cell goes on without it")
            return None
        return original(name, line, _stack_depth=_stack_depth + 1)

    shell.run_line_magic = run_line_magic


def nothing(name: str) -> Callable[[str], None]:
    """Return a line command that prints one line."""

    def run(line: str) -> None:
        say(NOT_HERE.format(name=f"%{name} {line}".rstrip()))

    return run


def cannot_start(name: str) -> Callable[[str, str], None]:
    """Return a cell command that prints one line in place of starting a program."""

    def run(line: str, cell: str) -> None:
        say(NO_PROCESS.format(command=f"%%{name} {line}"))

    return run


def draw_inline(shell: Any) -> None:
    """Let every choice of a Matplotlib backend mean `inline`: it draws into the notebook, where checks see figures."""
    enable = shell.enable_matplotlib
    shell.enable_matplotlib = lambda gui=None: enable("inline")
    shell.enable_gui = lambda gui=None: None
    try:
        import matplotlib
        from matplotlib import pyplot
    except ImportError:  # not every course draws
        return
    switch = pyplot.switch_backend
    matplotlib.use = lambda backend, *, force=True: None

    def switch_backend(backend: str) -> None:
        if "inline" in str(backend):
            switch(backend)

    pyplot.switch_backend = switch_backend  # type: ignore[assignment]
