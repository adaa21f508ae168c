"""The page for students: title, points, what was seen and a hint; no hidden code, no mark scheme, nothing that runs."""

from __future__ import annotations

import dataclasses
import html.parser

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.notebooks import Notebook, visible
from autograder.recording import feedback, gradebook, graded
from autograder.recording.gradebook import GradebookSink
from autograder.records import Level, Remark
from autograder.teaching import release
from tests.conftest import EXERCISE, MakeReport

WRONG = {"test_weights": ("this is blue, green, red", "CIFAR-10 stores red first")}


def page(report, grades=None) -> str:
    return feedback.page(graded.graded_notebook(report, report.notebooks[0]), grades)


class Tags(html.parser.HTMLParser):
    """All tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_a_wrong_answer_shows_title_points_what_was_seen_and_a_hint(make_report: MakeReport) -> None:
    text = page(make_report("ann", WRONG))
    for expected in (
        "to_gray weighs red, green and blue as in the formula",
        "0 of 2",
        "this is blue, green, red",
        "CIFAR-10 stores red first",
        "2 of 4",
        "3 From three numbers to one",
    ):
        assert expected in text


def test_what_a_check_tells_and_draws_is_shown_also_when_it_passed(make_report: MakeReport) -> None:
    report = make_report("ann", WRONG)
    tasks = []
    for task in report.tasks:
        remarks = {"test_weights": (Remark("a <sentence>"), Remark("another", b"\x89PNG\r\n\x1a\n drawn"))}
        checks = tuple(dataclasses.replace(check, remarks=remarks.get(check.check.name, ())) for check in task.checks)
        tasks.append(dataclasses.replace(task, checks=checks))
    notebook = dataclasses.replace(report.notebooks[0], tasks=tuple(tasks))
    report = dataclasses.replace(report, notebooks=(notebook,))
    text = page(report)
    assert "a &lt;sentence&gt;" in text and "another" in text
    assert [
        source for tag, at in Tags(text).found if tag == "img" and (source := at.get("alt")) == "drawn by the grader"
    ]
    tree = graded.graded_notebook(report, report.notebooks[0])
    (cell,) = (cell for cell in tree["cells"] if len(cell.get("outputs", [])) == 2)
    assert cell["outputs"][1]["data"]["image/png"] == "iVBORw0KGgogZHJhd24="


def test_a_very_long_answer_is_shown_without_colours(make_report: MakeReport) -> None:
    text = page(make_report("ann", answers={"to_gray": "x = 1  # <b>\n" + "    \n" * 19_000}))
    assert "x = 1  # &lt;b&gt;" in text and 'class="c1"># &lt;b&gt;' not in text


def test_standins_are_labelled(make_report: MakeReport) -> None:
    assert "Practice data" in page(make_report()) and "Practice data" not in page(
        make_report(data=(("cifar10", "published"),))
    )


def test_nothing_for_staff_is_on_the_page(make_report: MakeReport) -> None:
    text = page(make_report("ann", WRONG))
    for hidden in ("staff", "4711", "isolation", "Isolation", "test_weights"):
        assert hidden not in text


def test_no_line_of_a_check_and_no_mark_scheme_is_in_any_file_for_students(
    released: Course, make_report: MakeReport, notebook: Notebook
) -> None:
    solutions, checks = release.secrets(released.assignment(EXERCISE))
    failed = {f"test_{name}": ("wrong", "try") for name in ("weights", "integers", "scale", "values")}
    texts = [page(make_report("ann", failed, answers={solution.grade_id: "pass" for solution in notebook.solutions()}))]
    texts += [file.read_text() for file in (released.release / EXERCISE).rglob("*") if file.is_file()]
    assert len(texts) == 2 and len(checks) > 100 and any("Mark scheme" in line for lines in solutions for line in lines)
    for text in texts:
        lines = {line.strip().strip('",').removesuffix("\\n") for line in text.splitlines()}
        assert not checks & lines
        assert "Mark scheme" not in text and "BEGIN SOLUTION" not in text and "hue and saturation" not in text


def test_markup_that_a_student_wrote_is_shown_and_does_not_run(make_report: MakeReport) -> None:
    attack = "<script>alert(1)</script><img src='http://evil/x.png' onerror='alert(1)'>"
    report = make_report(
        "<b>ann</b>",
        {"test_weights": (attack, attack)},
        answers={
            "to_gray": f"# {attack}",
            "reflect": (
                f"# {attack} ![x](http://evil/y.png) [link](javascript:alert(1)) <style>*{{display:none}}</style>"
            ),
        },
        outputs={
            "to_gray": [
                {"output_type": "display_data", "data": {"text/html": attack, "image/svg+xml": attack}},
                {"output_type": "stream", "name": "stdout", "text": attack},
                {"output_type": "error", "ename": attack, "evalue": attack, "traceback": []},
            ]
        },
        notes=(attack,),
    )
    text = page(report)
    assert "&lt;script&gt;" in text
    for tag, attributes in Tags(text).found:
        assert tag not in ("script", "iframe", "object", "form", "link", "base", "svg"), tag
        assert not any(name.startswith("on") or name == "style" for name in attributes), (tag, attributes)
        for name in ("src", "href"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:image/png;base64,", "data:image/jpeg;base64,")), value
    assert "default-src 'none'" in text


def test_formulas_become_mathml_and_pictures_of_the_task_are_in_the_page(make_report: MakeReport) -> None:
    tags = Tags(page(make_report()))
    assert sum(tag == "math" for tag, _ in tags.found) >= 5
    assert sum(tag == "img" for tag, _ in tags.found) == 2


def test_points_and_comments_of_people_are_shown(
    released: Course, make_report: MakeReport, exercise: Assignment
) -> None:
    report = make_report("ann")
    GradebookSink(released).write(report, exercise)
    assert "5 more points wait for a person" in page(
        report, gradebook.read(released, released.assignment(EXERCISE), "ann")
    )
    with gradebook.opened(released) as book:
        grade = book.find_grade("reflect", EXERCISE, EXERCISE, "ann")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        book.find_comment("reflect", EXERCISE, EXERCISE, "ann").manual_comment = "Well argued <3"
        book.db.commit()
    text = page(report, gradebook.read(released, released.assignment(EXERCISE), "ann"))
    assert "27.5" in text and "2.5 of 5" in text and "Well argued &lt;3" in text and "wait for a person" not in text


def test_an_empty_submission_reads_kindly(
    released: Course, make_report: MakeReport, exercise: Assignment, notebook: Notebook
) -> None:
    stubs = {
        solution.grade_id: solution.source if solution.is_code else "# YOUR ANSWER HERE"
        for solution in visible(notebook).solutions()
    }
    failed = {check.check.name: ("there is no variable", "") for task in make_report().tasks for check in task.checks}
    report = make_report("ann", failed, answers=stubs)
    GradebookSink(released).write(report, exercise)
    text = page(report, gradebook.read(released, released.assignment(EXERCISE), "ann"))
    assert (
        text.count("This task has not been attempted yet.") == 10
        and text.count("No response.") == 1  # of the task that has no check
        and "Traceback (" not in text
        and "there is no variable" not in text
    )


def test_a_page_made_without_a_sandbox_says_so(make_report: MakeReport) -> None:
    assert "Graded without a sandbox (level: none)." in page(make_report(isolation=Level.NONE))
    assert "without a sandbox" not in page(make_report(isolation=Level.NAMESPACES))
