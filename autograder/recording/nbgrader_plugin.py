"""By which `nbgrader autograde`, `nbgrader generate_feedback` and formgrader's buttons use this engine.

nbgrader's converters hand a file name to an exporter and write what it returns. Ours grade the submission of that name
in a worker process, and write the feedback page of a graded notebook.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter, NotebookExporter

from autograder.course.layout import Course
from autograder.errors import AutograderError
from autograder.grading.scheduling import grade_all
from autograder.recording import feedback, gradebook, graded


class GradingExporter(NotebookExporter):
    """Grades a submission when nbgrader asks for its autograded notebook.

    nbgrader asks twice, to sanitize the submitted file and to run the sanitized one: the first call grades, the second
    returns what the first one made.
    """

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> Any:
        """Called by nbgrader's Autograde converter for each notebook, with the course folder as working directory."""
        file = Path(filename).resolve()
        course = Course.open(Path.cwd())
        resources["output_extension"] = ".ipynb"
        if not file.is_relative_to(course.submitted.resolve()):
            return file.read_text(encoding="utf-8"), resources
        names = resources["nbgrader"]
        found = [each for each in course.submissions(names["assignment"]) if each.student == names["student"]]
        for result in grade_all(course, found, jobs=1):
            if result.report is None:
                raise AutograderError(f"{names['student']} was not graded: {result.error}")
            gradebook.record(course, result.report)
            graded.write_report(course, result.report)
            return json.dumps(graded.graded_notebook(result.report), indent=1, ensure_ascii=False) + "\n", resources
        raise AutograderError(f"there is no submission of {names['student']} for {names['assignment']}")

    def register_preprocessor(self, preprocessor: Any, enabled: bool = False) -> None:
        """Nbgrader's own preprocessors run student code in their own way; none of them is wanted here."""


class FeedbackExporter(HTMLExporter):
    """Writes our feedback page when nbgrader asks for one."""

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> Any:
        """Called by nbgrader's GenerateFeedback converter for each autograded notebook."""
        names = resources["nbgrader"]
        course = Course.open(Path.cwd())
        tree = json.loads(Path(filename).read_text(encoding="utf-8"))
        resources["output_extension"] = ".html"
        return feedback.page(tree, gradebook.read(course, names["assignment"], names["student"])), resources

    def register_preprocessor(self, preprocessor: Any, enabled: bool = False) -> None:
        """The page reads the gradebook itself."""
