"""Right work as other tools and people leave it gets its points, with a note wherever something was guessed."""

from __future__ import annotations

import asyncio
import base64
import copy
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from autograder.course.answers import Answers, hand_in
from autograder.course.course import Course
from autograder.course.notebooks import visible
from autograder.hub.check_queue import Check
from autograder.hub.check_service import CheckRunner
from autograder.hub.course_page import notebooks_in
from autograder.recording.feedback import page
from autograder.recording.graded import graded_notebook
from autograder.records import GradeReport
from autograder.sandbox import warm
from tests.conftest import grade_all, scratch_course

pytestmark = pytest.mark.kernel

ASSIGNMENT, WITH_FIGURES = "operation_drills", "exercise_1_grayscale"
FILE = f"{ASSIGNMENT}.ipynb"
ESSAY, TASK_OF_ESSAY = "shapes", "task_shapes"
FULL, FOR_A_PERSON = 26.0, 3.0
FULL_WITH_FIGURES = 25.0
WAITS = "waits for a person"
Tree = dict[str, Any]


@dataclass(frozen=True)
class Input:
    """What a tool or a person does to a solved notebook: `leave` writes a folder, `note` is what the student reads."""

    leave: Callable[[Path, Tree], object]
    note: str = ""
    points: float | None = FULL
    assignment: str = ASSIGNMENT


def at(tree: Tree, name: str) -> int:
    """The position of the cell with this id."""
    return [cell["id"] for cell in tree["cells"]].index(name)


def text_of(tree: Tree, name: str) -> str:
    """The text of the cell with this id."""
    return str(tree["cells"][at(tree, name)]["source"])


def code(source: str) -> Tree:
    """A code cell as a student makes it."""
    return {"cell_type": "code", "id": "own", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def text(source: str) -> Tree:
    """A text cell as a student makes it."""
    return {"cell_type": "markdown", "id": "own-text", "metadata": {}, "source": source}


def stub(tree: Tree, name: str) -> Tree:
    """A cell as it was released."""
    cell = copy.deepcopy(tree["cells"][at(tree, name)])
    cell["source"] = STUBS[name]
    return cell


STUBS: dict[str, str] = {}


def written(change: Callable[[Tree], object], note: str = "", assignment: str = ASSIGNMENT) -> Input:
    """An edit of the notebook's cells, saved under its name."""

    def leave(folder: Path, tree: Tree) -> None:
        change(tree)
        (folder / f"{assignment}.ipynb").write_text(json.dumps(tree, indent=1), encoding="utf-8")

    return Input(leave, note, FULL if assignment == ASSIGNMENT else FULL_WITH_FIGURES, assignment)


def before_it(line: str, name: str, assignment: str = ASSIGNMENT) -> Input:
    """A line before right code."""
    return written(edit(name, lambda source: f"{line}\n{source}"), assignment=assignment)


def saved(encode: Callable[[str], bytes], note: str = "", name: str = FILE) -> Input:
    """Another way of saving the notebook."""

    def leave(folder: Path, tree: Tree) -> None:
        tree["cells"][0]["source"] += "\n\nMünchen"
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(encode(json.dumps(tree, indent=1, ensure_ascii=False)))

    return Input(leave, note)


def insert(before: str, *cells: Tree) -> Callable[[Tree], None]:
    """New cells before a cell."""

    def change(tree: Tree) -> None:
        where = at(tree, before)
        tree["cells"][where:where] = cells

    return change


def replace(name: str, *makers: Callable[[Tree], Tree]) -> Callable[[Tree], None]:
    """Other cells in the place of one."""

    def change(tree: Tree) -> None:
        where, made = at(tree, name), [make(tree) for make in makers]
        tree["cells"][where : where + 1] = made

    return change


def edit(name: str, change: Callable[[str], str], after: Tree | None = None) -> Callable[[Tree], None]:
    """Another text in a cell, and perhaps a new cell after it."""

    def changed(tree: Tree) -> None:
        where = at(tree, name)
        tree["cells"][where]["source"] = change(tree["cells"][where]["source"])
        tree["cells"][where + 1 : where + 1] = [after] if after else []

    return changed


def lose_metadata(*keys: str) -> Callable[[Tree], None]:
    """A tool drops parts of the cells."""

    def change(tree: Tree) -> None:
        for cell in tree["cells"]:
            for key in keys:
                cell[key] = {} if key == "metadata" else cell.pop(key) and ""

    return change


def helper(tree: Tree) -> None:
    """An answer that calls a function of an added cell."""
    edit("products", lambda source: source.replace("return a * b", "return times(a, b)"))(tree)
    insert("products", code("def times(a, b):\n    return a * b"))(tree)


def conflict(text: str) -> bytes:
    """A merge conflict around the number of a run."""
    line = '   "execution_count": null,\n'
    assert line in text
    other = line.replace("null", "7")
    return text.replace(line, f"<<<<<<< HEAD\n{line}=======\n{other}>>>>>>> origin/main\n", 1).encode()


def zipped(folder: Path, tree: Tree) -> None:
    """The notebook in a zip file."""
    with zipfile.ZipFile(folder / "submission.zip", "w") as out:
        out.writestr(f"my work/{FILE}", json.dumps(tree))


def with_time(content: bytes) -> Callable[[Path, Tree], None]:
    """A time as somebody wrote it."""

    def leave(folder: Path, tree: Tree) -> None:
        (folder / FILE).write_text(json.dumps(tree))
        (folder / "timestamp.txt").write_bytes(content)

    return leave


def photo(tree: Tree) -> None:
    """A photograph of a page of paper, in place of a text."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    cell = tree["cells"][at(tree, "reflect")]
    cell["source"] = "See the photo:\n\n![IMG_2231.jpg](attachment:img.jpg)"
    cell["attachments"] = {"img.jpg": {"image/jpeg": base64.b64encode(out.getvalue()).decode()}}


LESS_THAN = "If x<5 and a < b, then $n<m$ and `raw<sum` hold; `a[0](1)`, f(x)[0](y), R&D."
TIME = "time in timestamp.txt could not be read"
ELSEWHERE = "An answer in another cell was graded"
INPUTS = {
    "01_timestamp_text": Input(with_time(b"handed in by mail"), TIME),
    "02_timestamp_utf16": Input(with_time("2026-11-20 10:00:00 UTC".encode("utf-16"))),
    "02_timestamp_unix": Input(with_time(b"1795168800")),
    "03_text_answer_in_new_cell": written(
        lambda tree: replace(ESSAY, lambda t: stub(t, ESSAY), lambda t: text("Because."))(tree), "stands in other cells"
    ),
    "04_text_answer_recreated": written(replace(ESSAY, lambda t: text("Because.")), "stands in other cells"),
    "06_text_answer_as_code": written(
        lambda tree: tree["cells"][at(tree, ESSAY)].update(cell_type="code", outputs=[], execution_count=None),
        "stands in other cells",
    ),
    "07_text_answer_in_task_cell": written(
        lambda tree: [
            edit(TASK_OF_ESSAY, lambda source: source + "\n\nBecause.")(tree),
            replace(ESSAY, lambda t: stub(t, ESSAY))(tree),
        ],
        "stands in other cells",
    ),
    "08_photo_attached": written(photo, assignment=WITH_FIGURES),
    "09_less_than_in_text": written(edit(ESSAY, lambda source: LESS_THAN)),
    "10_shell_line": before_it("!nvidia-smi", "products"),
    "10_shell_output": before_it("files = !ls\nprint(files, len(files))", "products"),
    "10_shell_cell": written(insert("products", code("%%bash\nls /proc"))),
    "11_pip_magic": before_it("%pip install -q einops\n!pip install torch\n!apt-get install -y x", "products"),
    "12_helper_in_extra_cell": written(helper),
    "14_import_in_extra_cell": written(
        lambda tree: [
            edit("products", lambda s: s.replace("return a * b", "return operator.mul(a, b)"))(tree),
            insert("task_products", code("import operator"))(tree),
        ]
    ),
    "14_import_in_the_setup": written(
        lambda tree: [
            edit("products", lambda s: s.replace("return a * b", "return operator.mul(a, b)"))(tree),
            edit("setup", lambda s: f"import operator\n{s}")(tree),
        ]
    ),
    "15_answer_cell_recreated": written(replace("products", lambda t: code(text_of(t, "products"))), ELSEWHERE),
    "16_answer_cell_copied": written(
        lambda tree: insert("test_products", copy.deepcopy(tree["cells"][at(tree, "products")]))(tree), "several cells"
    ),
    "17_stub_and_answer": written(
        replace("products", lambda t: stub(t, "products"), lambda t: t["cells"][at(t, "products")]), "several cells"
    ),
    "18_answer_cell_split": written(
        lambda tree: replace(
            "products",
            *(
                lambda t, part=part: {**t["cells"][at(t, "products")], "source": part}  # type: ignore[misc]
                for part in text_of(tree, "products").split("\n\n\n", 1)
            ),
        )(tree),
        "stands in 2 cells",
    ),
    "19_metadata_lost": written(lose_metadata("metadata")),
    "19_metadata_and_ids_lost": written(lose_metadata("metadata", "id"), ELSEWHERE),
    "20_renamed": saved(str.encode, "found as", f"{ASSIGNMENT} (2).ipynb"),
    "20_kopie_von": saved(str.encode, "found as", f"Kopie von {ASSIGNMENT}.ipynb"),
    "20_without_an_underscore": saved(str.encode, "found as", "operation drills final (ada).ipynb"),
    "20_in_a_folder": saved(str.encode, "found as", f"work/{FILE}"),
    "20_zipped": Input(zipped, "found as"),
    "22_not_utf8": saved(lambda content: content.encode("cp1252", "replace"), "Windows-1252"),  # has no stars
    "22_utf16": saved(lambda content: content.encode("utf-16"), "UTF-16"),
    "22_with_a_mark": saved(lambda content: content.encode("utf-8-sig")),
    "23_merge_marks": saved(conflict, "conflict(s)"),
    "25_matplotlib_notebook": before_it("%matplotlib notebook", "show_color", WITH_FIGURES),
    "25_matplotlib_of_a_screen": before_it("import matplotlib\nmatplotlib.use('TkAgg')", "show_color", WITH_FIGURES),
    "25_matplotlib_qt_in_the_setup": written(
        edit("setup", lambda source: f"%matplotlib qt\n{source}"), assignment=WITH_FIGURES
    ),
    "27_pandas": before_it("import pandas as pd\nimport seaborn as sns\nfrom tqdm.auto import tqdm", "products"),
    "27_user_and_locale": before_it(
        "import getpass, locale, os\ngetpass.getuser(), os.environ['USER']\n"
        "[locale.setlocale(locale.LC_ALL, name) for name in ('de_DE.UTF-8', 'en_US.UTF-8', 'fr_FR.UTF-8', '')]",
        "products",
    ),
    "28_moved_to_new_cell": written(
        lambda tree: edit("products", lambda source: "", code(text_of(tree, "products")))(tree), ELSEWHERE
    ),
    "29_colab_header_in_answer": before_it(
        "%tensorflow_version 2.x\nfrom google.colab import drive, files, output\ndrive.mount('/content/drive')\n"
        "files.upload()\noutput.clear()",
        "products",
    ),
    "29_commands_of_elsewhere": before_it("%load_ext nb_black\n%load_ext tensorboard\n%nosuchcommand on", "products"),
    "seeds": written(edit("setup", lambda source: f"{source}\nnp.random.rand(1000)")),
    "added cells that fail, end and never end": written(
        insert("products", code("1 / 0"), code("import os\nos._exit(3)"), code("import sys\nsys.exit()"))
    ),
    "reordered": written(lambda tree: tree["cells"].reverse()),
    "cut off": saved(lambda content: content[: len(content) // 2].encode(), "Your notebook is damaged", FILE),
    "no notebook": Input(
        lambda folder, tree: (folder / "readme.txt").write_text("see mail"), "could not be read", None
    ),
    "nothing": Input(lambda folder, tree: None, "could not be read", None),
    "a folder for a notebook": Input(lambda folder, tree: (folder / FILE).mkdir(), "could not be read", None),
}


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory, standin_store: Path) -> Course:
    """A course with a submission for each of these inputs."""
    course = scratch_course(tmp_path_factory.mktemp("elsewhere") / "course", standin_store, ASSIGNMENT, WITH_FIGURES)
    for name in (ASSIGNMENT, WITH_FIGURES):
        notebook = course.assignment(name).only_notebook.notebook
        STUBS.update({cell.grade_id: cell.source for cell in visible(notebook).solutions()})
        solved = hand_in(notebook, Answers({}))
        for student, one in INPUTS.items():
            if one.assignment == name:
                folder = course.submitted / student / name
                folder.mkdir(parents=True)
                one.leave(folder, json.loads(solved))
    return course


@pytest.fixture(scope="module")
def graded(classroom: Course) -> Iterator[dict[str, GradeReport]]:
    """The class of all these inputs, graded in one run."""
    opened = Course.open(classroom.root)
    assignments = [opened.assignment(name) for name in (ASSIGNMENT, WITH_FIGURES)]
    results = list(grade_all(opened, [one for each in assignments for one in opened.submissions(each)]))
    assert [result.error for result in results if result.report is None] == []
    yield {result.report.student: result.report for result in results if result.report}


@pytest.mark.parametrize("name", INPUTS)
def test_right_work_counts(name: str, graded: dict[str, GradeReport]) -> None:
    report, wanted = graded[name], INPUTS[name]
    notes = " ".join(report.notes)
    assert wanted.note in notes and bool(wanted.note) == bool(report.notes), report.notes
    essay = next(task for task in report.tasks if task.task.manual)
    assert essay.earned is None, "nothing but an untouched stub is zero without a person"
    if wanted.points is None:
        assert all(task.earned is None and task.open for task in report.tasks)
    elif name == "cut off":
        assert 0 < report.earned < FULL
        assert all(task.earned == task.task.points or task.open for task in report.tasks if not task.task.manual)
    else:
        failed = [
            f"{check.check.name}: {check.message}" for task in report.tasks for check in task.checks if not check.passed
        ]
        assert report.earned == wanted.points and report.manual_points == essay.task.points, failed


def test_a_person_sees_the_picture_and_the_text_as_it_was_written(graded: dict[str, GradeReport]) -> None:
    for name, sign in (("08_photo_attached", 'src="data:image/jpeg;base64,'), ("09_less_than_in_text", "&lt;sum")):
        report = graded[name]
        tree = graded_notebook(report, report.notebooks[0])
        in_formgrader = next(cell for cell in tree["cells"] if sign in cell["source"])
        assert in_formgrader["metadata"]["nbgrader"]["grade_id"] in (ESSAY, "reflect")
        assert sign in page(tree), "and so does the student"
        assert "&amp;lt;" not in page(tree)


@pytest.mark.parametrize(("name", "lines"), [("10_shell_line", 1), ("11_pip_magic", 3)])
def test_what_could_not_run_is_said_in_a_line(name: str, lines: int, graded: dict[str, GradeReport]) -> None:
    cells = graded[name].notebooks[0].tree["cells"]
    cell = next(each for each in cells if each["metadata"].get("nbgrader", {}).get("grade_id") == "products")
    said = "".join(output.get("text", "") for output in cell["outputs"])
    assert len(said.strip().splitlines()) == lines, said


@pytest.mark.matrix
def test_check_says_what_the_grader_says(graded: dict[str, GradeReport], classroom: Course, tmp_path: Path) -> None:
    """The verdicts on the visible tests and the notes, for everything here that a student's server can send."""
    runner = CheckRunner(classroom, tmp_path)
    sent = {
        name: notebooks_in(classroom.submitted / name / one.assignment)
        for name, one in INPUTS.items()
        if one.note != TIME
    }
    sent = {name: files for name, files in sent.items() if files}
    assert len(sent) >= 40

    async def check(name: str, limit: asyncio.Semaphore) -> dict[str, Any]:
        async with limit:
            return await runner(Check(name, INPUTS[name].assignment, sent[name]))

    async def check_all() -> list[dict[str, Any]]:
        limit = asyncio.Semaphore(2)
        return await asyncio.gather(*(check(name, limit) for name in sent))

    told = dict(zip(sent, asyncio.run(check_all()), strict=True))
    warm.end_started()
    for name, state in told.items():
        report = graded[name]
        assert state["notes"] == list(report.notes), name
        outcomes = {result["cell"]: result["outcome"] for result in state["results"]}
        for task in report.tasks:
            full = task.earned == task.task.points
            expected = "passed" if full else "open" if task.open else None
            if task.task.manual:
                expected = "read by a person" if task.attempted else "not attempted"
            assert expected in (None, outcomes[task.task.cell]), (name, task.task.cell)
