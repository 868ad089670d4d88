"""The parts of scripts/cluster-local that start and stop programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.local_cluster.errors import ClusterError
from scripts.local_cluster.leftover import end_leftovers, leftovers
from scripts.local_cluster.process import Process
from tests.conftest import REPOSITORY

STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(600)
"""
PARENT = """
import sys, time
from pathlib import Path
from scripts.local_cluster.process import Process
child = Process("child", [sys.executable, "-c", "import time; time.sleep(600)"], Path(sys.argv[1]))
child.start()
print(child.pid, flush=True)
time.sleep(600)
"""


def sleeper(folder: Path, seconds: float = 600, **more: float) -> Process:
    return Process("sleeper", [sys.executable, "-c", f"import time; time.sleep({seconds})"], folder, **more)


def test_a_program_runs_until_it_is_stopped(tmp_path: Path) -> None:
    process = sleeper(tmp_path)
    assert not process.running
    process.start()
    assert process.running
    assert process.stop()
    assert process.exit_code == -signal.SIGTERM
    process.start()
    assert process.running
    process.kill()
    assert process.exit_code == -signal.SIGKILL


def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    process = Process("stubborn", [sys.executable, "-c", STUBBORN], tmp_path, grace_s=0.3)
    process.start()
    process.wait_until(lambda: "ready" in process.last_words(), 20)
    assert not process.stop()
    assert process.exit_code == -signal.SIGKILL


def test_one_that_ends_at_its_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    process = Process("broken", [sys.executable, "-c", "raise SystemExit('no such disk')"], tmp_path)
    process.start()
    with pytest.raises(ClusterError, match=r"broken ended at its start .*no such disk"):
        process.wait_until(lambda: False, 20)


def test_one_that_is_never_ready_is_told_so(tmp_path: Path) -> None:
    process = sleeper(tmp_path)
    process.start()
    with pytest.raises(ClusterError, match="not ready in 0 s"):
        process.wait_until(lambda: False, 0.2)
    process.kill()


def test_a_paused_program_stands_still(tmp_path: Path) -> None:
    process = sleeper(tmp_path, 0.3)
    process.start()
    process.pause()
    assert not process.wait(1.0)
    process.resume()
    assert process.wait(10)
    assert process.exit_code == 0


def test_what_a_killed_parent_left_is_found_and_ended(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "one")]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    os.kill(child, signal.SIGSTOP)  # nor does it matter that it stands still

    other = sleeper(tmp_path / "other")
    other.start()
    assert leftovers(tmp_path / "one") == [child]
    assert end_leftovers(tmp_path / "one") == 1
    assert leftovers(tmp_path / "one") == []
    assert other.running  # another folder's cluster is another cluster
    other.kill()


def test_nothing_is_left_of_a_folder_that_never_had_a_cluster(tmp_path: Path) -> None:
    began = time.monotonic()
    assert end_leftovers(tmp_path) == 0
    assert time.monotonic() - began < 5
