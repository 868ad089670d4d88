"""The unit file of a roadside unit: systemd takes it, it is closed, and it fits the command line."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from roadwitness.cli import app
from roadwitness.secret_files import NAMES
from tests.conftest import REPOSITORY

FILE = REPOSITORY / "docker" / "systemd" / "roadwitness-edge@.service"
TEXT = FILE.read_text()
#: As `systemd-analyze security` counts: 10 is wide open; below 2 few settings are left.
LARGEST_EXPOSURE = 2.0


def values(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", TEXT, re.MULTILINE)


def variables() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in values("Environment") for pair in line.split())


def systemd_analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("optional: no systemd-analyze (it comes with systemd)")
    return subprocess.run([program, *words], capture_output=True, text=True, check=False)


def test_systemd_takes_it(tmp_path: Path) -> None:
    # systemd wants the program to be there.
    command = str(Path(sys.executable).with_name("roadwitness"))
    unit = tmp_path / "roadwitness-edge@north.service"
    unit.write_text(TEXT.replace("/opt/roadwitness/bin/roadwitness", command))
    done = systemd_analyze("verify", unit)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_wrong_word_would_be_found(tmp_path: Path) -> None:
    unit = tmp_path / "roadwitness-edge@north.service"
    unit.write_text(TEXT.replace("PrivateTmp=", "PrivateTemp="))
    assert "PrivateTemp" in systemd_analyze("verify", unit).stderr


def test_it_is_closed() -> None:
    done = systemd_analyze("security", "--offline=true", FILE)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found is not None, done.stderr
    assert float(found[1]) <= LARGEST_EXPOSURE


def test_it_is_called_as_the_command_line_wants() -> None:
    (started,) = values("ExecStart")
    program, command, *rest = started.split()
    assert program.endswith("/roadwitness")
    environment = {name.removesuffix("_FILE"): value for name, value in variables().items()}
    group: Any = typer.main.get_command(app)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        context = group.commands[command].make_context(command, rest)
    parameters = {p.envvar for p in group.commands[command].params if p.envvar}
    known = parameters | set(NAMES) | {"ROADWITNESS_LOG", "PYTHONUNBUFFERED"}
    assert environment.keys() <= known
    assert str(context.params["spool"]).startswith("%S/")


def test_every_secret_is_a_credential() -> None:
    credentials = {line.partition(":")[0] for line in values("LoadCredential")}
    named = {value.removeprefix("%d/") for value in variables().values() if value.startswith("%d/")}
    assert named == credentials == {"bus", "sign-with", "seal-to"}


def test_it_starts_again_for_ever_and_its_disk_stays_its_own() -> None:
    assert values("Restart") == ["always"]
    assert values("StartLimitIntervalSec") == ["0"]
    assert values("Type") == ["notify"]
    assert values("StateDirectory") == ["roadwitness/%i"]
    assert variables()["ROADWITNESS_SPOOL"] == "%S/roadwitness/%i/spool.sqlite"
    (stop_s,) = values("TimeoutStopSec")
    assert int(stop_s) >= 15
