"""nbgrader's settings for students: only the student and the graders can read what the student hands in.

`autograder hub` copies this file to a folder from which students' servers load it. The autograder package is not
installed for students, so this file imports nothing from it.
"""

from pathlib import Path
from secrets import token_hex

from nbgrader.exchange.default import ExchangeSubmit

c = get_config()  # type: ignore[name-defined]  # noqa: F821


class PrivateSubmit(ExchangeSubmit):  # type: ignore[misc]
    """`nbgrader submit`, with a folder that is closed from the start; nbgrader's own is open to everybody."""

    def copy_files(self) -> None:
        """Called by nbgrader: copy the submission into a folder that only the graders' group can enter and read.

        The folder gets its final name when it is complete.
        """
        self.init_release()
        self.check_filename_diff()
        target = Path(self.inbound_path) / self.assignment_filename
        unfinished = target.with_name(f".{token_hex(8)}")
        unfinished.mkdir(mode=0o750)  # it takes the group of the folder above
        part = unfinished / f".{token_hex(8)}"
        self.do_copy(self.src_path, str(part))
        for path in part.iterdir():
            path.rename(unfinished / path.name)
        part.rmdir()
        (unfinished / "timestamp.txt").write_text(self.timestamp)
        (unfinished / "submission_secret.txt").write_text(token_hex(64))
        self.set_perms(str(unfinished), fileperms=0o640, dirperms=0o750)
        unfinished.rename(target)
        cache = Path(self.cache_path) / self.assignment_filename.rsplit("+", 1)[0]
        cache.parent.mkdir(parents=True, exist_ok=True)
        self.do_copy(str(target), str(cache))
        self.log.info(f"Submitted as: {self.coursedir.course_id} {self.coursedir.assignment_id} {self.timestamp}")


c.ExchangeFactory.submit = PrivateSubmit
c.ExchangeFactory.exchange = "nbgrader.exchange.default.Exchange"
c.Exchange.path_includes_course = True
