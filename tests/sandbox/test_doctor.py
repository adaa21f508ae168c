"""The doctor finds what is there by trying, and names what is missing."""

from __future__ import annotations

import pytest

from autograder.records import Level
from autograder.sandbox import doctor
from autograder.sandbox.levels import landlock, namespaces

pytestmark = pytest.mark.kernel


def test_every_probe_is_refused_where_namespaces_work() -> None:
    if reason := namespaces.why_not():
        pytest.skip(f"isolation level namespaces: {reason}")
    findings = {finding.name: finding for finding in doctor.examine(Level.NAMESPACES)}
    assert findings["isolation level"].seen.startswith("namespaces;")
    assert findings["memory of a kernel"].good
    probes = [findings[f"cannot {name}"] for name in doctor.PROBES]
    assert all(probe.good for probe in probes), [probe for probe in probes if not probe.good]


def test_a_machine_without_bubblewrap_gets_the_command_that_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namespaces, "why_not", lambda: "install bubblewrap")
    monkeypatch.setattr(landlock, "why_not", lambda: "Landlock's version here is 4")
    findings = {finding.name: finding for finding in doctor.examine(Level.NAMESPACES)}
    assert not findings["isolation level"].good and "apt-get install bubblewrap" in findings["isolation level"].mend
    assert "version here is 4" in findings["level landlock"].seen
    assert not findings["walls"].good


def test_a_probe_that_succeeds_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    if reason := namespaces.why_not():
        pytest.skip(f"isolation level namespaces: {reason}")
    monkeypatch.setattr(doctor, "PROBES", {"add one and one": "1 + 1"})
    findings = {finding.name: finding for finding in doctor.examine(Level.NAMESPACES)}
    assert not findings["cannot add one and one"].good and findings["cannot add one and one"].seen == "it can"
