"""The commands `autograder data ...`: one short function each, which wires the parts together and decides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from autograder import screen
from autograder.cli_options import HERE, CourseOption, err, out
from autograder.course import datasets, standins
from autograder.course.course import Course
from autograder.errors import AutograderError

app = typer.Typer(no_args_is_help=True, help="The datasets of the course.")


@app.command("fetch")
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


@app.command("status")
def data_status(course: CourseOption = HERE) -> None:
    """Show what the store holds, with checksums computed anew."""
    opened = Course.open(course)
    out.print(screen.data_table(datasets.status(opened.store, datasets.read_registry(opened.data / datasets.REGISTRY))))


@app.command("standin")
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
