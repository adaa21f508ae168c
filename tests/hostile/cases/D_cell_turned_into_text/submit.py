"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    cells = {cell["id"]: cell for cell in tree["cells"]}
    cells["double"]["source"] = "def double(x):\n    return x"

    cells["total"]["cell_type"] = "markdown"
    (folder / "target.ipynb").write_text(json.dumps(tree))
