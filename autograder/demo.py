"""A made-up class in a scratch course: released, handed in, collected, graded, with feedback pages."""

from __future__ import annotations

import copy
import getpass
import logging
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder import screen
from autograder.course import datasets
from autograder.course.answers import Answers, hand_in, read_answers
from autograder.course.layout import CONFIG, Course
from autograder.course.notebooks import read_course_notebook, tasks, visible
from autograder.errors import CourseError
from autograder.recording import release
from autograder.recording.classroom import Graded, grade_class, write_feedback

ASSIGNMENT = "exercise_1_grayscale"

# Student, and the answers file below tests/answers/ASSIGNMENT that this student hands in; None is an empty notebook.
CLASS: dict[str, str | None] = {
    "ada": "right/matrix_product.py",
    "ben": "right/tensorflow_image.py",
    "chloe": "right/slices_by_hand.py",
    "david": "right/loops.py",
    "emmy": "right/rounded_to_bytes.py",
    "farid": "wrong/blue_green_red.py",
    "greta": "wrong/channel_mean.py",
    "hugo": "wrong/not_divided.py",
    "ida": "wrong/violet_and_yellow.py",
    "jonas": "wrong/only_the_first_thousand.py",
    "kim": "wrong/bytes_overflow.py",
    "lena": None,
    "mats": "wrong/kernel_exits.py",
    "nobody": "wrong/cheat_equal_to_everything.py",
}


ESSAY = "# Fewer numbers say less and are learned faster. I would try both, and compare them on data that neither has seen."

# A small group also hands in the other assignments.
GROUP: dict[str, dict[str, str | None]] = {
    "tensor_drills": {"ada": "right/loops_and_lists.py", "farid": "wrong/reshape_for_transpose.py", "lena": None},
    "gradient_drills": {"ada": "right/formulas_by_hand.py", "farid": "wrong/tape_used_up.py", "lena": None},
    "network_drills": {"ada": "right/loops_in_numpy.py", "farid": "wrong/swish_of_the_books.py", "lena": None},
    "exercise_2_playground": {"ada": "right/short_addresses.py", "farid": "wrong/linear_smuggled.py", "lena": None},
}


@dataclass(frozen=True)
class Demonstration:
    """Where the scratch course is, and what grading it gave."""

    course: Course
    graded: Graded
    pages: tuple[Path, ...]


def run(course: Course, folder: Path | None, stand_in: bool, out: Console, group: bool = True) -> Demonstration:
    """Run the whole path in a scratch copy of the course, with or without the small group; the course itself is only read."""
    scratch = prepare(course, folder, stand_in, out)
    for assignment, hands_in in GROUP.items() if group else ():
        graded, _ = teach(course, scratch, assignment, hands_in, out)
        out.print(screen.grade_table(scratch, assignment, graded.grades))
    graded, pages = teach(course, scratch, ASSIGNMENT, CLASS, out)
    out.print(screen.grade_table(scratch, ASSIGNMENT, graded.grades))
    screen.print_labels(out, graded)
    wrong = next((page for page in pages if "farid" in page.parts), pages[0])
    out.print(
        f"\nfeedback   {wrong}\nall pages  {scratch.feedback}\ngradebook  {scratch.root / 'gradebook.db'}\ncourse     {scratch.root}",
        soft_wrap=True,
    )
    out.print(
        f"\nLook at a feedback page in a browser. `nbgrader export` in {scratch.root} writes the grades as CSV.", soft_wrap=True
    )
    return Demonstration(scratch, graded, tuple(pages))


def teach(
    course: Course, scratch: Course, assignment: str, hands_in: dict[str, str | None], out: Console
) -> tuple[Graded, list[Path]]:
    """Release an assignment, let students hand it in, collect it, grade it, write the pages."""
    with out.status(f"{assignment}: grading the reference solution"):
        release.release(scratch, assignment)
    out.print(f"[bold]released[/]   {assignment}")
    with out.status("the class hands in"):
        collect(scratch, assignment, handed_in(course, assignment, hands_in))
    out.print(f"[bold]collected[/]  {len(hands_in)} submissions through nbgrader's exchange")
    graded = grade_class(scratch, assignment, watch=screen.GradeProgress(out))
    return graded, write_feedback(scratch, assignment)


def prepare(course: Course, folder: Path | None, stand_in: bool, out: Console) -> Course:
    """A scratch course with the notebooks, checks and settings of `course`, and its real data or a stand-in."""
    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise CourseError(f"{folder} is not empty; the demo wants a folder of its own")
    root = Path(tempfile.mkdtemp(prefix="autograder-demo-")) if folder is None else folder
    (root / "course_data").mkdir(parents=True)
    for assignment in (*GROUP, ASSIGNMENT):
        shutil.copytree(course.source / assignment, root / "source" / assignment)
        checks = root / "autograder" / "checks" / assignment
        shutil.copytree(course.checks(assignment), checks, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(course.root / CONFIG, root)
    for file in ("datasets.toml", "assignments.toml"):
        shutil.copy(course.data / file, root / "course_data")
    # a made-up class may be graded without a sandbox where there is none; each grade says so
    settings = root / "course_data" / "assignments.toml"
    settings.write_text(settings.read_text().replace('isolation = "landlock"', 'isolation = "none"'))
    scratch = Course.open(root)
    for name in course.datasets(ASSIGNMENT):
        if not stand_in and datasets.origin_of(course.store, name) == datasets.PUBLISHED:
            scratch.store.mkdir(exist_ok=True)
            (scratch.store / name).symlink_to(course.store / name)
        else:
            with out.status(f"drawing a stand-in for {name}"):
                datasets.make_standin(scratch.store, name)
        out.print(f"[bold]data[/]       {name}: {datasets.origin_of(scratch.store, name)}")
    return scratch


def handed_in(course: Course, assignment: str, hands_in: dict[str, str | None]) -> dict[str, bytes]:
    """The notebook of every student of the class, as bytes."""
    notebook = read_course_notebook(course.source_notebook(assignment))
    folder = course.root / "tests" / "answers" / assignment
    empty = hand_in(visible(notebook), Answers({}))
    # what an answers file does not name is the reference solution for code, and an essay of the student's own
    essay = {each.cell: ESSAY for each in tasks(notebook) if each.manual}
    made = {}
    for student, name in hands_in.items():
        if name is None:
            made[student] = empty
            continue
        answers = read_answers(folder / name)
        made[student] = hand_in(notebook, Answers({**essay, **answers.cells}), name)
    return made


def collect(course: Course, assignment: str, notebooks: dict[str, bytes]) -> None:
    """Students hand in through nbgrader's exchange, in a folder of the scratch course, and the instructor collects."""
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseAssignment, ExchangeSubmit

    config = copy.deepcopy(course.config)
    config.Exchange.root = str(course.root / "exchange")
    config.Exchange.cache = str(course.root / "exchange" / "cache")
    config.ExchangeCollect.check_owner = False  # one account plays the whole class
    (course.root / "exchange").mkdir(exist_ok=True)
    (course.root / "exchange").chmod(0o777)

    def directory(root: Path, student: str) -> CourseDirectory:
        return CourseDirectory(config=config, root=str(root), assignment_id=assignment, student_id=student, course_id=course.id)

    common = {"config": config, "log": logging.Logger("exchange", logging.ERROR), "authenticator": Authenticator(config=config)}
    ExchangeReleaseAssignment(coursedir=directory(course.root, "*"), **common).start()
    name = course.source_notebook(assignment).name
    with tempfile.TemporaryDirectory(prefix="autograder-students-") as homes:
        for student, content in notebooks.items():
            home = Path(homes) / student
            (home / assignment).mkdir(parents=True)
            (home / assignment / name).write_bytes(content)
            submit = ExchangeSubmit(coursedir=directory(home, student), **common)
            submit.assignment_dir = str(home)
            submit.start()
    ExchangeCollect(coursedir=directory(course.root, "*"), **common).start()
    missing = [student for student in notebooks if not (course.submitted / student / assignment / name).is_file()]
    if missing:
        raise CourseError(f"the exchange lost the submissions of {', '.join(missing)} (it belongs to {getpass.getuser()})")
