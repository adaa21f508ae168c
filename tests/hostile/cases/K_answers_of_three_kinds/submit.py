"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def code(source, number=0):
    return {"cell_type": "code", "id": f"own{number}", "metadata": {}, "source": source, "outputs": [], "execution_count": 1}


def submit(folder, tree):
    cells = {cell["id"]: cell for cell in tree["cells"]}
    cells["double"]["source"] = "def double(x):\n    return x"
    at = tree["cells"].index(cells["double"])
    wrong = "def double(x):\n    return {}"
    others = [dict(cells["double"], source=wrong.format(number), id=f"own{number}") for number in range(4)]
    others[0]["cell_type"], others[1]["cell_type"] = "raw", "markdown"
    tree["cells"][at:at] = others
    (folder / "target.ipynb").write_text(json.dumps(tree))
