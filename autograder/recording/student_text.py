"""Renders the text that a student wrote as HTML in which nothing can be followed, loaded or run.

Formgrader and the feedback page show the same HTML. Formulas are MathML: MathJax, which formgrader loads, would make a
link of a formula with `href` in it. Links, remote pictures and HTML appear as the student typed them: a link could lead
to the student's own server on the same hub, and a remote picture would tell its owner who reads the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import mistune
from latex2mathml.converter import convert as latex_to_mathml
from mistune.plugins.math import math
from mistune.plugins.table import table

from autograder.recording import sanitize

MAX_FORMULA = 2_000  # characters; a longer one is shown as it was typed
MOST_FORMULAS = 300  # of a text; where there are more, all are shown as they were typed: each takes a millisecond
# with bounds: each `![` would otherwise be followed to the end of the text
PICTURE = r"!\[(?P<picture_alt>[^\]\n]{0,300})\]\(attachment:(?P<picture_name>[\w.-]{1,300})\)"
UNSAFE = re.compile(r"<(?!/?m[a-z]+\b)|\b(?:href|src|style|on\w+)\s*=", re.I)
# no rule for links, HTML and addresses: they are text
BLOCKS = (
    "fenced_code",
    "indent_code",
    "atx_heading",
    "setex_heading",
    "thematic_break",
    "block_quote",
    "list",
    "blank_line",
)
INLINE = ("escape", "codespan", "emphasis", "linebreak", "softbreak")


def as_html(text: str, attachments: Mapping[str, Any]) -> str:
    """Return one block of HTML in a single line, which every Markdown renderer passes on as it is.

    `attachments`: pictures as in nbformat, PNG or JPEG in base64; what is not one is not shown.
    """
    cleaned = sanitize.text(text)
    with_formulas = cleaned.count("$") <= 2 * MOST_FORMULAS
    if with_formulas:
        cleaned = re.sub(r"\$\$(.+?)\$\$", r"\n\n$$\n\1\n$$\n\n", cleaned, flags=re.S)
    rendered = str(_markdown(with_formulas)(cleaned))
    for name, bundle in attachments.items():
        rendered = rendered.replace(_placeholder(name), _picture(bundle))
    rendered = re.sub(r'<img data-name="[\w.-]+">', "", rendered)
    one_line = rendered.strip().replace("\n", "&#10;")
    # a formula that we did not recognise could hold a link
    return f'<div class="{sanitize.NO_FORMULAS} student-text">{one_line}</div>'


def formula(text: str, display: str) -> str:
    """Return a formula as MathML, or as code where it cannot be converted; `display` is `inline` or `block`."""
    try:
        if len(text) <= MAX_FORMULA:
            converted = str(latex_to_mathml(text.strip(), display=display))
            if not UNSAFE.search(converted):
                return converted
    except Exception:  # show a formula that the converter does not support as it was typed
        return f"<code>{html.escape(text)}</code>"
    return f"<code>{html.escape(text)}</code>"


@cache
def _markdown(with_formulas: bool) -> mistune.Markdown:
    block, inline = mistune.BlockParser(), mistune.InlineParser()
    block.rules, inline.rules = list(BLOCKS), list(INLINE)
    renderer = mistune.HTMLRenderer(escape=True)
    markdown = mistune.Markdown(renderer, block, inline, plugins=[math, table] if with_formulas else [table])

    def picture(_: Any, match: re.Match[str], state: Any) -> int:
        attributes = {"name": match["picture_name"]}
        state.append_token({"type": "picture", "raw": match["picture_alt"], "attrs": attributes})
        return match.end()

    inline.register("picture", PICTURE, picture, before="emphasis")
    renderer.register("picture", lambda _, text, name: _placeholder(name))
    renderer.register("inline_math", lambda _, text: formula(text, "inline"))
    renderer.register("block_math", lambda _, text: formula(text, "block"))
    return markdown


def _placeholder(name: str) -> str:
    return f'<img data-name="{html.escape(name)}">'


def _picture(bundle: object) -> str:
    if not isinstance(bundle, Mapping):
        return ""
    for kind in sanitize.PICTURES:
        if content := sanitize.picture(kind, str(bundle.get(kind, ""))):
            return f'<img alt="attached picture" src="data:{kind};base64,{content}">'
    return ""
