"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json
import os


def code(source, number=0):
    return {"cell_type": "code", "id": f"own{number}", "metadata": {}, "source": source, "outputs": [], "execution_count": 1}


def submit(folder, tree):
    cells = {cell["id"]: cell for cell in tree["cells"]}
    cells["double"]["source"] = "def double(x):\n    return x"
    (folder / "<img src=x onerror=alert(1)>.ipynb").write_text(json.dumps(tree))
    with open(os.fsencode(folder) + b"/\xff\x1b[2J.ipynb", "w") as out:
        out.write("{}")
