"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def code(source, number=0):
    return {"cell_type": "code", "id": f"own{number}", "metadata": {}, "source": source, "outputs": [], "execution_count": 1}


def submit(folder, tree):
    cells = {cell["id"]: cell for cell in tree["cells"]}
    cells["double"]["source"] = "def double(x):\n    return x"
    text = json.dumps(tree, indent=1)
    (folder / "target.ipynb").write_text("<<<<<<< a\n" * 300_000 + text[:-40])
