"""A simulation is whole or not there, and the same for the same seed."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import msgspec
import numpy as np
import pytest

from roadwitness.simulator import (
    SceneSettings,
    SimulatedSite,
    SimulatorError,
    Truth,
    demo_scene,
    is_rendered,
    simulate,
)
from roadwitness.simulator.keepers import invent_register
from roadwitness.simulator.simulating import render_frames
from roadwitness.simulator.traffic import plan_traffic
from tests.simulator.conftest import TINY

SMALL = SceneSettings(seed=5, vehicles=1, duration_s=6.0, width=320, height=180, fps=3)


def test_the_same_seed_gives_the_same_site(scene_folder: Path, tmp_path: Path) -> None:
    first, second = simulate(scene_folder, SMALL), simulate(tmp_path / "again", SMALL)
    for name in ("truth.json", "register.csv", "site.toml", "policy.toml"):
        assert (first.folder / name).read_text() == (second.folder / name).read_text(), name


def test_the_same_seed_paints_the_same_pictures() -> None:
    """To the bit, before they are coded: the coder's own bytes were seen to differ between two runs."""
    drives = plan_traffic(SMALL)
    first, second = (list(render_frames(SMALL, drives, [[] for _ in drives])) for _ in range(2))
    assert len(first) == SMALL.frames
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_another_seed_gives_another_truth(scene_folder: Path, tmp_path: Path) -> None:
    first = simulate(scene_folder, SMALL)
    second = simulate(tmp_path / "other", msgspec.structs.replace(SMALL, seed=6))
    assert first.truth_file.read_bytes() != second.truth_file.read_bytes()


def test_progress_counts_up_to_all_frames(scene_folder: Path) -> None:
    heard: list[tuple[int, int]] = []
    simulate(scene_folder, SMALL, lambda done, total: heard.append((done, total)))
    assert heard == [(n, 18) for n in range(1, 19)]


def test_an_interrupted_render_is_not_taken_for_finished(scene_folder: Path) -> None:
    def interrupt(done: int, _total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(scene_folder, SMALL, interrupt)
    assert not scene_folder.exists()
    assert not is_rendered(scene_folder, SMALL)
    assert list(scene_folder.parent.iterdir()) == []


def test_a_render_goes_on_from_what_a_killed_one_left(scene_folder: Path) -> None:
    (scene_folder.parent / f".{scene_folder.name}.partial").mkdir()
    (scene_folder.parent / f".{scene_folder.name}.partial" / "clip.mp4").write_bytes(b"half")
    simulate(scene_folder, SMALL)
    assert is_rendered(scene_folder, SMALL)


def test_a_finished_render_is_recognised_by_its_settings(scene_folder: Path) -> None:
    simulate(scene_folder, SMALL)
    assert is_rendered(scene_folder, SMALL)
    assert not is_rendered(scene_folder, msgspec.structs.replace(SMALL, seed=6))
    (scene_folder / "clip.mp4").unlink()
    assert not is_rendered(scene_folder, SMALL)


def test_an_earlier_simulation_is_replaced(scene_folder: Path) -> None:
    simulate(scene_folder, SMALL)
    other = msgspec.structs.replace(SMALL, seed=6)
    simulate(scene_folder, other)
    assert is_rendered(scene_folder, other)
    assert [path.name for path in scene_folder.parent.iterdir()] == [scene_folder.name]


def test_a_folder_with_other_things_is_left_alone(scene_folder: Path) -> None:
    scene_folder.mkdir()
    (scene_folder / "letter.txt").write_text("mine")
    with pytest.raises(SimulatorError, match="choose an empty or new folder"):
        simulate(scene_folder, SMALL)
    assert (scene_folder / "letter.txt").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SimulatorError, match="cannot be written"):
        simulate(tmp_path / "file" / "scene", SMALL)


def test_the_site_file_calibrates_the_camera(site: SimulatedSite) -> None:
    document = tomllib.loads(site.site_file.read_text())
    points = document["calibration"]["points"]
    camera = TINY.camera()
    assert len(points) >= 6
    assert document["calibration"]["image_size"] == [site.scene.width, site.scene.height]
    found = camera.road_at(np.array([point["image"] for point in points]))
    assert found == pytest.approx(np.array([point["road"] for point in points]), abs=0.02)
    assert np.ptp([point["road"][1] for point in points]) >= 20
    assert (site.folder / document["camera"]["source"]).is_file()
    assert (site.folder / document["policy"]["file"]).is_file()
    assert (site.folder / document["register"]["file"]).is_file()
    assert [lane["id"] for lane in document["lanes"]] == ["1", "2"]


def test_the_policy_is_the_one_that_truth_was_judged_by(site: SimulatedSite, truth: Truth) -> None:
    policy = tomllib.loads((site.folder / "policy.toml").read_text())
    assert policy["speeding"]["limit_kmh"] == truth.limit_kmh
    assert policy["speeding"]["tolerance"] == {"below_100_kmh": 3.0, "above_100_percent": 3.0}


def test_the_register_knows_the_keepers_that_truth_names(site: SimulatedSite, truth: Truth) -> None:
    with (site.folder / "register.csv").open(encoding="utf-8") as file:
        rows = {row["plate"]: row for row in csv.DictReader(file)}
    assert len(rows) >= 200
    for vehicle in truth.vehicles:
        assert rows[vehicle.plate]["keeper_id"] == vehicle.keeper_id
        assert rows[vehicle.plate]["vehicle_class"] == vehicle.vehicle_class


def test_the_register_holds_near_misses_but_not_the_unregistered() -> None:
    drives = plan_traffic(demo_scene())
    left_out = drives[0]
    plates = {row.plate for row in invent_register(drives, frozenset({left_out.vehicle_id}), seed=1)}
    assert left_out.plate.text not in plates
    assert all(drive.plate.text in plates for drive in drives[1:])
    near = [
        p
        for p in plates
        if len(p) == len(left_out.plate.text)
        and sum(a != b for a, b in zip(p, left_out.plate.text, strict=True)) == 1
    ]
    assert near
