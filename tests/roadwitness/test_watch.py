"""``watch``: one JSON line a passage on stdout and nothing else there; nothing is kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from detectors.capture import open_source
from roadwitness.simulator import SimulatedSite, Truth
from tests.roadwitness.command import Finished, succeed

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture(scope="module")
def lines(watch_run: Finished) -> list[dict[str, Any]]:
    return [json.loads(line) for line in watch_run.stdout.splitlines()]


def test_every_line_has_the_fields_that_are_promised(lines: list[dict[str, Any]], truth: Truth) -> None:
    assert len(lines) == len(truth.vehicles)
    for line in lines:
        assert isinstance(line["passage_id"], str)
        assert line["vehicle"] in {"car", "motorcycle", "bus", "truck", "bicycle"}
        assert MOMENT.fullmatch(line["started_at"])
        assert MOMENT.fullmatch(line["ended_at"])
        assert line["started_at"] < line["ended_at"]
        assert isinstance(line["frames"], int)
        assert line["frames"] > 0
        assert len(line["box"]) == 4
        assert all(isinstance(value, float | int) for value in line["box"])
        assert isinstance(line["plate"]["text"], str | None)
        assert 0.0 <= line["plate"]["confidence"] <= 1.0
        assert all(isinstance(read["text"], str) for read in line["plate"]["reads"])
        assert isinstance(line["speed_kmh"], float | int | None)
    assert len({line["passage_id"] for line in lines}) == len(lines)


def test_the_first_frame_is_at_the_time_of_the_site_file(lines: list[dict[str, Any]]) -> None:
    assert all(line["started_at"].startswith("2026-05-04T08:00:0") for line in lines)


def test_plates_and_speeds_are_near_the_truth(lines: list[dict[str, Any]], truth: Truth) -> None:
    speeds = {vehicle.plate: vehicle.speed_kmh for vehicle in truth.vehicles}
    read = {line["plate"]["text"]: line["speed_kmh"] for line in lines}
    assert set(read) == set(speeds)
    assert read == {plate: pytest.approx(speed, abs=3.0) for plate, speed in speeds.items()}


def test_progress_with_a_rate_goes_to_stderr(watch_run: Finished) -> None:
    assert re.search(r"Watching: \d+/140 frames, [\d.]+ frames/s", watch_run.stderr)
    assert re.search(r"3 passages in 140 frames", watch_run.stderr)


def test_the_drawn_clip_shows_every_frame_and_is_drawn_on(
    watch_run: Finished, drawn_clip: Path, site: SimulatedSite
) -> None:
    drawn = list(open_source(str(drawn_clip), 0).frames())
    original = list(open_source(str(site.clip), 0).frames())
    assert [round(f.captured_at_ns / 1e6) for f in drawn] == [round(f.captured_at_ns / 1e6) for f in original]
    changed = [
        float(abs(a.image.astype(int) - b.image.astype(int)).max())
        for a, b in zip(drawn, original, strict=True)
    ]
    assert max(changed) > 100
    assert changed[0] < 100, "nothing has come yet, so nothing is drawn"


def test_without_a_site_speeds_are_null_and_a_file_takes_the_lines(
    site: SimulatedSite, tmp_path: Path
) -> None:
    done = succeed("watch", site.clip, "--jsonl", tmp_path / "seen.jsonl")
    assert done.stdout == b""
    found = [json.loads(line) for line in (tmp_path / "seen.jsonl").read_text().splitlines()]
    assert len(found) == 3
    assert [line["speed_kmh"] for line in found] == [None] * 3
    assert all(line["speed_void"] for line in found)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seen.jsonl"]
