"""``run``: a clip becomes violations, and of everybody else nothing is left."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path

import cv2
import numpy as np
import pytest

from roadwitness.simulator import SimulatedSite, Truth
from streams.sealing import SealingKeys, open_sealed
from tests.roadwitness.command import evidence_files, picture_files, sql, succeed, violations

TABLES = ("passages", "violations", "case_events", "evidence_index", "access_log", "keepers")


def test_speeders_are_violations_with_plate_speed_and_keeper_and_nobody_else_is(
    finished_run: Path, truth: Truth
) -> None:
    found = {row["plate"]: row for row in violations(finished_run)}
    speeders = {vehicle.plate: vehicle for vehicle in truth.speeders}
    assert len(speeders) == 2
    assert set(found) == set(speeders)
    for plate, vehicle in speeders.items():
        assert found[plate]["speed_kmh"] == pytest.approx(vehicle.speed_kmh, abs=3.0)
        assert found[plate]["keeper_id"] == vehicle.keeper_id
        assert found[plate]["limit_kmh"] == truth.limit_kmh
        assert (found[plate]["offence"], found[plate]["status"]) == ("speeding", "open")


def test_every_vehicle_is_one_passage_with_its_speed(finished_run: Path, truth: Truth) -> None:
    rows = sql(finished_run, "SELECT speed_kmh FROM v_passages ORDER BY speed_kmh")
    expected = sorted(vehicle.speed_kmh for vehicle in truth.vehicles)
    assert [row["speed_kmh"] for row in rows] == pytest.approx(expected, abs=3.0)


def test_passages_keep_no_plate(finished_run: Path) -> None:
    columns = {row["name"] for row in sql(finished_run, "DESCRIBE TABLE passages")}
    assert "speed_kmh" in columns
    assert not {name for name in columns if "plate" in name or "track" in name or "evidence" in name}


class TestWhoBrokeNoRule:
    """The site's register does not know them, so nothing at all may hold their plate."""

    def test_could_be_read(self, watched: set[str | None], innocent: str) -> None:
        assert innocent in watched, "the test below would prove nothing"

    def test_leaves_no_plate_in_any_file(self, finished_run: Path, innocent: str) -> None:
        holding = [
            path
            for path in finished_run.rglob("*")
            if path.is_file() and innocent.encode() in path.read_bytes()
        ]
        assert holding == []

    def test_leaves_no_plate_in_any_table(self, finished_run: Path, innocent: str, truth: Truth) -> None:
        speeder = truth.speeders[0].plate
        text = json.dumps({table: sql(finished_run, f"SELECT * FROM {table}") for table in TABLES})
        assert speeder in text, "a compressed table would hide a plate: it must be seen in clear here"
        assert innocent not in text

    def test_leaves_no_picture(self, finished_run: Path) -> None:
        """Every piece in the folder is named by the passage of a violation."""
        named = {
            piece["digest"]
            for row in sql(finished_run, "SELECT passage FROM violations FINAL")
            for piece in json.loads(row["passage"])["evidence"]
        }
        assert named
        assert {Path(name).name for name in evidence_files(finished_run)} == named


class TestEvidence:
    """What is kept of a violation."""

    def test_has_the_digest_it_is_named_by(self, finished_run: Path) -> None:
        for name, content in evidence_files(finished_run).items():
            assert hashlib.sha256(content).hexdigest() == Path(name).name

    def test_is_announced_and_there_for_every_violation(self, finished_run: Path) -> None:
        stored = {Path(name).name: name for name in evidence_files(finished_run)}
        for row in sql(finished_run, "SELECT passage FROM violations FINAL"):
            pieces = json.loads(row["passage"])["evidence"]
            kinds = {"frame", "plate", "original", "driver", "clip", "statement"}
            assert {piece["kind"] for piece in pieces} == kinds
            for piece in pieces:
                folder = "sealed" if piece["sealed"] else "open"
                assert stored[piece["digest"]].startswith(f"{folder}/")
                assert piece["sealed"] == (piece["kind"] in ("original", "driver"))

    def test_originals_are_sealed_and_lie_apart(self, finished_run: Path) -> None:
        files = evidence_files(finished_run)
        sealed = {name: content for name, content in files.items() if name.startswith("sealed/")}
        assert sealed
        for content in sealed.values():
            assert _decoded(content) is None
        for part in ("sealed", "keys"):
            assert stat.S_IMODE((finished_run / "evidence" / part).stat().st_mode) == 0o700
        private = SealingKeys(finished_run / "keys").private
        opened = [_decoded(open_sealed(content, private)) for content in sealed.values()]
        shapes = {picture.shape for picture in opened if picture is not None}
        assert len(opened) % 2 == 0, "an original of each, and its driver"
        assert (540, 960, 3) in shapes
        assert all(height < 270 and width < 480 for height, width, _ in shapes - {(540, 960, 3)})

    def test_open_pictures_can_be_looked_at(self, finished_run: Path) -> None:
        seen = [content for name, content in picture_files(finished_run).items() if name.startswith("open/")]
        pictures = [content for content in seen if content[4:8] != b"ftyp"]
        assert 0 < len(pictures) < len(seen), "one of them is a clip"
        assert all(_decoded(content) is not None for content in pictures)


def test_unsealing_writes_the_original_and_logs_who_and_why(
    site: SimulatedSite, copy_of_run: Path, tmp_path: Path
) -> None:
    sealed = next(Path(n).name for n in evidence_files(copy_of_run) if n.startswith("sealed/"))
    out = tmp_path / "original.jpg"
    who = ("--officer", "A. Moreau", "--reason", "the defence asks for it")
    succeed("unseal", sealed, "--out", out, *who, "--data", copy_of_run)
    assert _decoded(out.read_bytes()) is not None
    entry = (
        succeed("audit", "list", "--limit", "2", "--data", copy_of_run)
        .stdout.decode()
        .splitlines()[1]
        .split("\t")
    )
    rows = sql(copy_of_run, f"SELECT violation_id FROM violations FINAL WHERE position(passage, '{sealed}')")
    assert "whole." in " ".join(succeed("audit", "verify", "--data", copy_of_run).stderr.split())
    assert entry[2:] == [
        "A. Moreau",
        "command line",
        "opened",
        f"{rows[0]['violation_id']}/original/{sealed[:12]}",
        "",
        "the defence asks for it",
    ]


def _decoded(content: bytes) -> np.ndarray | None:
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
