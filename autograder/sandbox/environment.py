"""Builds the environment variables of the warm process and of its kernels.

Nothing is copied from the grader's own environment: a student could read tokens and addresses that it may hold.
"""

from __future__ import annotations

import json
import os
import shutil
import sysconfig
from functools import cache
from pathlib import Path


def of_zygote(home: Path, datasets: dict[str, Path], threads: int, level: str) -> dict[str, str]:
    """Return the variables with which the warm process starts; `datasets` are folders by name."""
    return {
        **of_kernel(home, home, home, threads),
        "AUTOGRADER_LEVEL": level,
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "AUTOGRADER_DATA": json.dumps({name: str(path) for name, path in datasets.items()}),
    }


def of_kernel(home: Path, work: Path, talk: Path, threads: int) -> dict[str, str]:
    """Return the variables that a student's code sees; `talk` is the folder of questions and answers."""
    return {
        "PATH": os.pathsep.join([sysconfig.get_path("scripts"), "/usr/bin", "/bin"]),
        "HOME": str(home),
        "USER": "student",
        "LOGNAME": "student",
        "TMPDIR": str(work),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "IPYTHONDIR": f"{home}/ipython",
        "JUPYTER_RUNTIME_DIR": str(home),
        "MPLCONFIGDIR": f"{home}/matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "KERAS_HOME": f"{home}/keras",
        "HDF5_USE_FILE_LOCKING": "FALSE",  # the call is refused: autograder/inside/syscalls.py
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": str(threads),
        "OMP_NUM_THREADS": str(threads),
        "AUTOGRADER_SCRATCH": str(talk),
    }


def lay_out_fonts(home: Path) -> None:
    """Copy Matplotlib's list of fonts, which takes seconds to build, into a folder where the warm process finds it."""
    source = _font_list()
    if source is not None:
        shutil.copyfile(source, home / source.name)


@cache
def _font_list() -> Path | None:
    import matplotlib

    folder = Path(matplotlib.get_cachedir())
    if not list(folder.glob("fontlist-*.json")):
        import matplotlib.font_manager
    return next(iter(sorted(folder.glob("fontlist-*.json"))), None)
