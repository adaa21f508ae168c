"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    tree["nbformat"] = 3
    tree["worksheets"] = [{"cells": tree.pop("cells")}]
    (folder / "target.ipynb").write_text(json.dumps(tree))
