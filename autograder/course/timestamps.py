"""Reads the time of a submission from its timestamp.txt, whatever a person or a program wrote there."""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from autograder import messages, plain_files

FILE = "timestamp.txt"
MAX_BYTES = 400
NBGRADER = "%Y-%m-%d %H:%M:%S.%f UTC"
WRITTEN = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?P<fraction>\.\d{1,9})?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d|[A-Za-z_]+/[A-Za-z_/+-]+)?"
)
UNIX = re.compile(r"(?P<seconds>\d{9,10})(?:\.\d+)?")
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def of_folder(folder: Path) -> tuple[str, str]:
    """Return the time of a submission as nbgrader writes it, and a note where it is not what the file says.

    The file may hold what nbgrader writes, ISO 8601 with an offset, a zone of the IANA database or none (then UTC), or
    seconds since 1970, in UTF-8 or UTF-16. Of any other content the time of the file counts. No file gives "".
    """
    try:
        with plain_files.opened(folder / FILE) as (stream, status):
            content = stream.read(MAX_BYTES) if stream else b""
    except OSError:
        return "", ""
    text = _decoded(content)
    moment = parse(text)
    if moment is None:
        own = datetime.fromtimestamp(max(status.st_mtime, 0), UTC).strftime(NBGRADER)
        return own, messages.TIME_UNREADABLE.filled(time=own).text
    return text if _is_nbgraders(text) else moment.strftime(NBGRADER), ""


def parse(text: str) -> datetime | None:
    """Return the moment that a text names, in UTC; None when it names none, or one that cannot be."""
    try:
        moment = _parsed(text)
    except (ValueError, OverflowError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return None
    return moment if moment is not None and EARLIEST <= moment <= LATEST else None


def _parsed(text: str) -> datetime | None:
    if match := UNIX.fullmatch(text):
        return datetime.fromtimestamp(int(match["seconds"]), UTC)
    if not (match := WRITTEN.fullmatch(text)):
        return None
    time = match["time"] if match["time"].count(":") == 2 else f"{match['time']}:00"
    local = datetime.strptime(f"{match['day']} {time}", "%Y-%m-%d %H:%M:%S")
    local = local.replace(microsecond=int((match["fraction"] or ".0")[1:7].ljust(6, "0")))
    return local.replace(tzinfo=_zone(match["zone"] or "UTC")).astimezone(UTC)


def _zone(name: str) -> timezone | zoneinfo.ZoneInfo:
    if name in ("Z", "UTC", "GMT"):
        return UTC
    if name[0] in "+-":
        hours, minutes = int(name[1:3]), int(name[-2:])
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(offset if name[0] == "+" else -offset)
    return zoneinfo.ZoneInfo(name)


def _is_nbgraders(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})? UTC", text))


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return content.decode(encoding, "replace").strip()
