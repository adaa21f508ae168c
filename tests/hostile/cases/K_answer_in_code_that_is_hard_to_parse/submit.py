"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def code(source, number=0):
    return {"cell_type": "code", "id": f"own{number}", "metadata": {}, "source": source, "outputs": [], "execution_count": 1}


def submit(folder, tree):
    cells = {cell["id"]: cell for cell in tree["cells"]}
    cells["double"]["source"] = "def double(x):\n    return x"
    hard = ["(" * 100_000, "-" * 100_000 + "1", "a" + ".a" * 90_000, "\0", "x = " + "[" * 5000]
    tree["cells"][2:2] = [code(text, number) for number, text in enumerate(hard)]
    tree["cells"].remove(cells["total"])
    (folder / "target.ipynb").write_text(json.dumps(tree))
