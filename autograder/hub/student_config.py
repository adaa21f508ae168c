"""nbgrader's settings for students: what they hand in can be read by them and the graders alone.

Copied as it is to where students' servers find it (`autograder hub` does that): it imports nothing of this package, which
is not installed there.
"""

from pathlib import Path
from secrets import token_hex

from nbgrader.exchange.default import ExchangeSubmit

c = get_config()  # type: ignore[name-defined]  # noqa: F821


class PrivateSubmit(ExchangeSubmit):  # type: ignore[misc]
    """`nbgrader submit`, with a folder that is closed from its first moment; nbgrader's own is open to everybody."""

    def copy_files(self) -> None:
        """Copy into a folder that its group, the graders, can read, and nobody else enter; it has its name when it is whole."""
        self.init_release()
        self.check_filename_diff()
        target = Path(self.inbound_path) / self.assignment_filename
        unfinished = target.with_name(f".{token_hex(8)}")
        unfinished.mkdir(mode=0o750)  # with the group of the folder above
        part = unfinished / f".{token_hex(8)}"
        self.do_copy(self.src_path, str(part))
        for each in part.iterdir():
            each.rename(unfinished / each.name)
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
