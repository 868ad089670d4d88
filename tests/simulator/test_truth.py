"""The ground truth says what the frames show."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from roadwitness.simulator import SimulatedSite, Truth, TruthError, load_truth
from roadwitness.simulator.truth import save_truth
from tests.simulator.conftest import TINY


@pytest.fixture(scope="module")
def frames(site: SimulatedSite) -> list[np.ndarray]:
    with av.open(str(site.clip)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


def test_the_clip_has_the_frames_that_the_truth_counts(frames: list[np.ndarray], truth: Truth) -> None:
    assert len(frames) == truth.frames == 80
    assert frames[0].shape == (truth.height, truth.width, 3)


def test_frames_are_stamped_at_the_declared_rate(site: SimulatedSite, truth: Truth) -> None:
    with av.open(str(site.clip)) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert np.diff(times) == pytest.approx(1 / truth.fps)


def test_every_vehicle_is_seen_and_one_speeds(truth: Truth) -> None:
    assert len(truth.vehicles) == 3
    assert len(truth.speeders) == 1
    assert all(len(vehicle.boxes) >= 8 for vehicle in truth.vehicles)


def test_boxes_lie_in_the_picture_with_plate_and_face_inside(truth: Truth) -> None:
    for vehicle in truth.vehicles:
        for seen in vehicle.boxes:
            x, y, w, h = seen.vehicle
            assert 0 <= x < x + w <= truth.width
            assert 0 <= y < y + h <= truth.height
            assert 0 < seen.visible <= 1
            for inner in (seen.plate, seen.face):
                if inner is not None:
                    assert x - 1 <= inner[0] <= inner[0] + inner[2] <= x + w + 1
                    assert y - 1 <= inner[1] <= inner[1] + inner[3] <= y + h + 1


def test_a_vehicle_changes_the_pixels_of_its_box_and_no_others(
    frames: list[np.ndarray], truth: Truth
) -> None:
    empty = np.median(np.stack(frames), axis=0)
    for vehicle in truth.vehicles:
        seen = max(vehicle.boxes, key=lambda box: box.vehicle[2])
        x, y, w, h = (round(v) for v in seen.vehicle)
        changed = np.abs(frames[seen.frame].astype(float) - empty).max(axis=2) > 12
        assert changed[y : y + h, x : x + w].mean() > 0.5
        outside = changed.copy()
        for other in truth.vehicles:
            for box in other.boxes:
                if box.frame == seen.frame:
                    a, b, c, d = (round(v) for v in box.vehicle)
                    # The shadow on the road belongs to no box.
                    outside[max(0, b - 10) : b + d + 40, max(0, a - c) : a + 2 * c] = False
        assert outside.mean() < 0.01


def test_plate_corners_frame_dark_glyphs_on_a_bright_plate(frames: list[np.ndarray], truth: Truth) -> None:
    for vehicle in truth.vehicles:
        plates = [box for box in vehicle.boxes if box.plate is not None]
        assert plates, vehicle.vehicle_class
        nearest = max(plates, key=lambda box: box.plate[2] if box.plate else 0)
        assert nearest.plate is not None
        assert nearest.plate_corners is not None
        assert nearest.plate[2] >= 55 * truth.width / 960
        x, y, w, h = (round(v) for v in nearest.plate)
        inside = frames[nearest.frame][y : y + h, x : x + w].min(axis=2)
        assert np.percentile(inside, 90) - np.percentile(inside, 10) > 60
        middle = inside[h // 2 - 1 : h // 2 + 2].mean(axis=0)
        assert np.count_nonzero(np.diff(middle > (middle.max() + middle.min()) / 2)) >= 8


def test_plate_corners_run_clockwise_from_the_top_left(truth: Truth) -> None:
    for vehicle in truth.vehicles:
        for box in vehicle.boxes:
            if box.plate_corners is not None:
                (ax, ay), (bx, by), (cx, cy), (dx, dy) = box.plate_corners
                assert ax < bx
                assert dx < cx
                assert ay < dy
                assert by < cy


def test_plates_move_over_the_road_at_the_true_speed(truth: Truth) -> None:
    camera = TINY.camera()
    for vehicle in truth.vehicles:
        plates = [box for box in vehicle.boxes if box.plate_corners is not None]
        middles = np.array([box.plate_corners for box in plates]).mean(axis=1)
        seconds = np.array([box.frame for box in plates]) / truth.fps
        # A point at a height z above the road is seen on the road stretched by H / (H - z).
        on_road = camera.road_at(middles)[:, 1]
        apparent_kmh = -np.polyfit(seconds, on_road, 1)[0] * 3.6
        height = camera.height_m * (1 - vehicle.speed_kmh / apparent_kmh)
        assert 0.3 <= height <= 0.8


def test_the_front_wheels_pass_at_the_true_speed(truth: Truth) -> None:
    camera = TINY.camera()
    for vehicle in truth.vehicles:
        whole = [
            b for b in vehicle.boxes if b.vehicle[1] + b.vehicle[3] < truth.height - 2 and b.vehicle[1] > 2
        ]
        bottoms = np.array([(b.vehicle[0] + b.vehicle[2] / 2, b.vehicle[1] + b.vehicle[3]) for b in whole])
        seconds = np.array([b.frame for b in whole]) / truth.fps
        speed_kmh = -np.polyfit(seconds, camera.road_at(bottoms)[:, 1], 1)[0] * 3.6
        assert speed_kmh == pytest.approx(vehicle.speed_kmh, rel=0.06)


def test_truth_survives_its_file(truth: Truth, tmp_path: Path) -> None:
    save_truth(tmp_path / "again.json", truth)
    assert load_truth(tmp_path / "again.json") == truth


def test_a_missing_truth_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match="simulate the site again"):
        load_truth(tmp_path / "none.json")


def test_a_broken_truth_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text('{"seed": "x"')
    with pytest.raises(TruthError, match="simulate the site again"):
        load_truth(tmp_path / "truth.json")
