"""Control groups, on a folder that looks like Linux's: the real one is not everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.records import Ending, Limits
from autograder.sandbox.cgroup import Cgroup, parent_group

LIMITS = Limits(memory_bytes=2**30, scratch_bytes=2**20, processes=77)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A hierarchy in which our own group has a parent that hands memory on; the folder of the mount."""
    (tmp_path / "root" / "slice" / "own").mkdir(parents=True)
    (tmp_path / "root" / "slice" / "cgroup.subtree_control").write_text("memory pids\n")
    (tmp_path / "mounts").write_text(f"tmpfs /tmp tmpfs rw 0 0\ncgroup2 {tmp_path / 'root'} cgroup2 rw 0 0\n")
    (tmp_path / "own").write_text("4:memory:/elsewhere\n0::/slice/own\n")
    return tmp_path


def test_the_parent_group_is_found_where_it_delegates_memory(tree: Path) -> None:
    assert parent_group(tree / "mounts", tree / "own") == tree / "root" / "slice"
    (tree / "root" / "slice" / "cgroup.subtree_control").write_text("cpu\n")
    assert parent_group(tree / "mounts", tree / "own") is None


def test_without_cgroup_version_2_or_at_its_root_no_parent_group_is_found(tree: Path) -> None:
    (tree / "own").write_text("0::/\n")
    assert parent_group(tree / "mounts", tree / "own") is None
    (tree / "mounts").write_text("cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\n")
    assert parent_group(tree / "mounts", tree / "own") is None


def test_a_group_gets_its_limits_and_then_the_process(tree: Path) -> None:
    group = Cgroup.create(4711, LIMITS, tree / "root" / "slice")
    assert group and group.folder.parent == tree / "root" / "slice"
    written = {file.name: file.read_text() for file in group.folder.iterdir()}
    assert written == {
        "memory.max": str(2**30 + 2**20),
        "memory.oom.group": "1",
        "memory.swap.max": "0",
        "pids.max": "77",
        "cgroup.procs": "4711",
    }
    assert group.ending() is None
    (group.folder / "memory.events").write_text("low 0\nmax 12\noom 1\noom_kill 3\n")
    assert group.ending() is Ending.OUT_OF_MEMORY


def test_a_group_that_cannot_be_made_gives_none(tree: Path) -> None:
    assert Cgroup.create(4711, LIMITS, tree / "no such folder") is None
