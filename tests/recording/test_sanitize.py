"""What a student's program wrote is text, a picture that is one, or harmless HTML."""

from __future__ import annotations

import base64

import pytest

from autograder.recording import sanitize

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n...").decode()

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src='http://a'></iframe>",
    "<style>body{display:none}</style>",
    "<a href='javascript:alert(1)'>x</a>",
    "<link rel=stylesheet href=http://a>",
    "<img src='http://a/track.png'>",
    "<form action='http://a'><input></form>",
    "<div style='position:fixed'>SCORE 100</div>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<td onclick=alert(1)>x</td>",
    "<meta http-equiv=refresh content='0;http://a'>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_keeps_no_script_style_link_or_remote_picture(attack: str) -> None:
    cleaned = sanitize.html(f"<table><tr><td>{attack}</td></tr></table>")
    for word in (
        "script",
        "onerror",
        "onload",
        "onclick",
        "http",
        "style",
        "javascript",
        "<img",
        "<svg",
        "<iframe",
        "<form",
        "<meta",
        "<link",
        "<a",
    ):
        assert word not in cleaned


def test_tables_stay() -> None:
    assert (
        sanitize.html("<table><tr><th colspan='2'>a</th></tr></table>")
        == f'<div class="{sanitize.NO_FORMULAS}"><table><tbody><tr><th colspan="2">a</th></tr></tbody></table></div>'
    )


def test_terminal_escapes_and_direction_marks_are_taken_out_of_text() -> None:
    assert sanitize.text("\x1b[31mred\x1b[0m\x1b]0;title\x07\x00\u202eabc\r\n\tx") == "redabc\n\tx"


def test_only_real_pictures_are_pictures() -> None:
    svg = base64.b64encode(b"<svg onload=alert(1)>").decode()
    outputs = [
        {"output_type": "display_data", "data": {"image/png": PNG}},
        {
            "output_type": "display_data",
            "data": {"image/png": svg, "image/svg+xml": "<svg/>", "application/javascript": "alert(1)"},
        },
        {"output_type": "display_data", "data": {"image/png": "not base64!"}},
    ]
    assert [output["data"] for output in sanitize.outputs(outputs)] == [{"image/png": PNG}]


def test_streams_and_errors_are_plain_text_and_unknown_kinds_are_left_out() -> None:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": "a\x1b[1mb"},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mline"]},
        {"output_type": "comm_open", "data": {}},
    ]
    assert sanitize.outputs(outputs) == [
        {"output_type": "stream", "name": "stdout", "text": "ab"},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["line"]},
    ]


GROWING = {
    "formatting with attributes": "<p>" + "".join(f"<b a={number}>" for number in range(1000)) + "<p>x" * 3000,
    "formatting with slashes": "".join(f"<i/{number}>" for number in range(200)) + "<p>x" * 3000,
    "formatting": "<b><i><u><s><tt><em>" * 3 + "<p>x" * 20_000,
    "signs": "&" * 99_990,
    "signs less than": "<" * 99_990,
    "tables": "<table>" * 14_000,
    "boxes": "<div>" * 20_000,
}


@pytest.mark.parametrize("name", GROWING)
def test_html_that_grows_when_it_is_cleaned_is_shown_as_text_of_bounded_length(name: str) -> None:
    cleaned = sanitize.html(GROWING[name])
    assert len(cleaned) <= sanitize.MAX_HTML + 20_000


def test_a_cell_that_prints_without_end_is_cut_and_says_so() -> None:
    one = {"output_type": "display_data", "data": {"text/html": "<p>x" * 20_000, "text/plain": "x" * 90_000}}
    cleaned = sanitize.outputs([one] * 40)
    assert len(cleaned) < 10 and cleaned[-1]["text"] == sanitize.CUT


def test_an_ordinary_table_with_bold_words_stays_html() -> None:
    row = "<tr><td><b class='x'>1</b></td><td>2</td></tr>"
    assert sanitize.html(f"<table>{row * 40}</table>").count("<b>1</b>") == 40


def test_outputs_that_are_left_out_count_for_nothing() -> None:
    large = {"output_type": "stream", "name": "stdout", "text": "x" * 90_000}
    cleaned = sanitize.outputs([large, *[{"output_type": "unknown"}] * 20, large])
    assert [len(output["text"]) for output in cleaned] == [90_000, 90_000]
