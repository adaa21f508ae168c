"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    for cell in tree["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")
    (folder / "target.ipynb").write_bytes(json.dumps(tree, indent=1).replace("\n", "\r\n").encode())
