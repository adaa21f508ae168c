"""Runs a student's kernel: an ordinary ipykernel plus our modules (bridge, figures, training cache, and others).

Our modules are loaded as plain files, so that this process imports nothing of the package. The student's code can
change everything in this process, so the grader trusts nothing that comes from it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent


def load(name: str, file: Path) -> ModuleType:
    """Load one file as the module of this name."""
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    del module.__file__  # the extension autoreload would try to read it, which a kernel may not
    return module


class Prepared(NamedTuple):
    """Our modules, loaded before the fork; `run` turns this process into a kernel."""

    wire: ModuleType
    figures: ModuleType
    bridge: ModuleType
    training_cache: ModuleType
    compatibility: ModuleType

    def run(self, arguments: list[str], ready: Callable[[], None]) -> None:
        """Run a kernel with these command-line arguments until it ends; call `ready` before it accepts requests."""
        from ipykernel.kernelapp import IPKernelApp

        app: Any = IPKernelApp.instance()
        app.initialize(arguments)
        scratch = Path(os.environ["AUTOGRADER_SCRATCH"])
        self.training_cache.install(self.wire, scratch.parent / "trainings")
        self.compatibility.install(app.shell)
        self.bridge.install(app.shell, self.wire, self.figures, self.training_cache, str(scratch))
        ready()
        app.start()


def prepare() -> Prepared:
    """Load our modules and install them before the libraries that they change are imported."""
    # nobody debugs here, and importing debugpy costs each kernel 0.1 s
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    load("autograder_datasets", HERE / "datasets.py").install(json.loads(os.environ.get("AUTOGRADER_DATA", "{}")))
    wire = load("autograder_wire", HERE.parent / "wire.py")
    figures = load("autograder_figures", HERE / "figures.py")
    figures.install()
    bridge = load("autograder_bridge", HERE / "bridge.py")
    training_cache = load("autograder_training_cache", HERE / "training_cache.py")
    bridge.OPERATIONS.update(load("autograder_models", HERE / "models.py").OPERATIONS | training_cache.OPERATIONS)
    compatibility = load("autograder_compatibility", HERE / "compatibility.py")
    compatibility.prepare()
    return Prepared(wire, figures, bridge, training_cache, compatibility)
