"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    (answer,) = (cell for cell in tree["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == "double")
    answer["source"] = "def double(x):\n    return 2 * x\n" + "    \n" * 19_000
    (folder / "target.ipynb").write_text(json.dumps(tree))
