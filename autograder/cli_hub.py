"""The commands `autograder hub ...`: one short function each, which wires the parts together and decides nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from autograder.cli_options import HERE, CourseOption, err, out
from autograder.course.course import Course
from autograder.errors import CourseError

app = typer.Typer(invoke_without_command=True, help="The course on JupyterHub: a demo hub to look at, or a real one.")


@app.callback(invoke_without_command=True)
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


@app.command("install")
def hub_install(
    folder: Annotated[Path, typer.Argument(help="Where everything of the hub goes, /srv/ml-basics for instance.")],
    address: Annotated[
        str, typer.Option(help="Where the page is; at first http://127.0.0.1:8000.", metavar="URL")
    ] = "",
    certificate: Annotated[Path | None, typer.Option(help="PEM file, for an address that begins with https.")] = None,
    key: Annotated[Path | None, typer.Option(help="PEM file.")] = None,
    course: CourseOption = HERE,
) -> None:
    """Set up a real hub, as root: accounts, Python for students, the grader's course; run again after changes."""
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


@app.command("check")
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


@app.command("values")
def hub_values(
    students: Annotated[str, typer.Option("--students-image", help="NAME:TAG of the image of students.")],
    staff: Annotated[str, typer.Option("--staff-image", help="NAME:TAG of the image of staff.")],
    course: CourseOption = HERE,
) -> None:
    """Print values for Zero to JupyterHub on Kubernetes, with ngshare; not run by us on a cluster."""
    from autograder.course import roster
    from autograder.hub import kubernetes

    if not (":" in students.rpartition("/")[2] and ":" in staff.rpartition("/")[2]):
        raise CourseError("name both images with their tags: registry.example.org/course/students:2026")
    opened = Course.open(course)
    sys.stdout.write(kubernetes.values(opened, roster.read(opened.data / roster.ROSTER), students, staff))


@app.command("answer")
def hub_answer(course: CourseOption = HERE) -> None:
    """Answer submissions as they arrive, as course_data/assignments.toml says; the hub runs this."""
    from autograder.hub import arrivals

    arrivals.serve(Course.open(course), lambda text: out.print(text, soft_wrap=True))


@app.command("checks")
def hub_checks(course: CourseOption = HERE) -> None:
    """Run the visible tests for students who press Check; the hub runs this."""
    from autograder.hub import check_service

    check_service.serve(Course.open(course))


@app.command("add")
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
    from autograder.course import roster
    from autograder.hub import site

    person = roster.Person(name, role, email, group)
    if folder:
        site.add(folder.resolve(), person, lambda text: out.print(text, soft_wrap=True))
        out.print(f"{name} ({role}) can log in", soft_wrap=True)
        return
    file = Course.open(course).data / roster.ROSTER
    roster.add(file, person)
    out.print(f"{name} ({role}) is in {file}", soft_wrap=True)
