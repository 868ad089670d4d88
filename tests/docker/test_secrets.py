"""Passwords and keys are made once, each for its owner, and nobody else is given them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from roadwitness.secret_files import NAMES
from roadwitness.simulator.scenes.section import CAMERAS
from streams.key_archive import ARCHIVE_NAME
from streams.sealing import load_private, load_public, open_sealed, seal
from tests.conftest import REPOSITORY
from tests.docker.services import SERVICES, WRITTEN, calls


def test_the_secrets_are_made_by_the_script_once(secrets: Path) -> None:
    named = {Path(secret["file"]).name for secret in WRITTEN["secrets"].values()}
    assert named <= {path.name for path in secrets.iterdir()}
    assert secrets.stat().st_mode & 0o777 == 0o700
    before = {path.name: path.read_bytes() for path in secrets.iterdir()}
    subprocess.run([sys.executable, secrets.parent / "make-secrets"], check=True, capture_output=True)
    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == before


def test_a_password_made_again_is_changed_wherever_it_stands(secrets: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(secrets.parent, tmp_path / "docker"))
    old = (copy / "secrets" / "clickhouse-roadwitness").read_text()
    (copy / "secrets" / "clickhouse-roadwitness").unlink()
    subprocess.run([sys.executable, copy / "make-secrets"], check=True, capture_output=True)
    new = (copy / "secrets" / "clickhouse-roadwitness").read_text()
    assert new != old
    assert urlsplit((copy / "secrets" / "store").read_text()).password == new


def test_no_secret_stands_in_a_file_of_the_repository(secrets: Path) -> None:
    variables = {v for service in SERVICES.values() for v in service.get("environment", {})}
    assert {"ROADWITNESS_STORE", "AWS_SECRET_ACCESS_KEY"} <= set(NAMES)
    assert not variables & {"ROADWITNESS_STORE", "AWS_SECRET_ACCESS_KEY", "CLICKHOUSE_PASSWORD"}
    assert "docker/secrets/" in (REPOSITORY / ".gitignore").read_text()


def test_each_signs_with_a_key_that_was_made_for_it_and_that_nobody_else_is_given() -> None:
    made = {words[2]: words[4] for words in calls(SERVICES["signing-keys"]) if words[1] == "create"}
    users = {
        "edge-entry": f"unit:{CAMERAS['entry']}",
        "edge-exit": f"unit:{CAMERAS['exit']}",
        "enforce": "centre",
    }
    for name, owner in users.items():
        (words,) = calls(SERVICES[name])
        said = re.search(r"--(?:counter)?sign-with[ =](\S+)", " ".join(words))
        assert said
        assert made[said[1]] == owner
        seen = [volume for volume in SERVICES[name]["volumes"] if volume.startswith("signing-")]
        folder = Path(said[1]).parent
        assert seen == [f"signing-{folder.name}:{folder}:ro"]
        assert f"signing-{folder.name}:{folder}" in SERVICES["signing-keys"]["volumes"]
        assert "signing-keys" in SERVICES[name]["depends_on"]
    assert "--keys=/signing/centre/public-keys.json" in SERVICES["enforce"]["command"]


def test_the_pages_pack_with_the_centres_key_and_know_the_units_keys() -> None:
    (script,) = SERVICES["signing-keys"]["command"]
    assert f"ln -sf /signing/centre/centre.key /signing/centre/{ARCHIVE_NAME} /desk/keys/" in script
    assert {"desk:/desk", "signing-centre:/signing/centre:ro"} <= set(SERVICES["serve"]["volumes"])
    assert "--data=/desk" in SERVICES["serve"]["command"]


@pytest.mark.parametrize("unit", ["edge-entry", "edge-exit"])
def test_units_seal_to_the_public_half_of_the_key_that_the_pages_alone_open_with(
    unit: str, tmp_path: Path
) -> None:
    (words,) = calls(SERVICES[unit])
    assert "--seal-to=/sealing/sealing-public.key" in words
    holders = {name for name, each in SERVICES.items() if "desk:/desk" in each.get("volumes", [])}
    assert holders == {"signing-keys", "serve"}
    assert "sealing:/sealing:ro" in SERVICES[unit]["volumes"]
    (script,) = SERVICES["signing-keys"]["command"]
    sealing = script[script.index("test -e /desk/keys/sealing-public.key") :]
    for folder in ("desk/keys", "sealing"):
        (tmp_path / folder).mkdir(parents=True)
    ours = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    for _start in range(2):  # what is there is kept
        subprocess.run(
            ["sh", "-euc", re.sub(r" /(desk|sealing)/", rf" {tmp_path}/\1/", sealing)],
            env={**os.environ, "PATH": ours},
            check=True,
        )
    box = seal(b"original", load_public(tmp_path / "sealing" / "sealing-public.key"))
    assert open_sealed(box, load_private(tmp_path / "desk" / "keys" / "sealing-private.key")) == b"original"
    assert [each.name for each in (tmp_path / "sealing").iterdir()] == ["sealing-public.key"]
