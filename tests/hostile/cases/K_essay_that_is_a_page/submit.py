"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def code(source, number=0):
    return {"cell_type": "code", "id": f"own{number}", "metadata": {}, "source": source, "outputs": [], "execution_count": 1}


def submit(folder, tree):
    cells = {cell["id"]: cell for cell in tree["cells"]}
    cells["double"]["source"] = "def double(x):\n    return x"
    at = next(number for number, cell in enumerate(tree["cells"]) if cell["id"] == "essay")
    script = {"cell_type": "markdown", "id": "own", "metadata": {}, "source": "<script>alert(1)</script><img src=x onerror=alert(1)>"}
    tree["cells"][at + 1 : at + 1] = [script]
    (folder / "target.ipynb").write_text(json.dumps(tree))
