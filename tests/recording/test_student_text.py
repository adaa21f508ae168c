"""A student's text looks as it was written, in formgrader and on the feedback page, and nothing in it can act."""

from __future__ import annotations

import base64
import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.filters.markdown import markdown2html

from autograder.recording.student_text import MOST_FORMULAS, as_html
from tests.recording.test_sanitize import ATTACKS, PNG


def seen(page: str) -> str:
    """What a reader sees of a page."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("$n<m$", "n<m"),
        ("`raw<sum`", "raw<sum"),
        ("a[0](1) and [link](https://www.tensorflow.org/guide)", None),
        ("x<5, a < b & R&D, <unknown>, &lt;", None),
        ("    if a<b: pass", "if a<b: pass"),
        ("```python\nif a<b and c>d: x = a[0](1)\n```", "if a<b and c>d: x = a[0](1)"),
        ("[note]: see above", None),
        ("costs $5 or so", None),
        ("a <!-- remark --> b", None),
    ],
)
def test_what_a_student_writes_is_shown_as_written(written: str, shown: str | None) -> None:
    page = as_html(written, {})
    assert (shown or written) in seen(page)
    assert markdown2html(page).strip() == page, "formgrader passes it on as it is"


@pytest.mark.parametrize(
    "attack",
    [
        *ATTACKS,
        "[plot](javascript:alert(1))",
        "![plot](https://elsewhere.example/seen.png)",
        "[plot][a]\n\n[a]: javascript:alert(1)",
        "> [plot][a]\n>\n> [a]:\n> javascript:alert(1)",
        "[a [b](javascript:alert(1))](javascript:alert(2))",
        "<javascript:alert(1)>",
        "look at https://hub.example/user/ada/files/page",
        r"$\href{javascript:alert(1)}{x}$",
        r"$$\href{javascript:alert(1)}{x}$$",
        r"$\text{<img src=x onerror=alert(1)>}$",
        "![x](attachment:a.png)",
        '![" onerror="alert(1)](attachment:b.png)',
    ],
)
def test_nothing_in_it_can_be_followed_loaded_or_run(attack: str) -> None:
    attachments = {"a.png": {"image/png": base64.b64encode(b"<svg onload=alert(1)>").decode()}, "b.png": "x"}
    tags = re.findall(r"<[^>]*>", markdown2html(as_html(attack, attachments)))
    known = r"</?(?:div|p|code|pre|em|strong|m[a-z]+|blockquote|table|t[rdh]|tbody|thead)\b"
    assert not [tag for tag in tags if not re.match(known, tag)], tags
    assert not [tag for tag in tags if re.search(r"href|src|style|\bon\w+=", tag)], tags


def test_a_formula_that_was_not_recognised_is_left_alone_by_mathjax() -> None:
    page = as_html(r"\\(\href{javascript:alert(1)}{x}\\)", {})
    assert page.startswith('<div class="tex2jax_ignore mathjax_ignore') and "<a" not in page


def test_attached_pictures_are_shown_at_their_place() -> None:
    page = as_html("see ![mine](attachment:picture-1.png) here", {"picture-1.png": {"image/png": PNG}})
    assert re.search(rf'see <img alt="attached picture" src="data:image/png;base64,{re.escape(PNG)}"> here', page)


@given(st.text(alphabet="ab<>/!&$`*_[](){}:\\\n |-#\"'="))
def test_whatever_is_typed_no_tag_of_the_students_survives(written: str) -> None:
    page = as_html(written, {})
    assert "\n" not in page
    inside = re.sub(
        r"</?(p|em|strong|code|pre|h[1-6]|ul|ol|li|hr|br|blockquote|table|thead|tbody|tr|t[hd]|div|m[a-z]+)\b"
        r'( (class|style|start|xmlns|display|\w+)="[^"<>]*")*\s*/?>',
        "",
        page,
    )
    assert "<" not in inside, inside


@pytest.mark.slow
@pytest.mark.timeout(60)  # of quadratic time it would be minutes
@pytest.mark.parametrize(
    "unit", ["![", "!*", "[$", "-$$", "$x$ ", "#\n", "\n\n)", "> ", "|a", "***a", "![a](attachment:"]
)
def test_a_text_of_repetitions_is_shown_in_time(unit: str) -> None:
    shown = as_html(unit * (100_000 // len(unit)), {})
    assert shown.startswith('<div class="') and shown.endswith("</div>") and len(shown) < 3_000_000


def test_a_text_of_very_many_formulas_is_shown_as_it_was_typed() -> None:
    assert "<math" in as_html("$x$ " * 10, {})
    shown = as_html("$x$ " * 2 * MOST_FORMULAS, {})
    assert "<math" not in shown and "$x$" in shown
