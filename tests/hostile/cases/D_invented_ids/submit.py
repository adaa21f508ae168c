"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    cells = {cell["id"]: cell for cell in tree["cells"]}
    cells["double"]["source"] = "def double(x):\n    return x"

    for k in range(3):
        flags = {"grade": True, "solution": True, "locked": False, "grade_id": f"bonus_{k}", "points": 10, "schema_version": 3}
        tree["cells"].append({"cell_type": "code", "id": f"b{k}", "metadata": {"nbgrader": flags}, "source": "10", "outputs": [], "execution_count": 1})
    (folder / "target.ipynb").write_text(json.dumps(tree))
