"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    tree["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 100_000_000}]
    (folder / "target.ipynb").write_text(json.dumps(tree))
