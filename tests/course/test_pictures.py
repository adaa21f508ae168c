"""Pictures in students' texts are decoded and written again; what is no picture is named."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from autograder.course import pictures
from autograder.course.pictures import apart, renamed, rewritten

REMARK = "GPS 52.5 N"


def encoded(kind: str, size: tuple[int, int] = (30, 20), **saved: Any) -> str:
    """A picture in base64."""
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **saved)
    return base64.b64encode(out.getvalue()).decode()


def opened(content: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(content)))


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_an_attached_picture_is_written_again_without_what_it_said_of_its_maker(kind: str) -> None:
    made = rewritten("![a](attachment:my%20photo.x)", {"my photo.x": {f"image/{kind}": encoded(kind, comment=REMARK)}})
    (name,) = made.attachments
    (content,) = made.attachments[name].values()
    assert made.text == f"![a](attachment:{name})" and made.problems == ()
    assert opened(content).size == (30, 20) and REMARK.encode() not in base64.b64decode(content)


def test_a_photo_is_turned_upright_and_made_smaller() -> None:
    exif = Image.Exif()
    exif[274] = 6  # orientation: the camera was held upright
    made = rewritten("", {"a": {"image/jpeg": encoded("jpeg", (4000, 3000), exif=exif)}})
    assert opened(made.attachments["picture-1.jpg"]["image/jpeg"]).size == (1200, 1600)
    assert made.text.strip() == "![attached picture](attachment:picture-1.jpg)", "nobody referred to it"


@pytest.mark.parametrize(
    "bundle",
    [
        {},
        None,
        7,
        {"image/png": ["a"]},
        {"image/png": "no base64"},
        {"image/png": base64.b64encode(b"\x89PNG\r\n\x1a\nrest").decode()},
        {"image/svg+xml": base64.b64encode(b"<svg onload=alert(1)>").decode()},
        {"image/png": encoded("bmp")},
        {"image/png": encoded("png", (9000, 9000))},
        {"image/png": "A" * (30 * 2**20)},
    ],
)
def test_what_cannot_be_shown_is_named(bundle: object) -> None:
    made = rewritten("text", {"x\n<b>": bundle})
    assert made.text == "text" and not made.attachments and "the attached file 'x<b>'" in made.problems[0]


def test_of_a_hundred_pictures_the_first_are_shown() -> None:
    made = rewritten("", {str(number): {"image/png": encoded("png")} for number in range(100)})
    assert len(made.attachments) == pictures.MAX_PICTURES and "of 100 pictures" in made.problems[0]


@pytest.mark.parametrize(
    "written",
    [
        "before ![a](data:image/png;base64,{}) after",
        "before <img width=3 src='data:image/png;base64,{}' alt='a'> after",
        "before ![a][image1] after\n\n[image1]: <data:image/png;base64,{}>",
    ],
)
def test_a_picture_in_the_text_itself_is_taken_out(written: str) -> None:
    picture = encoded("png")
    text, found = apart(written.replace("{}", picture))
    (name,) = found
    assert found[name]["image/png"] == picture
    assert text.strip() in (f"before ![a](attachment:{name}) after", f"before ![picture](attachment:{name}) after")


def test_pictures_of_the_same_name_in_two_cells_get_two_names() -> None:
    assert renamed("![a](attachment:image.png)", {"image.png": {}}, "2-") == (
        "![a](attachment:2-image.png)",
        {"2-image.png": {}},
    )
