"""The grader's side of the exchange: collect what an account really handed in, and give feedback to that account only.

nbgrader's own exchange trusts what a student wrote: the student's name and the time in the name of a folder. Here a
submission belongs to the Unix account that owns its folder, and its time is the change time of the file system.

A submission that claims another owner, or that cannot be copied, is not collected. It stays in the exchange,
`course_data/state/refused.log` gets a line about it, and the submission that was collected before stays in place.
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
from typing import BinaryIO

from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseAssignment, ExchangeReleaseFeedback
from nbgrader.utils import notebook_hash

from autograder import plain_files
from autograder.course.course import Course
from autograder.errors import AutograderError, printable
from autograder.recording import gradebook
from autograder.sandbox.folders import remove

SECRET, TIMESTAMP, REFUSED = "submission_secret.txt", "timestamp.txt", "refused.log"
MOST_BYTES, MOST_FILES, MOST_SECRET = 500 * 2**20, 500, 200
MOST_DEPTH = 20  # folders in folders of one submission
MOST_FOLDERS = 10  # submissions of one account, and as many in other people's names, that are looked at
MOST_LOG = 2**20  # bytes of the log of refusals
TAIL_OF_LOG = 64 * 2**10  # bytes at its end, where repetitions are looked for
TOO_MUCH = f"more than {MOST_BYTES // 2**20} MiB or {MOST_FILES} files"
BLOCK = 2**20
NEVER = {".py", ".pyc", ".pth", ".so", ".html", ".svg"}  # files that staff's programs might run or show
ACL = "system.posix_acl_access"
# the tags of the entries of an access list; an entry is tag, rights, id
USER_OBJ, USER, GROUP_OBJ, MASK, OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
NO_ID = 0xFFFFFFFF


@dataclass(frozen=True)
class Inbound:
    """A folder in the exchange: the student it claims to be from, its owner, and the last change in it (UTC)."""

    folder: Path
    claimed: str
    owner: str
    changed: datetime.datetime

    @property
    def stamp(self) -> str:
        """The time of this submission, in nbgrader's format."""
        return f"{self.changed:%Y-%m-%d %H:%M:%S.%f} UTC"


def inbound(folder: Path, assignment: str, check_owner: bool = True) -> Iterator[Inbound]:
    """Yield the submissions for an assignment, ordered by their last change; links and files are skipped.

    Of one account only the newest are yielded, and of those that claim another owner only the newest few, so that
    thousands of folders or names do not delay the others. Without `check_owner` all students share one account.
    """
    folders_by_account: dict[tuple[str, int], list[tuple[float, str, str]]] = {}
    names: dict[int, str] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            claimed, separator, _ = entry.name.partition(f"+{assignment}+")
            with contextlib.suppress(OSError):  # it was removed in the meantime
                status = entry.stat(follow_symlinks=False)
                if separator and claimed and stat.S_ISDIR(status.st_mode):
                    uid = status.st_uid
                    owner = names[uid] = names.get(uid) or account(uid)
                    group = "" if check_owner and claimed != owner else claimed  # all names of others together
                    found = folders_by_account.setdefault((group, uid), [])
                    found.append((status.st_ctime, entry.path, claimed))
    newest = [
        Inbound(Path(path), claimed, names[uid], changed(Path(path)))
        for (_, uid), folders in folders_by_account.items()
        for _, path, claimed in sorted(folders)[-MOST_FOLDERS:]
    ]
    yield from sorted(newest, key=lambda submission: (submission.changed, submission.folder.name))


def account(uid: int) -> str:
    """Return the name of an account, or its number when it has no name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def changed(folder: Path) -> datetime.datetime:
    """Return when a folder or anything in it last changed (UTC): Linux's change time, which no program can set."""
    newest, entries = folder.lstat().st_ctime, 0
    with contextlib.suppress(OSError, RecursionError):  # what cannot be read here is refused when it is copied
        for above, folders, files in os.walk(folder):
            entries += len(folders) + len(files)
            if entries > MOST_FILES:
                break
            for name in folders + files:
                newest = max(newest, (Path(above) / name).lstat().st_ctime)
    return datetime.datetime.fromtimestamp(newest, datetime.UTC)


class ReleaseAssignment(ExchangeReleaseAssignment):  # type: ignore[misc]
    """`nbgrader release_assignment`, into an exchange whose folders are as closed as possible."""

    def init_dest(self) -> None:
        """Called by nbgrader second: make the folders, since nbgrader would make missing ones too open."""
        if self.coursedir.course_id:
            lay_out(Path(self.root), self.coursedir.course_id, os.getegid())
        super().init_dest()

    def copy_files(self) -> None:
        """Called by nbgrader last: copy the assignment, and update what students' pages show."""
        super().copy_files()
        announce(Path(self.root) / self.coursedir.course_id, Path(self.coursedir.root))


class Collect(ExchangeCollect):  # type: ignore[misc]
    """`nbgrader collect`, and the button of formgrader.

    A hub where everybody shares one account sets `check_owner = False`.
    """

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
        arrived = inbound(Path(self.inbound_path), self.coursedir.assignment_id, self.check_owner)
        for submission in arrived:
            student = submission.claimed
            if wanted not in ("*", student):
                continue
            if self.check_owner and submission.owner != student:
                self._refuse(submission, f"it says it is from {student} and belongs to {submission.owner}")
            elif "/" in student or student.startswith("."):
                self._refuse(submission, "this is not the name of a student")
            elif student not in chosen or due is None or submission.changed.replace(tzinfo=None) <= due:
                chosen[student] = submission  # the newest one before the due date, else the first one after it
        for submission in chosen.values():
            self._collect(submission)

    def _due(self) -> datetime.datetime | None:
        from nbgrader.api import Gradebook, MissingEntry

        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
            try:
                due: datetime.datetime | None = book.find_assignment(self.coursedir.assignment_id).duedate
            except MissingEntry:
                return None
        return due

    def _collect(self, submission: Inbound) -> None:
        student, directory = submission.claimed, self.coursedir.submitted_directory
        target = Path(self.coursedir.format_path(directory, student, self.coursedir.assignment_id))
        collected = (target / TIMESTAMP).read_text().strip() if (target / TIMESTAMP).is_file() else ""
        if target.is_dir() and (collected == submission.stamp or not (self.update or self.before_duedate)):
            self.log.info(f"{student}: nothing newer; the submission of {collected} stays")
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".collect-", dir=target.parent))
        try:
            copy_plain(submission.folder, part)
            (part / TIMESTAMP).write_text(submission.stamp + "\n")
            part.chmod(0o755)
        except (OSError, RecursionError) as error:  # only this student is affected
            remove(part)
            self._refuse(submission, f"it cannot be copied: {error}")
            return
        old = target.with_name(f".old-{target.name}")
        shutil.rmtree(old, ignore_errors=True)
        if target.is_dir():
            target.rename(old)
        part.rename(target)
        shutil.rmtree(old, ignore_errors=True)
        self.log.info(f"{student}: collected, handed in at {submission.stamp}")

    def _refuse(self, submission: Inbound, reason: str) -> None:
        when = f"{submission.changed:%Y-%m-%d %H:%M:%S} UTC"
        message = " ".join(printable(f"{submission.folder}: {reason}; not collected").split())
        self.log.error(f"{message}, changed at {when}")
        log_refusal(Path(self.coursedir.root) / "course_data" / "state" / REFUSED, message, when)


def log_refusal(log: Path, message: str, when: str) -> None:
    """Append a line to the log of refusals, unless the same message stands near its end.

    A student who is refused at every look cannot fill the disk, nor make each look slower: only the end of the log is
    read, and a log that has become long is kept once more under another name.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "a+b") as out:
        size = out.seek(0, os.SEEK_END)
        out.seek(max(0, size - TAIL_OF_LOG))
        if message.encode() in out.read():
            return
        out.write(f"{message}, changed at {when}\n".encode())
    if size > MOST_LOG:
        log.replace(log.with_name(f"{log.name}.1"))


def copy_plain(source: Path, target: Path) -> None:
    """Copy the plain files of a student's folder, even when the student changes the folder meanwhile.

    Raises OSError when the folder holds too many files, folders or bytes; what is there is counted before anything is
    copied, and again while it is copied.
    """
    _count(source)
    left, files, owner = MOST_BYTES, 0, source.lstat().st_uid
    for above, folders, names, descriptor in os.fwalk(source, follow_symlinks=False):
        here = target / Path(above).relative_to(source)
        here.mkdir(exist_ok=True)
        files += len(folders)
        if files > MOST_FILES:
            raise OSError(TOO_MUCH)
        if TIMESTAMP in folders:
            raise OSError(f"{TIMESTAMP} is a folder")
        for name in names:
            if Path(name).suffix in NEVER:
                continue
            try:
                with plain_files.opened(name, descriptor) as (stream, status):
                    if stream is None or status.st_uid != owner:  # for instance a hard link to another account's file
                        continue
                    left -= _copy(stream, here / name, min(left, MOST_SECRET) if name == SECRET else left)
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.ENXIO):  # a link or a socket: no part of a submission
                    continue
                raise
            files += 1
            if left < 0 or files > MOST_FILES:
                raise OSError(TOO_MUCH)


def _count(source: Path) -> None:
    """Raise OSError when a student's folder holds more than a submission may, before anything is copied."""
    entries = size = 0
    for above, folders, names, descriptor in os.fwalk(source, follow_symlinks=False):
        entries += len(folders) + len(names)
        if entries > MOST_FILES:
            raise OSError(TOO_MUCH)
        if len(Path(above).relative_to(source).parts) > MOST_DEPTH:
            raise OSError(f"folders in more than {MOST_DEPTH} folders")
        size += sum(os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_size for name in names)
        if size > MOST_BYTES:
            raise OSError(TOO_MUCH)


def _copy(stream: BinaryIO, target: Path, most: int) -> int:
    """Copy a stream in blocks, so that a large file takes no memory, and return its bytes; it ends beyond `most`."""
    copied = 0
    with open(target, "wb") as out:
        while copied <= most and (block := stream.read(min(BLOCK, most + 1 - copied))):
            copied += out.write(block)
    return copied


class ReleaseFeedback(ExchangeReleaseFeedback):  # type: ignore[misc]
    """`nbgrader release_feedback`: the account of a student, and nobody else, can read the student's pages."""

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
                    f"{student}: no page released, since the submission has no {SECRET}: "
                    "it did not come through the exchange"
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
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".")  # only this account can read it
        part = Path(name)
        with open(descriptor, "wb") as out:
            out.write(content)
        try:
            readable_by(part, pwd.getpwnam(student).pw_uid)
        except KeyError:  # a hub where everybody shares one account
            part.chmod(0o644)
        part.replace(target)


def readable_by(file: Path, uid: int) -> None:
    """Let one more account, and nobody else, read a file of ours, by an access list.

    Raises OSError when the file system has no access lists.
    """
    # the owner reads and writes, one user reads, the group and others have no rights; the mask allows at most reading
    entries = [(USER_OBJ, 6, NO_ID), (USER, 4, uid), (GROUP_OBJ, 0, NO_ID), (MASK, 4, NO_ID), (OTHER, 0, NO_ID)]
    if uid == os.geteuid():
        return
    os.setxattr(file, ACL, struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries))


def announce(exchange: Path, folder: Path) -> None:
    """Write what students' pages show about the released assignments of the course in `folder`.

    Every account can read the result, `course.json` in the exchange. An assignment with an error is left out.
    """
    course, announced = Course.open(folder), {}
    # students must not learn of assignments that are still being written
    released = [name for name in course.assignments() if (exchange / "outbound" / name).is_dir()]
    with contextlib.suppress(AutograderError):
        dates = gradebook.due_dates(course) if released else {}
        for name in released:
            with contextlib.suppress(AutograderError):
                assignment = course.assignment(name)
                more = {"due": dates.get(name), "rule": assignment.on_submission.rule}
                announced[name] = {"title": assignment.title, "points": assignment.points, **more}
    part = exchange / f".{token_hex(8)}"
    part.write_text(json.dumps(announced), encoding="utf-8")
    part.chmod(0o644)
    part.replace(exchange / "course.json")


def lay_out(root: Path, course: str, graders: int) -> Path:
    """Make the folders of a course in the exchange, as the account that collects, and return the folder `inbound`.

    `graders` is the id of the group of that account. Raises OSError when this account may not make the folders.

    Everybody may put a submission into `inbound`. Only its owner and the graders can list, read or remove it: others
    may not read the folder, the sticky bit keeps them from removing anything, and new entries belong to the graders'
    group.

    nbgrader refuses to run when it cannot write into the root of the exchange. The root is open to all for that reason,
    and sticky, so that nobody can remove a course there.
    """
    inbound_folder = root / course / "inbound"
    modes = ((root, 0o1777), (root / course, 0o755), (root / course / "outbound", 0o755), (inbound_folder, 0o3733))
    for folder, mode in (*modes, (root / course / "feedback", 0o711)):
        folder.mkdir(exist_ok=True, parents=True)
        if (
            folder == root and root.stat().st_uid != os.geteuid()
        ):  # an exchange of the machine, with other courses in it
            continue
        if folder == inbound_folder:
            os.chown(folder, -1, graders)
        folder.chmod(mode)
    return inbound_folder
