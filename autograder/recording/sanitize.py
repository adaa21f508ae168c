"""Makes what a student's program wrote safe to show: everything is plain text, a checked picture, or cleaned HTML."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

import nh3

from autograder.errors import printable

PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
# No style, no links, no remote pictures: an output must not look like a part of the page, or tell anyone it was read.
TAGS = {
    "b",
    "br",
    "code",
    "em",
    "i",
    "p",
    "pre",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    "ol",
    "li",
    "div",
}
ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
MAX_TEXT = 100_000


def text(value: object) -> str:
    """Plain text without terminal escapes, control characters and changes of writing direction."""
    return printable(str(value))[:MAX_TEXT]


def html(value: str) -> str:
    """HTML of an output, with an allow-list of tags."""
    return nh3.clean(
        value[:MAX_TEXT],
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags={"script", "style", "svg", "math", "iframe", "object", "template"},
    )


def markdown(source: str) -> str:
    """Markdown of a student's, in which nothing is HTML or a link and nothing is lost: the sign that would begin one is shown.

    Formgrader follows `javascript:` in a link, a remote picture tells its owner who reads the page, and a student's own server is on the same hub.
    """
    shown = re.sub(r"<(?=[a-zA-Z/!?])", "&lt;", source)
    return shown.replace("](", "]&#40;").replace("]:", "]&#58;").replace("://", "&#58;//")


def picture(kind: str, value: str) -> str | None:
    """The base64 text of a picture that really begins like one; None for anything else, SVG above all."""
    try:
        content = base64.b64decode(value.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return None
    return base64.b64encode(content).decode() if content.startswith(PICTURES[kind]) else None


def outputs(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nbformat outputs, cleaned; a kind that is not known is left out."""
    cleaned = []
    for each in found:
        kind = each.get("output_type")
        if kind == "stream":
            cleaned.append(
                {"output_type": "stream", "name": each.get("name", "stdout"), "text": text(each.get("text", ""))}
            )
        elif kind == "error":
            trace = [text(line) for line in each.get("traceback", [])]
            cleaned.append(
                {
                    "output_type": "error",
                    "ename": text(each.get("ename", "")),
                    "evalue": text(each.get("evalue", "")),
                    "traceback": trace,
                }
            )
        elif kind in ("display_data", "execute_result"):
            data = _bundle(each.get("data", {}))
            if data:
                cleaned.append({"output_type": "display_data", "data": data, "metadata": {}})
    return cleaned


def _bundle(data: dict[str, str]) -> dict[str, str]:
    kept = {}
    for kind in PICTURES:
        if kind in data and (content := picture(kind, data[kind])):
            kept[kind] = content
    if "text/html" in data:
        kept["text/html"] = html(data["text/html"])
    if "text/plain" in data:
        kept["text/plain"] = text(data["text/plain"])
    return kept
