"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    cells = {cell["id"]: cell for cell in tree["cells"]}
    cells["double"]["source"] = "def double(x):\n    return x"

    for name, cell in cells.items():
        if name.startswith("test_"):
            cell["source"] = "assert True"
    (folder / "target.ipynb").write_text(json.dumps(tree))
