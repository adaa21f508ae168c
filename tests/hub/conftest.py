"""A browser, and real Unix accounts: made as root, removed afterwards."""

from __future__ import annotations

import grp
import json
import os
import pwd
import subprocess
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.hub.browsing import CHROMIUM, QUIET

STUDENTS, GRADER, GRADERS = ("agalice", "agbob"), "aggrader", "aggraders"


@dataclass(frozen=True)
class Account:
    """A Unix account; `run` calls a function as this account, in a process of its own, and returns what it returned."""

    name: str
    uid: int
    gid: int

    def run(self, work: Callable[[], Any]) -> Any:
        """The value, which is plain data; an exception becomes its type's name. Modules have to be imported already."""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setresgid(self.gid, self.gid, self.gid)
                os.setresuid(self.uid, self.uid, self.uid)
                os.umask(0o022)
                said: dict[str, Any] = {"value": work()}
            except BaseException as error:
                said = {"error": type(error).__name__, "trace": traceback.format_exc()}
            os.write(write, json.dumps(said).encode())
            os._exit(0)
        os.close(write)
        with open(read, "rb") as answers:
            content = answers.read()
        os.waitpid(child, 0)
        answer = json.loads(content)
        self_said: Any = answer["error"] if "error" in answer else answer["value"]
        if "error" in answer and answer["error"] not in ("PermissionError", "FileNotFoundError"):
            raise AssertionError(answer["trace"])
        return self_said


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def accounts() -> Iterator[dict[str, Account]]:
    """Two students, and a grader whose group is that of the graders."""
    if os.geteuid() != 0:
        pytest.skip("as root: these tests make Unix accounts")
    subprocess.run(["groupadd", "--force", GRADERS], check=True)
    for name in STUDENTS:
        _make(name, "--user-group")
    _make(GRADER, "--gid", GRADERS)
    assert grp.getgrnam(GRADERS)
    yield {name: Account(name, pwd.getpwnam(name).pw_uid, pwd.getpwnam(name).pw_gid) for name in (*STUDENTS, GRADER)}
    for name in (*STUDENTS, GRADER):
        subprocess.run(["userdel", name], check=False, capture_output=True)
    subprocess.run(["groupdel", "--force", GRADERS], check=False, capture_output=True)


def _make(name: str, *options: str) -> None:
    if subprocess.run(["id", name], capture_output=True, check=False).returncode:
        subprocess.run(["useradd", "--no-create-home", "--shell", "/usr/sbin/nologin", *options, name], check=True)
