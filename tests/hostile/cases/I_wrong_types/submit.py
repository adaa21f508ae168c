"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    for k, cell in enumerate(tree["cells"]):
        if cell["id"] in ("double", "total"):
            cell["source"] = [None, 3, {"a": 1}][k % 3]
    tree["cells"] += [None, 7, "x", [], {"cell_type": 3, "metadata": 4, "source": {}}]
    tree["metadata"] = "none"
    (folder / "target.ipynb").write_text(json.dumps(tree))
