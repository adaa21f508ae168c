"""What the tests of the sandbox have in common."""

from __future__ import annotations

import pytest

from autograder.records import Level
from autograder.sandbox import levels


@pytest.fixture(params=[Level.NAMESPACES, Level.LANDLOCK], scope="module")
def level(request: pytest.FixtureRequest) -> Level:
    """Each isolation level that has walls; of the module's scope, so that one warm process serves all of its tests."""
    level: Level = request.param
    if reason := levels.why_not(level):
        pytest.skip(f"isolation level {level}: {reason}")
    return level
