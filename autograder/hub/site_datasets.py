"""Serve `tf.keras.datasets` offline, from the course's store; Python runs this when a student's kernel starts.

`autograder hub` copies this file as `sitecustomize.py` for students' servers, beside `autograder_datasets.py`.
"""

import importlib.util
import json
import os
from pathlib import Path

folders = os.environ.get("AUTOGRADER_DATA")
if folders:
    spec = importlib.util.spec_from_file_location(
        "autograder_datasets", Path(__file__).with_name("autograder_datasets.py")
    )
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    module.install(json.loads(folders))
