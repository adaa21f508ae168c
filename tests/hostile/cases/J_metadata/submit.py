"""What is handed in: called with the submission's folder and an honest notebook, its JSON as a tree."""

import json


def submit(folder, tree):
    for cell in tree["cells"]:
        if cell["id"] == "essay":
            cell["attachments"] = {"x.png": {"image/svg+xml": "<svg onload=alert(1)>", "text/html": "<script>alert(2)</script>"}}
            cell["source"] = "![x](attachment:x.png) ![y](file:///etc/passwd)"
        cell["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"x": "<script>alert(3)</script>"}}
    tree["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": "<script>alert(4)</script>"}
    (folder / "target.ipynb").write_text(json.dumps(tree))
