"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    cells = {cell["id"]: cell for cell in tree["cells"]}
    cells["double"]["source"] = "def double(x):\n    return x"

    evil = {"cell_type": "code", "id": "evil", "metadata": {}, "source": "double = lambda x: 2 * x\nimport os\nos._exit(0)", "outputs": [], "execution_count": 1}
    tree["cells"].insert(5, evil)
    tree["cells"].append(dict(evil, id="evil2"))
    (folder / "target.ipynb").write_text(json.dumps(tree))
