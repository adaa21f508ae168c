"""The grader's side of the exchange: collects what an account really handed in, and gives feedback to that account alone.

What nbgrader's own exchange believes is what a student wrote: the name and the time in a folder's name. Here a submission
belongs to the Unix account that owns its folder, and was made when the file system says so. What does not fit is not
collected; it stays where it is, a line about it goes to `course_data/state/refused.log`, and what was collected before stays too.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import json
import os
import pwd
import shutil
import stat
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseAssignment, ExchangeReleaseFeedback
from nbgrader.utils import notebook_hash

from autograder.course.course import Course
from autograder.errors import AutograderError, printable
from autograder.recording import gradebook
from autograder.sandbox.folders import remove

SECRET, TIMESTAMP, REFUSED = "submission_secret.txt", "timestamp.txt", "refused.log"
MOST_BYTES, MOST_FILES, MOST_SECRET, MOST_FOLDERS = 100 * 2**20, 500, 200, 10
NEVER = {".py", ".pyc", ".pth", ".so", ".html", ".svg"}  # what would be run, or shown, where staff works
ACL = "system.posix_acl_access"
# tag, rights, id of each entry of an access list: owner rw, one user r, group nothing, at most r, others nothing
USER_OBJ, USER, GROUP_OBJ, MASK, OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
NO_ID = 0xFFFFFFFF


@dataclass(frozen=True)
class Inbound:
    """A folder in the exchange: who it says it is from, who owns it, and when anything in it was last changed (UTC)."""

    folder: Path
    claimed: str
    owner: str
    changed: datetime.datetime

    @property
    def stamp(self) -> str:
        """The time of this submission, as nbgrader writes times."""
        return f"{self.changed:%Y-%m-%d %H:%M:%S.%f} UTC"


def inbound(folder: Path, assignment: str) -> Iterator[Inbound]:
    """What was handed in for an assignment, in the order of the file system's times; links and files are none of it."""
    found: dict[tuple[str, int], list[tuple[float, str]]] = {}
    for entry in os.scandir(folder):
        claimed, separator, _ = entry.name.partition(f"+{assignment}+")
        with contextlib.suppress(OSError):  # gone again meanwhile
            status = entry.stat(follow_symlinks=False)
            if separator and claimed and stat.S_ISDIR(status.st_mode):
                found.setdefault((claimed, status.st_uid), []).append((status.st_ctime, entry.path))
    newest = [
        Inbound(Path(path), claimed, account(uid), changed(Path(path)))
        for (claimed, uid), folders in found.items()
        for _, path in sorted(folders)[-MOST_FOLDERS:]  # who makes thousands of them must not keep the others waiting
    ]
    yield from sorted(newest, key=lambda each: (each.changed, each.folder.name))


def account(uid: int) -> str:
    """The name of an account, or its number."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def changed(folder: Path) -> datetime.datetime:
    """When a folder or anything in it was last changed: Linux's own time of change, which no program can set."""
    newest, entries = folder.lstat().st_ctime, 0
    with contextlib.suppress(OSError, RecursionError):  # what cannot be looked at is refused when it is copied
        for above, folders, files in os.walk(folder):
            entries += len(folders) + len(files)
            if entries > MOST_FILES:
                break
            for name in folders + files:
                newest = max(newest, (Path(above) / name).lstat().st_ctime)
    return datetime.datetime.fromtimestamp(newest, datetime.UTC)


class ReleaseAssignment(ExchangeReleaseAssignment):  # type: ignore[misc]
    """`nbgrader release_assignment`, into an exchange whose folders are closed as far as they can be."""

    def init_dest(self) -> None:
        """Called by nbgrader second: the folders, which it makes too open when they are not there."""
        if self.coursedir.course_id:
            lay_out(Path(self.root), self.coursedir.course_id, os.getegid())
        super().init_dest()

    def copy_files(self) -> None:
        """Called by nbgrader last."""
        super().copy_files()
        announce(Path(self.root) / self.coursedir.course_id, Path(self.coursedir.root))


class Collect(ExchangeCollect):  # type: ignore[misc]
    """`nbgrader collect`, and the button of formgrader; `check_owner = False` for a hub where everybody is one account."""

    def init_src(self) -> None:
        """Called by nbgrader first: find the inbound folder."""
        if not self.coursedir.course_id:
            self.fail("No course id specified: set c.CourseDirectory.course_id in nbgrader_config.py")
        self.inbound_path = str(Path(self.root) / self.coursedir.course_id / "inbound")
        if not os.access(self.inbound_path, os.R_OK | os.X_OK):
            self.fail(f"{self.inbound_path} cannot be read: release an assignment first, as the account that collects")

    def copy_files(self) -> None:
        """Called by nbgrader second: copy each student's newest submission."""
        wanted = self.coursedir.student_id or "*"
        chosen: dict[str, Inbound] = {}
        due = self._due() if self.before_duedate else None
        for each in inbound(Path(self.inbound_path), self.coursedir.assignment_id):
            if wanted not in ("*", each.claimed):
                continue
            if self.check_owner and each.owner != each.claimed:
                self._refuse(each, f"it says it is from {each.claimed} and belongs to {each.owner}")
            elif "/" in each.claimed or each.claimed.startswith("."):
                self._refuse(each, "this is no name of a student")
            elif (
                each.claimed not in chosen or due is None or each.changed.replace(tzinfo=None) <= due
            ):  # in order: the newest one in time, else the first
                chosen[each.claimed] = each
        for each in chosen.values():
            self._collect(each)

    def _due(self) -> datetime.datetime | None:
        from nbgrader.api import Gradebook, MissingEntry

        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
            try:
                due: datetime.datetime | None = book.find_assignment(self.coursedir.assignment_id).duedate
            except MissingEntry:
                return None
        return due

    def _collect(self, each: Inbound) -> None:
        target = Path(
            self.coursedir.format_path(self.coursedir.submitted_directory, each.claimed, self.coursedir.assignment_id)
        )
        known = (target / TIMESTAMP).read_text().strip() if (target / TIMESTAMP).is_file() else ""
        if target.is_dir() and (known == each.stamp or not (self.update or self.before_duedate)):
            self.log.info(f"{each.claimed}: nothing newer; what was collected at {known} stays")
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".collect-", dir=target.parent))
        try:
            copy_plain(each.folder, part)
            (part / TIMESTAMP).write_text(each.stamp + "\n")
            part.chmod(0o755)
        except (OSError, RecursionError) as error:  # of this one student
            remove(part)
            self._refuse(each, f"it cannot be copied: {error}")
            return
        old = target.with_name(f".old-{target.name}")
        shutil.rmtree(old, ignore_errors=True)
        if target.is_dir():
            target.rename(old)
        part.rename(target)
        shutil.rmtree(old, ignore_errors=True)
        self.log.info(f"{each.claimed}: collected, handed in at {each.stamp}")

    def _refuse(self, each: Inbound, reason: str) -> None:
        said = f"{each.folder}: {reason}; not collected, changed at {each.changed:%Y-%m-%d %H:%M:%S} UTC"
        line = " ".join(printable(said).split())
        self.log.error(line)
        log = Path(self.coursedir.root) / "course_data" / "state" / REFUSED
        log.parent.mkdir(parents=True, exist_ok=True)
        if not log.is_file() or line not in log.read_text():
            with open(log, "a") as out:
                out.write(line + "\n")


def copy_plain(source: Path, target: Path) -> None:
    """Copy the plain files of a student's folder, whatever it turns into meanwhile; OSError when there is too much of it."""
    left, files, owner = MOST_BYTES, 0, source.lstat().st_uid
    for above, folders, names, descriptor in os.fwalk(source, follow_symlinks=False):
        here = target / Path(above).relative_to(source)
        here.mkdir(exist_ok=True)
        files += len(folders)
        if TIMESTAMP in folders:
            raise OSError(f"{TIMESTAMP} is a folder")
        for name in names:
            if Path(name).suffix in NEVER:
                continue
            try:
                opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=descriptor)
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.ENXIO):  # a link, a socket: not what anybody hands in
                    continue
                raise
            with open(opened, "rb") as stream:
                status = os.fstat(opened)
                if (
                    not stat.S_ISREG(status.st_mode) or status.st_uid != owner
                ):  # a hard link to what is not the student's
                    continue
                content = stream.read(min(left, MOST_SECRET) + 1 if name == SECRET else left + 1)
            left, files = left - len(content), files + 1
            if left < 0 or files > MOST_FILES:
                raise OSError(f"more than {MOST_BYTES // 2**20} MiB or {MOST_FILES} files")
            (here / name).write_bytes(content)


class ReleaseFeedback(ExchangeReleaseFeedback):  # type: ignore[misc]
    """`nbgrader release_feedback`: each page can be read by the account of its student, and by nobody else."""

    def copy_files(self) -> None:
        """Called by nbgrader last: write the pages where `nbgrader fetch_feedback` looks for them."""
        excluded = set(filter(None, (self.coursedir.student_id_exclude or "").split(",")))
        pattern = self.coursedir.format_path(
            self.coursedir.feedback_directory, self.coursedir.student_id or "*", self.coursedir.assignment_id
        )
        root = Path(pattern).anchor
        for page in sorted(Path(root).glob(str(Path(pattern).relative_to(root) / "*.html"))):
            student = page.parent.parent.name
            secret = self._secret(student)
            if student in excluded:
                continue
            if not secret:
                self.log.warning(
                    f"{student}: no {SECRET} in the submission, which did not come through the exchange: no page released"
                )
                continue
            target = Path(self.dest_path) / f"{notebook_hash(secret=secret, notebook_id=page.stem)}.html"
            self._write(target, page.read_bytes(), student)
            self.log.info(f"{student}: {page.name} released")
        announce(Path(self.root) / self.coursedir.course_id, Path(self.coursedir.root))

    def _secret(self, student: str) -> str:
        folder = self.coursedir.format_path(self.coursedir.submitted_directory, student, self.coursedir.assignment_id)
        file = Path(folder) / SECRET
        return file.read_text(errors="replace")[:MOST_SECRET] if file.is_file() else ""

    def _write(self, target: Path, content: bytes, student: str) -> None:
        descriptor, made = tempfile.mkstemp(dir=target.parent, prefix=".")  # for us alone
        with open(descriptor, "wb") as out:
            out.write(content)
        try:
            readable_by(Path(made), pwd.getpwnam(student).pw_uid)
        except KeyError:  # a hub where everybody is one account
            Path(made).chmod(0o644)
        Path(made).replace(target)


def readable_by(file: Path, uid: int) -> None:
    """Let one more account read a file of ours, by an access list; nobody else can. Raises OSError where there are none."""
    entries = [(USER_OBJ, 6, NO_ID), (USER, 4, uid), (GROUP_OBJ, 0, NO_ID), (MASK, 4, NO_ID), (OTHER, 0, NO_ID)]
    if uid == os.geteuid():
        return
    os.setxattr(file, ACL, struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries))


def announce(exchange: Path, folder: Path) -> None:
    """Write what students' pages say of each released assignment of the course in a folder, where every account can read it.

    What is not in order with one assignment leaves that one out.
    """
    course, told = Course.open(folder), {}
    # what is being written is nobody's business yet
    released = [name for name in course.assignments() if (exchange / "outbound" / name).is_dir()]
    with contextlib.suppress(AutograderError):
        dates = gradebook.due_dates(course) if released else {}
        for name in released:
            with contextlib.suppress(AutograderError):
                assignment = course.assignment(name)
                more = {"due": dates.get(name), "rule": assignment.on_submission.rule}
                told[name] = {"title": assignment.title, "points": assignment.points, **more}
    part = exchange / f".{token_hex(8)}"
    part.write_text(json.dumps(told), encoding="utf-8")
    part.chmod(0o644)
    part.replace(exchange / "course.json")


def lay_out(root: Path, course: str, graders: int) -> Path:
    """Make the folders of a course in the exchange, as the account that collects; `graders` is the id of its group.

    Into `inbound` everybody may put something, and nobody but its owner and the graders can list, read or remove it:
    without the right to read the folder there is no list, with the sticky bit no removing, and what is put there belongs to
    the group of the graders. nbgrader refuses to run where it cannot write the root itself: sticky, so that nobody removes
    a course there. Raises OSError when this account may not do that.
    """
    inbound_folder = root / course / "inbound"
    modes = ((root, 0o1777), (root / course, 0o755), (root / course / "outbound", 0o755), (inbound_folder, 0o3733))
    for folder, mode in (*modes, (root / course / "feedback", 0o711)):
        folder.mkdir(exist_ok=True, parents=True)
        if folder == root and root.stat().st_uid != os.geteuid():  # the machine's own, with other courses in it
            continue
        if folder == inbound_folder:
            os.chown(folder, -1, graders)
        folder.chmod(mode)
    return inbound_folder
