"""Who may log in: the people of the roster, as it is at that moment; who edits the file need not start the hub again."""

from __future__ import annotations

import inspect
import pwd
from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator, DummyAuthenticator, PAMAuthenticator
from tornado import web
from traitlets import Unicode

from autograder.errors import CourseError
from autograder.hub import roster

FIRST_UID = 1000  # below are the accounts of the system


class _ByRoster(Authenticator):  # type: ignore[misc]
    """Lets in who is in the roster, and puts them into the group of their role."""

    roster_file = Unicode(help="course_data/roster.csv").tag(config=True)
    any_allow_config = True
    manage_groups = True

    def role(self, name: str) -> str:
        """The role of an account now, or nothing; HTTPError 503 with the line when the roster cannot be read."""
        try:
            people = roster.read(Path(self.roster_file))
        except CourseError as error:
            raise web.HTTPError(503, f"the roster cannot be read: {error}") from error
        return next((each.role for each in people if each.name == name), "")

    async def authenticate(self, handler: Any, data: Any) -> Any:
        """Called by the hub with what somebody typed."""
        found = super().authenticate(handler, data)
        found = await found if inspect.isawaitable(found) else found
        if not found:
            return None
        model = found if isinstance(found, dict) else {"name": found}
        return model | {"groups": groups(self.role(self.normalize_username(model["name"])))}

    async def refresh_user(self, user: Any, handler: Any = None, **_: Any) -> Any:
        """Called by the hub every few minutes for who is logged in: who has left the roster has to log in again, in vain."""
        role = self.role(user.name)
        return {"name": user.name, "groups": groups(role)} if role else False

    def check_allowed(self, username: str, authentication: Any = None) -> bool:
        """Called by the hub for who has proved who they are."""
        return bool(self.role(username))


def groups(role: str) -> list[str]:
    """The hub's groups for a role."""
    return [] if not role else ["students" if role == roster.STUDENT else "staff"]


class RosterDummy(_ByRoster, DummyAuthenticator):  # type: ignore[misc]
    """For a demo hub: no password."""


class RosterPAM(_ByRoster, PAMAuthenticator):  # type: ignore[misc]
    """For a real hub: accounts of the machine, and none of the system's own."""

    open_sessions = False

    def check_allowed(self, username: str, authentication: Any = None) -> bool:
        """Called by the hub for who has proved who they are."""
        try:
            return super().check_allowed(username, authentication) and pwd.getpwnam(username).pw_uid >= FIRST_UID
        except KeyError:
            return False
