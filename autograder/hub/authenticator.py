"""Decide who may log in: the people of the roster.

The roster is read again each time, so a change of the file counts at once, without a restart of the hub.
"""

from __future__ import annotations

import inspect
import pwd
from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator, DummyAuthenticator, PAMAuthenticator
from tornado import web
from traitlets import Unicode

from autograder.course import roster
from autograder.errors import CourseError

FIRST_UID = 1000  # lower numbers are system accounts


class _ByRoster(Authenticator):  # type: ignore[misc]
    """An authenticator that admits the people of the roster, and puts them into the group of their role."""

    roster_file = Unicode(help="course_data/roster.csv").tag(config=True)
    any_allow_config = True
    manage_groups = True

    def role(self, name: str) -> str:
        """Return the current role of an account, or an empty string when it is not in the roster.

        Raises HTTPError 503, with the faulty line, when the roster cannot be read.
        """
        try:
            people = roster.read(Path(self.roster_file))
        except CourseError as error:
            raise web.HTTPError(503, f"the roster cannot be read: {error}") from error
        return next((person.role for person in people if person.name == name), "")

    async def authenticate(self, handler: Any, data: Any) -> Any:
        """Called by the hub with the name and password that somebody typed."""
        accepted = super().authenticate(handler, data)
        accepted = await accepted if inspect.isawaitable(accepted) else accepted
        if not accepted:
            return None
        model = accepted if isinstance(accepted, dict) else {"name": accepted}
        return model | {"groups": groups(self.role(self.normalize_username(model["name"])))}

    async def refresh_user(self, user: Any, handler: Any = None, **_: Any) -> Any:
        """Called by the hub every few minutes for each logged-in account.

        Removed people must log in again and are refused.
        """
        role = self.role(user.name)
        return {"name": user.name, "groups": groups(role)} if role else False

    def check_allowed(self, username: str, authentication: Any = None) -> bool:
        """Called by the hub for an account that has been authenticated."""
        return bool(self.role(username))


def groups(role: str) -> list[str]:
    """Return the hub's groups for a role."""
    return [] if not role else ["students" if role == roster.STUDENT else "staff"]


class RosterDummy(_ByRoster, DummyAuthenticator):  # type: ignore[misc]
    """The authenticator of a demo hub: it asks for no password."""


class RosterPAM(_ByRoster, PAMAuthenticator):  # type: ignore[misc]
    """The authenticator of a real hub: accounts of the machine, except system accounts."""

    open_sessions = False

    def check_allowed(self, username: str, authentication: Any = None) -> bool:
        """Called by the hub for an account that has been authenticated."""
        try:
            return super().check_allowed(username, authentication) and pwd.getpwnam(username).pw_uid >= FIRST_UID
        except KeyError:
            return False
