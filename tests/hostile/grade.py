"""Grade the hostile class in a course folder, with the rights of the account that runs this program.

    python -m tests.hostile.grade COURSE LEVEL

The results are in the course's gradebook, reports and feedback pages.
"""

from __future__ import annotations

import sys
from pathlib import Path

from autograder.course.course import Course
from autograder.grading.scheduling import Result
from autograder.teaching.classroom import Grading, Silent, grade_class, write_feedback

ASSIGNMENT = "target"


class Quiet(Silent):
    """Prints which submission could not be graded, and nothing else."""

    def finished(self, result: Result) -> None:
        """One submission is done."""
        if result.report is None:
            print(f"NOT GRADED {result.submission.student}: {result.error}\n{result.detail}")


def main() -> None:
    """Grade, and write the pages."""
    course, level = Course.open(Path(sys.argv[1])), sys.argv[2]
    assignment = course.assignment(ASSIGNMENT)
    graded = grade_class(course, assignment, Grading(isolation=level, jobs=4), Quiet())
    write_feedback(course, assignment)
    sys.exit(1 if graded.failed else 0)


if __name__ == "__main__":
    main()
