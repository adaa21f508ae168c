"""What the commands have in common: where the course is, at which level, and the two consoles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

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
