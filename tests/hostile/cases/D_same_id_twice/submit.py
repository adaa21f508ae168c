"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    cells = {cell["id"]: cell for cell in tree["cells"]}
    cells["double"]["source"] = "def double(x):\n    return x"

    tree["cells"].append(dict(cells["double"], source="def double(x):\n    return 2 * x", id="again"))
    (folder / "target.ipynb").write_text(json.dumps(tree))
