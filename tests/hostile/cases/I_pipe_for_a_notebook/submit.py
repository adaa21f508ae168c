"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    import os

    os.mkfifo(folder / "target.ipynb")
