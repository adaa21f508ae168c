"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    extra = [{"cell_type": "code", "id": f"x{k}", "metadata": {}, "source": f"x = {k}", "outputs": [], "execution_count": 1} for k in range(10_000)]
    tree["cells"][2:2] = extra
    (folder / "target.ipynb").write_text(json.dumps(tree))
