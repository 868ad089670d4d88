"""The processes run without what their images leave out (the cluster's test runs all of them so)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from roadwitness.simulator import SimulatedSite
from streams.sealing import SealingKeys
from streams.spool import Spool
from streams.topics import Topic
from tests.conftest import REPOSITORY
from tests.left_out import AT_THE_EDGE, EVERYWHERE, packages, without
from tests.roadwitness.command import environment, roadwitness, succeed

HEAVY = ("chdb", "clickhouse_connect", "fastapi", "pyarrow", "uvicorn")


@pytest.mark.parametrize("name", packages(EVERYWHERE, AT_THE_EDGE))
def test_what_is_left_out_is_spelled_as_it_is_installed(name: str) -> None:
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in _constraints()}
    assert name in pinned


def test_a_unit_works_without_store_and_pages(site: SimulatedSite, tmp_path: Path) -> None:
    bare = without(EVERYWHERE, AT_THE_EDGE)
    assert all(module in bare["ROADWITNESS_TEST_LEFT_OUT"].split(",") for module in HEAVY)
    keys = SealingKeys.create(tmp_path / "keys")
    public = next(path for path in keys.folder.iterdir() if "public" in path.name)
    signer, spool = tmp_path / "unit.key", tmp_path / "spool.sqlite"
    archive = ("--archive", tmp_path / "public-keys.json")
    succeed("keys", "create", signer, "--owner", "unit:demo-a1-north", *archive, env=bare)
    away = ("--bus", "kafka://127.0.0.1:9?patience_s=1", "--spool", spool, "--metrics-port", "0")
    secured = ("--seal-to", public, "--sign-with", signer)
    seen = succeed("edge", site.site_file, *away, *secured, env=bare)
    assert "3 passages of demo-a1-north published" in seen.stderr
    waiting = Spool(spool)
    assert sum(record.topic is Topic.PASSAGES for record in waiting.next()) == 3
    waiting.close()


@pytest.mark.parametrize("module", HEAVY)
def test_without_means_without(module: str) -> None:
    bare = environment(without(EVERYWHERE, AT_THE_EDGE))
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"], env=bare, capture_output=True, check=False
    )
    assert b"it is left out here" in done.stderr


def test_what_is_missing_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = roadwitness("sql", "SELECT 1", "--data", tmp_path, env=without(EVERYWHERE, AT_THE_EDGE))
    assert done.code == 1
    assert "Traceback" not in done.stderr


def _constraints() -> list[str]:
    return (REPOSITORY / "constraints.txt").read_text().splitlines()
