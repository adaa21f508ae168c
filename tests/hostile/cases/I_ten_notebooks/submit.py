"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    for k in range(9):
        (folder / f"target-Copy{k}.ipynb").write_text("{}")
    (folder / "target.ipynb").write_text(json.dumps(tree))
