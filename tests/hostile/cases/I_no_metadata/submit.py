"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    for cell in tree["cells"]:
        cell.pop("metadata")
        cell.pop("id")
    tree.pop("metadata")
    (folder / "target.ipynb").write_text(json.dumps(tree))
