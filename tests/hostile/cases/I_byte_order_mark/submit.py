"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    (folder / "target.ipynb").write_bytes(b"\xef\xbb\xbf" + json.dumps(tree).encode())
