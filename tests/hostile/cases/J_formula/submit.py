"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    for cell in tree["cells"]:
        if cell["id"] == "essay":
            cell["source"] = '=HYPERLINK("https://evil.example","click")'
    (folder / "target.ipynb").write_text(json.dumps(tree))
