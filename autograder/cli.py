"""The commands: one short function each, which wires the parts together and decides nothing."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core
from rich.text import Text

from autograder import __version__, cli_data, cli_hub, screen, screen_experiments, screen_proofs
from autograder.cli_options import HERE, CourseOption, IsolationOption, err, out
from autograder.course import datasets, scaffold
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
app.add_typer(cli_data.app, name="data")
app.add_typer(cli_hub.app, name="hub")


def _version(asked: bool) -> None:
    if asked:
        out.print(f"autograder {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def of_all(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Grade machine-learning notebooks by hidden checks that students' code cannot see."""


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
    with out.status(assignment) as status:
        released = releasing.release(
            opened,
            opened.assignment(assignment),
            isolation,
            progress=lambda step: status.update(f"{assignment}: {step}"),
        )
    report = released.report
    out.print(
        f"{assignment}: the reference solution earns {report.earned:g} of {report.auto_points:g} points by checks; "
        f"{report.manual_points:g} more are given by a person"
    )
    if released.trial.count:
        out.print(screen_proofs.trial_lines(released.trial))
    out.print(f"released to {opened.release / assignment}", soft_wrap=True)


@app.command()
def prove(
    assignments: Annotated[list[str], typer.Argument(help="The assignments; all of the course if none is named.")] = [],  # noqa: B006
    trainings: Annotated[
        bool, typer.Option("--trainings", help="Also try answers and mutants that train; takes much longer.")
    ] = False,
    most: Annotated[int, typer.Option("--mutants", help="How many mutants of each assignment.", min=0)] = 64,
    jobs: Annotated[int, typer.Option(help="Worker processes; 0 means one per core.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    isolation: IsolationOption = "",
    course: CourseOption = HERE,
) -> None:
    """Prove the checks: right, wrong, changed and cheapest answers, and replies that no reference solution gives."""
    from autograder.teaching import proving

    opened, proofs = Course.open(course), []
    for name in assignments or opened.assignments():
        with err.status(name) as status:

            def show(step: str, name: str = name, status: Any = status) -> None:
                status.update(f"{name}: {step}")

            proof = proving.prove(
                opened,
                opened.assignment(name),
                trainings=trainings,
                most=most,
                jobs=jobs,
                isolation=isolation,
                progress=show,
            )
        proofs.append(proof)
        if not as_json:
            out.print(screen_proofs.proof_lines(proof))
    if as_json:
        out.print_json(json.dumps([screen_proofs.proof_tree(proof) for proof in proofs]))
    if not all(proof.holds for proof in proofs):
        raise typer.Exit(1)


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
    out.print(screen.grade_table(read, graded.grades, out.width, graded.marks))
    screen.print_labels(out, graded)
    if graded.failed:
        count, ended = len(graded.failed), sum(result.ended_worker for result in graded.failed)
        again = "--student NAME or --force tries them again" if ended == count else "the next run tries again"
        err.print(f"[red]{count} submission(s) could not be graded and have no new grade; {again}[/]")
        raise typer.Exit(1)


@app.command()
def collect(
    assignment: str,
    archive: Annotated[
        Path, typer.Option("--from", help="What Moodle, ILIAS or Canvas gives as all submissions.", metavar="FILE.zip")
    ],
    course: CourseOption = HERE,
) -> None:
    """Collect hand-ins from the archive of a learning platform; people are found by course_data/roster.csv."""
    from autograder.teaching import archives

    opened = Course.open(course)
    with out.status(f"reading {archive.name}"):
        collected = archives.collect(opened, opened.assignment(assignment), archive)
    out.print(screen.collected_lines(collected))
    if not collected.people:
        raise CourseError(f"{archive} holds no hand-in of anybody in {opened.data / 'roster.csv'}")


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
    out.print(screen_experiments.calibration_table(plan, found))
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
        out.print_json(json.dumps(screen_experiments.rerun_tree(run)))
        return
    out.print(screen_experiments.rerun_table(run))


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
    """Grade the same class by stock nbgrader and by this engine, alternating; takes a quarter of an hour."""
    from autograder.teaching import benchmark

    with err.status("beginning") as shown:
        measured = benchmark.run(Course.open(course), submissions, training, long, models, isolation, shown.update)
    if as_json:
        out.print_json(json.dumps(screen_experiments.bench_tree(measured)))
    else:
        out.print(screen_experiments.bench_tables(measured))


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
