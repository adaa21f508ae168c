"""The commands: one short function each, which wires the parts together and decides nothing."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core
from rich.console import Console
from rich.text import Text

from autograder import screen
from autograder.course import datasets, scaffold, standins
from autograder.course.course import Course
from autograder.errors import AutograderError, CourseError, StudentFault


class Commands(typer.core.TyperGroup):
    """The commands, of which Ctrl-C ends each with one line."""

    def invoke(self, ctx: Any) -> Any:
        """Called by typer to run a command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            err.print("stopped; what was graded is recorded, the next run goes on from there")
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Grade machine-learning notebooks by hidden checks that students' code cannot see.",
)
data_app = typer.Typer(no_args_is_help=True, help="The datasets of the course.")
app.add_typer(data_app, name="data")
hub_app = typer.Typer(
    invoke_without_command=True, help="The course on JupyterHub: a demo hub to look at, or a real one."
)
app.add_typer(hub_app, name="hub")

CourseOption = Annotated[Path, typer.Option("--course", help="The course folder.", metavar="DIR")]
IsolationOption = Annotated[
    str,
    typer.Option(
        "--isolation", help="namespaces, landlock, or none: without a sandbox, for people you trust.", metavar="LEVEL"
    ),
]
HERE = Path()
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The folder of the new course; its name becomes the course's.")],
) -> None:
    """Make a new course in a folder: settings for nbgrader and the engine, and no assignment yet."""
    for file in scaffold.create_course(folder):
        out.print(f"wrote {file}", soft_wrap=True)
    out.print(f"Go there (cd {folder}) and start an assignment with `autograder new week_1`.", soft_wrap=True)


@app.command()
def new(assignment: str, course: CourseOption = HERE) -> None:
    """Start an assignment of your own: a notebook, a check module, a right and a wrong answer."""
    written = scaffold.create(Course.open(course), assignment)
    for file in written:
        out.print(f"wrote {file}", soft_wrap=True)
    out.print(
        f"Edit them, then run `autograder try {assignment} {written[-1]}` and `autograder release {assignment}`.",
        soft_wrap=True,
    )


@app.command()
def release(assignment: str, isolation: IsolationOption = "", course: CourseOption = HERE) -> None:
    """Check an assignment, grade its reference solution, and generate the students' version in release/."""
    from autograder.teaching import release as releasing

    opened = Course.open(course)
    with out.status(f"grading the reference solution of {assignment}"):
        report = releasing.release(opened, opened.assignment(assignment), isolation)
    out.print(
        f"{assignment}: the reference solution earns {report.earned:g} of {report.auto_points:g} points by checks; "
        f"{report.manual_points:g} more are given by a person"
    )
    out.print(f"released to {opened.release / assignment}", soft_wrap=True)


@app.command()
def grade(
    assignment: str,
    student: Annotated[str, typer.Option(help="Grade this student alone.", metavar="ID")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Grade again what has not changed; trainings are remembered.")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Like --force, and train again too.")] = False,
    jobs: Annotated[int, typer.Option(help="Worker processes; 0 means one per core.", min=0)] = 0,
    threads: Annotated[int, typer.Option(help="TensorFlow threads of each worker's kernels.", min=1)] = 1,
    isolation: IsolationOption = "",
    course: CourseOption = HERE,
) -> None:
    """Grade what was handed in, as far as it is new or changed, and show the grades."""
    from autograder.teaching.classroom import Grading, grade_class

    opened = Course.open(course)
    read = opened.assignment(assignment)
    how = Grading([student] if student else [], force, fresh, jobs, threads, isolation)
    graded = grade_class(opened, read, how, screen.GradeProgress(out))
    out.print(screen.grade_table(read, graded.grades))
    screen.print_labels(out, graded)
    if graded.failed:
        count = len(graded.failed)
        err.print(f"[red]{count} submission(s) could not be graded and have no new grade; the next run tries again[/]")
        raise typer.Exit(1)


@app.command("try")
def try_answers(
    assignment: str,
    answers: Annotated[
        Path, typer.Argument(help="A file with `# %% GRADE_ID` before each answer.", metavar="ANSWERS.py")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    isolation: IsolationOption = "",
    course: CourseOption = HERE,
) -> None:
    """Grade an answers file through the real engine and show what each check says; nothing is recorded."""
    from autograder.teaching.classroom import try_answers as grade_answers

    opened = Course.open(course)
    read = opened.assignment(assignment)
    if as_json:
        out.print_json(json.dumps(screen.report_tree(grade_answers(opened, read, answers, isolation))))
        return
    with out.status("running"):
        report = grade_answers(opened, read, answers, isolation)
    out.print(screen.check_table(report))


@app.command()
def status(isolation: IsolationOption = "", course: CourseOption = HERE) -> None:
    """Show for each assignment what is released, handed in, graded, and waiting for a person."""
    from autograder.teaching.classroom import course_status

    opened = Course.open(course)
    out.print(screen.status_table(opened, course_status(opened, isolation)))


@app.command()
def feedback(
    assignment: str,
    student: Annotated[str, typer.Option(help="This student alone.", metavar="ID")] = "",
    course: CourseOption = HERE,
) -> None:
    """Write the pages that students read into feedback/."""
    from autograder.teaching.classroom import write_feedback

    opened = Course.open(course)
    written = write_feedback(opened, opened.assignment(assignment), student)
    out.print(
        f"{len(written)} page(s) in {opened.feedback}, for example {written[0]}"
        if written
        else f"nothing is graded yet: run `autograder grade {assignment}`",
        soft_wrap=True,
    )


@app.command()
def calibrate(
    assignment: str,
    seeds: Annotated[int, typer.Option(help="How often each answer is trained.", min=3)] = 10,
    jobs: Annotated[int, typer.Option(help="Worker processes; 0 means one per core.", min=0)] = 0,
    course: CourseOption = HERE,
) -> None:
    """Train the reference and the named answers over seeds, and write the thresholds that an honest answer reaches."""
    from autograder.teaching import calibration

    opened = Course.open(course)
    read = opened.assignment(assignment)
    plan = calibration.read_plan(opened, read)
    with out.status(f"{assignment}: training") as status:
        found = calibration.measure(opened, read, seeds, status.update, jobs)
    file = calibration.write(opened, read, plan, found)
    out.print(screen.calibration_table(plan, found))
    out.print(f"written to {file}", soft_wrap=True)


@app.command()
def playground(
    url: Annotated[str, typer.Argument(help="The address of an experiment, in quotes.", metavar="URL")],
    epochs: Annotated[
        str, typer.Option(help="At which epochs to look, comma-separated; the last one ends the run.", metavar="LIST")
    ] = "0,1,10,50,100,300",
    resets: Annotated[
        int, typer.Option(help="How many resets to simulate after the page's own run.", min=0, max=1000)
    ] = 20,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the decision surface and the losses.", metavar="FILE.png")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Run an experiment of playground.tensorflow.org again, from its URL, and show what comes of it."""
    from autograder.playground import experiment, settings
    from autograder.playground.picture import draw

    found = settings.parse(url)
    with err.status("running"):
        run = experiment.rerun(found, experiment.read_epochs(epochs), resets)
    if picture:
        # between two looks the curve is a straight line
        drawn = draw(experiment.rerun(found, experiment.curve_to(run.epochs[-1]), resets))
        try:
            picture.write_bytes(drawn)
        except OSError as error:
            raise CourseError(f"{picture} could not be written: {error.strerror}") from error
    if problem := settings.unoffered(found):
        err.print(f"[yellow]{problem}; as an answer to a task this URL would be refused[/]", soft_wrap=True)
    if as_json:
        out.print_json(json.dumps(screen.rerun_tree(run)))
        return
    out.print(screen.rerun_table(run))


@app.command()
def doctor(course: CourseOption = HERE) -> None:
    """Try what this machine can do for grading, and say for each thing missing how to mend it."""
    from autograder.sandbox import doctor as examining

    opened = Course.open(course)
    bad = 0
    for finding in examining.examine(opened.settings().isolation):
        out.print(screen.finding_line(finding), soft_wrap=True)
        bad += not finding.good
    out.print(screen.data_table(datasets.status(opened.store, datasets.read_registry(opened.data / datasets.REGISTRY))))
    if bad:
        raise typer.Exit(1)


@app.command()
def demo(
    folder: Annotated[
        Path | None,
        typer.Option("--dir", help="Where to put the scratch course; by default a new folder under the temporary one."),
    ] = None,
    stand_in: Annotated[
        bool, typer.Option("--stand-in", help="Use drawn images even where the real data is at hand.")
    ] = False,
    course: CourseOption = HERE,
) -> None:
    """Grade a made-up class in a scratch course, from the release to the feedback pages."""
    from autograder.teaching import demo as demonstration

    opened = Course.open(course)
    plan = demonstration.read_plan(opened)
    done = demonstration.run(opened, plan, folder, stand_in, screen.DemoProgress(out))
    screen.print_demo(out, done)


@app.command()
def bench(
    submissions: Annotated[int, typer.Option(help="Small notebooks to grade each way.", min=0)] = 80,
    training: Annotated[int, typer.Option(help="Notebooks with 20 s of training to grade each way.", min=0)] = 8,
    long: Annotated[int, typer.Option(help="Small notebooks to grade in one run of this engine alone.", min=0)] = 200,
    models: Annotated[int, typer.Option(help="Full submissions to train and to grade again.", min=0)] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    isolation: IsolationOption = "",
    course: CourseOption = HERE,
) -> None:
    """Grade the same class by stock nbgrader and by this engine, alternating, and compare; takes a quarter of an hour."""
    from autograder.teaching import benchmark

    with err.status("beginning") as shown:
        measured = benchmark.run(Course.open(course), submissions, training, long, models, isolation, shown.update)
    if as_json:
        out.print_json(json.dumps(screen.bench_tree(measured)))
    else:
        out.print(screen.bench_tables(measured))


@hub_app.callback(invoke_without_command=True)
def hub(
    ctx: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where everything of the hub goes.", metavar="DIR")
    ] = None,
    port: Annotated[int, typer.Option(help="The port of the page; 0 takes a free one.", min=0, max=65535)] = 8000,
    course: CourseOption = HERE,
) -> None:
    """Start a hub: a demo hub on a copy of the course, or the real one that was installed in DIR."""
    if ctx.invoked_subcommand:
        return
    from autograder.hub import serving, site

    with err.status("beginning") as shown:
        if folder and site.is_site(folder):
            prepared = site.ready(folder, shown.update)
        else:
            prepared = serving.prepare(Course.open(course), folder, port, shown.update)
    serving.serve(prepared, lambda text: out.print(text, soft_wrap=True))


@hub_app.command("install")
def hub_install(
    folder: Annotated[Path, typer.Argument(help="Where everything of the hub goes, /srv/ml-basics for instance.")],
    address: Annotated[
        str, typer.Option(help="Where the page is; at first http://127.0.0.1:8000.", metavar="URL")
    ] = "",
    certificate: Annotated[Path | None, typer.Option(help="PEM file, for an address that begins with https.")] = None,
    key: Annotated[Path | None, typer.Option(help="PEM file.")] = None,
    course: CourseOption = HERE,
) -> None:
    """Set up a real hub, as root: accounts of the roster, Python for students, the grader's course; run again after changes."""
    from autograder.hub import site

    if bool(certificate) != bool(key) or address.startswith("https:") != bool(certificate):
        raise CourseError("an address that begins with https: needs --certificate and --key, and another one neither")
    files = {"certificate": str(certificate.resolve()), "key": str(key.resolve())} if certificate and key else {}
    chosen = (
        {"address": address, **files} if address else {}
    )  # else what was said before, or the address of this machine
    site.install(Course.open(course), folder.resolve(), chosen, lambda text: out.print(text, soft_wrap=True))
    out.print(
        f"ready: look with `autograder hub check {folder}`, start with `autograder hub --folder {folder}`",
        soft_wrap=True,
    )


@hub_app.command("check")
def hub_check(folder: Annotated[Path, typer.Argument(help="Where the real hub is.")]) -> None:
    """Look at accounts, permissions, programs, certificate and ports of a real hub, and say what to fix."""
    from autograder.hub import site_check

    wrong = 0
    for finding in site_check.check(folder.resolve()):
        wrong += not finding.good
        mark = ("yes  ", "green") if finding.good else ("NO   ", "red")
        out.print(Text.assemble(mark, finding.name, ("" if finding.good else f"\n     {finding.mend}")), soft_wrap=True)
    if wrong:
        err.print(f"[red]{wrong} to fix[/]")
        raise typer.Exit(1)


@hub_app.command("values")
def hub_values(
    students: Annotated[str, typer.Option("--students-image", help="NAME:TAG of the image of students.")],
    staff: Annotated[str, typer.Option("--staff-image", help="NAME:TAG of the image of staff.")],
    course: CourseOption = HERE,
) -> None:
    """Print values for Zero to JupyterHub on Kubernetes, with ngshare; not run by us on a cluster."""
    from autograder.hub import kubernetes, roster

    if not (":" in students.rpartition("/")[2] and ":" in staff.rpartition("/")[2]):
        raise CourseError("name both images with their tags: registry.example.org/course/students:2026")
    opened = Course.open(course)
    sys.stdout.write(kubernetes.values(opened, roster.read(opened.data / roster.ROSTER), students, staff))


@hub_app.command("answer")
def hub_answer(course: CourseOption = HERE) -> None:
    """Answer submissions as they arrive, as course_data/assignments.toml says; the hub runs this."""
    from autograder.hub import arrivals

    arrivals.serve(Course.open(course), lambda text: out.print(text, soft_wrap=True))


@hub_app.command("add")
def hub_add(
    name: Annotated[str, typer.Argument(help="The name of the account.")],
    role: Annotated[str, typer.Option(help="student, assistant or instructor.")] = "student",
    email: str = "",
    group: str = "",
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Of a real hub: the account is made too.", metavar="DIR")
    ] = None,
    course: CourseOption = HERE,
) -> None:
    """Add somebody to the roster: of a real hub, or course_data/roster.csv of the course."""
    from autograder.hub import roster, site

    person = roster.Person(name, role, email, group)
    if folder:
        site.add(folder.resolve(), person, lambda text: out.print(text, soft_wrap=True))
        out.print(f"{name} ({role}) can log in", soft_wrap=True)
        return
    file = Course.open(course).data / roster.ROSTER
    roster.add(file, person)
    out.print(f"{name} ({role}) is in {file}", soft_wrap=True)


@data_app.command("fetch")
def data_fetch(
    name: Annotated[str, typer.Argument(help="One dataset; all by default.")] = "",
    source: Annotated[
        Path | None, typer.Option("--from", help="A folder of files that were downloaded before.", metavar="DIR")
    ] = None,
    course: CourseOption = HERE,
) -> None:
    """Download datasets, or take them from a folder, verify their checksums and put them into the store."""
    opened = Course.open(course)
    registry = datasets.read_registry(opened.data / datasets.REGISTRY)
    published = [spec for spec in registry.values() if spec.format != datasets.BUNDLED]
    specs = [datasets.lookup(registry, name)] if name else published
    failed = False
    for spec in specs:
        try:
            out.print(f"{spec.title}: verified, in {datasets.fetch(spec, opened.store, source)}", soft_wrap=True)
        except AutograderError as error:
            if name:
                raise
            failed = True
            err.print(Text.assemble((f"{spec.title}: ", "red"), str(error)), soft_wrap=True)
    if failed:
        raise typer.Exit(1)


@data_app.command("status")
def data_status(course: CourseOption = HERE) -> None:
    """Show what the store holds, with checksums computed anew."""
    opened = Course.open(course)
    out.print(screen.data_table(datasets.status(opened.store, datasets.read_registry(opened.data / datasets.REGISTRY))))


@data_app.command("standin")
def data_standin(
    name: Annotated[str, typer.Argument(help="One dataset; all by default.")] = "", course: CourseOption = HERE
) -> None:
    """Draw stand-ins: made-up images in the same shapes, for practice without the real data."""
    opened = Course.open(course)
    for dataset in [name] if name else standins.names(opened.data):
        with out.status(f"drawing {dataset}"):
            folder = standins.draw(opened.data, opened.store, dataset)
        real = datasets.origin_of(opened.store, dataset) == datasets.PUBLISHED
        more = "; the real data is there too and is used" if real else ""
        out.print(f"{dataset}: stand-in (not the real data) in {folder}{more}", soft_wrap=True)


def main() -> None:
    """Run a command; an error of ours is one line, and the exit code is 2 when the course needs a change."""
    # in the background of a script Ctrl-C is ignored from the start, and Python then has no handler of its own
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        app()
    except AutograderError as error:
        hint = f". {error.hint}" if isinstance(error, StudentFault) and error.hint else ""
        err.print(Text.assemble(("error: ", "red"), f"{error}{hint}"), soft_wrap=True)
        sys.exit(2 if isinstance(error, CourseError) else 1)
