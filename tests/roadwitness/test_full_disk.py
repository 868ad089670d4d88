"""A disk that fills up under ``run``: one sentence, and with more room the same violations."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from roadwitness.simulator import SimulatedSite
from tests.roadwitness.command import picture_files, roadwitness, succeed, violations


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A function that gives a small file system of its own a size (again), and returns its folder."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = False

    def resize(size: str) -> Path:
        nonlocal mounted
        option = f"remount,size={size}" if mounted else f"size={size}"
        command = ["mount", "-t", "tmpfs", "-o", option, "tmpfs", folder]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"no tmpfs can be mounted here: {done.stderr.decode().strip()}")
        mounted = True
        return folder

    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    yield resize
    if mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)


#: Too small for the store, too small for the log's reserve, and just enough for its first passages.
ROOMS = ["300k", "2m", "65m"]


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_is_lost_when_the_disk_is_full(
    disk: Callable[[str], Path], site: SimulatedSite, finished_run: Path, room: str
) -> None:
    data = disk(room) / "data"
    done = roadwitness("run", site.site_file, "--no-serve", "--data", data)
    assert done.code == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "free some space" in done.sentence, done.stderr
    assert "full" in done.sentence

    disk("256m")
    succeed("run", site.site_file, "--no-serve", "--data", data)
    assert violations(data) == violations(finished_run)
    names = {Path(name).name for name in picture_files(finished_run) if name.startswith("open/")}
    assert names <= {Path(name).name for name in picture_files(data)}
