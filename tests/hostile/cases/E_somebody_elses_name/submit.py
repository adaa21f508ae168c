"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    tree["metadata"]["student"] = tree["metadata"]["nbgrader_student"] = "honest_reference"
    for cell in tree["cells"]:
        if cell["id"] == "double":
            cell["source"] = "def double(x):\n    return x"
    (folder / "target.ipynb").write_text(json.dumps(tree))
    (folder / "timestamp.txt").write_text("1999-01-01 00:00:00.0 UTC" + "\n" * 10 + "x" * 1000)
    (folder / "user.txt").write_text("honest_reference")
