"""The program that a student's kernel is: an ordinary ipykernel plus our bridge, figure recorder and offline datasets.

Started as a file, not as a module, so that nothing of the package is imported here. Everything in this process can be
changed by the student's code; the grader believes none of it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent


def load(name: str, file: Path) -> ModuleType:
    """Load one file as a module of that name."""
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Start the kernel of the connection file that `-f` names; settings come in three environment variables."""
    from ipykernel.kernelapp import IPKernelApp

    wire = load("autograder_wire", HERE.parent / "wire.py")
    load("autograder_datasets", HERE / "datasets.py").install(json.loads(os.environ.get("AUTOGRADER_DATA", "{}")))
    figures = load("autograder_figures", HERE / "figures.py")
    figures.install()
    app: Any = IPKernelApp.instance()
    app.initialize(sys.argv[1:])
    bridge = load("autograder_bridge", HERE / "bridge.py")
    bridge.install(app.shell, wire, figures, os.environ["AUTOGRADER_SCRATCH"])
    app.start()


if __name__ == "__main__":
    main()
