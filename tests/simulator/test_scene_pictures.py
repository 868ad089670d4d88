"""What a scene's pictures show is what its truth says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from roadwitness.simulator import SceneRequest, SceneSettings, Truth, build_scene, load_truth, simulate
from roadwitness.simulator.clip import truth_of
from roadwitness.simulator.plan import Plan
from roadwitness.simulator.rendering import render
from roadwitness.simulator.scenes import straight
from roadwitness.simulator.shaking import turned
from roadwitness.simulator.signals import LENS_M, SignalHead
from roadwitness.simulator.truth import FrameTruth

Picture = npt.NDArray[np.uint8]
SIZE = {"width": 480, "height": 270}


def only_plan(name: str, **wishes: object) -> Plan:
    (plan,) = build_scene(SceneRequest(name=name, **SIZE, **wishes)).plans  # type: ignore[arg-type]
    return plan


def rendered(plan: Plan) -> tuple[list[Picture], Truth]:
    seen: list[list[FrameTruth]] = [[] for _ in plan.vehicles]
    return list(render(plan, seen)), truth_of(plan, seen, {})


@pytest.fixture(scope="module")
def junction() -> tuple[Plan, list[Picture], Truth]:
    plan = replace(only_plan("junction"), fps=1, duration_s=30.0)
    return plan, *rendered(plan)


def lens_light(picture: Picture, plan: Plan, head: SignalHead, number: int) -> npt.NDArray[np.float64]:
    """The mean BGR of one lens of a head."""
    (middle,), (depth,) = plan.camera.project(head.lens(number)[None])
    reach = max(1, int(0.6 * LENS_M * plan.camera.focal_px / depth))
    x, y = (round(float(v)) for v in middle)
    lens = picture[y - reach : y + reach + 1, x - reach : x + reach + 1]
    return np.asarray(lens.reshape(-1, 3).mean(axis=0), np.float64)


def test_the_lamps_that_are_lit_are_those_of_the_stated_phase(
    junction: tuple[Plan, list[Picture], Truth],
) -> None:
    plan, pictures, truth = junction
    lit_of = {"red": {0}, "red_amber": {0, 1}, "amber": {1}, "green": {2}}
    states = set()
    for head in plan.signals[:2]:
        for second, picture in enumerate(pictures):
            (phase,) = (
                p for p in truth.phases if p.signal_id == head.signal_id and p.from_s <= second < p.until_s
            )
            light = [float(lens_light(picture, plan, head, n).max()) for n in range(3)]
            lit = {n for n in range(3) if light[n] > 150}
            assert lit == lit_of[phase.state], (head.signal_id, second, light)
            states.add(phase.state)
    assert states == set(lit_of)


def test_a_red_lamp_is_red_and_a_green_one_green(junction: tuple[Plan, list[Picture], Truth]) -> None:
    plan, pictures, _ = junction
    head = plan.signals[0]
    for second, picture in enumerate(pictures):
        state = head.programme.state_at(second)
        if state in ("red", "green"):
            _, green, red = lens_light(picture, plan, head, 0 if state == "red" else 2)
            assert (red > green + 60) if state == "red" else (green > red + 60)


def test_vehicles_are_seen_where_their_paths_are(junction: tuple[Plan, list[Picture], Truth]) -> None:
    plan, _, truth = junction
    compared = 0
    for vehicle in truth.vehicles:
        points = {point.frame: point for point in vehicle.path}
        heights = {v.vehicle_id: v.model.height for v in plan.vehicles}
        for box in vehicle.boxes:
            point, (x, y, w, h) = points[box.frame], box.vehicle
            if x < 2 or y < 2 or x + w > plan.width - 2 or y + h > plan.height - 2:
                continue
            turn = np.radians(point.heading_deg)
            ahead, aside = np.array([np.sin(turn), np.cos(turn)]), np.array([np.cos(turn), -np.sin(turn)])
            assert vehicle.length_m is not None
            assert vehicle.width_m is not None
            corners = [
                [
                    *(
                        np.array([point.x_m, point.y_m])
                        - ahead * back * vehicle.length_m
                        + aside * side * vehicle.width_m
                    ),
                    z,
                ]
                for back in (0, 1)
                for side in (-0.5, 0.5)
                for z in (0.0, heights[vehicle.vehicle_id])
            ]
            pixels, _ = plan.camera.project(np.array(corners))
            low, high = pixels.min(axis=0), pixels.max(axis=0)
            slack = 2 + 0.16 * (high - low)
            # A box is never larger than the block around the vehicle, but for its mirrors, nor much smaller.
            assert np.all(low - slack < [x, y])
            assert np.all([x + w, y + h] < high + slack)
            assert w > 0.7 * (high - low)[0] - 2
            assert h > 0.6 * (high - low)[1] - 2
            compared += 1
    assert compared > 40


def test_turned_and_crossing_vehicles_change_the_pixels_of_their_boxes(
    junction: tuple[Plan, list[Picture], Truth],
) -> None:
    _, pictures, truth = junction
    empty = np.median(np.stack(pictures), axis=0)
    aside = 0
    for vehicle in truth.vehicles:
        headings = {point.frame: point.heading_deg for point in vehicle.path}
        for box in vehicle.boxes:
            x, y, w, h = (int(v) for v in box.vehicle)
            if box.visible < 0.9 or w * h < 200 or abs(np.sin(np.radians(headings[box.frame]))) < 0.5:
                continue
            changed = np.abs(pictures[box.frame].astype(float) - empty).max(axis=2) > 10
            assert changed[y : y + h, x : x + w].mean() > 0.35
            aside += 1
    assert aside >= 4


def test_a_vehicle_behind_another_is_seen_in_part(junction: tuple[Plan, list[Picture], Truth]) -> None:
    _, _, truth = junction
    assert any(box.visible < 0.6 for vehicle in truth.vehicles for box in vehicle.boxes)


def test_night_is_darker_than_rain_and_rain_than_day() -> None:
    means = {}
    for weather in ("clear", "rain", "night"):
        plan = replace(only_plan("lanes", weather=weather), fps=1, duration_s=1.0)
        pictures, truth = rendered(plan)
        means[weather] = float(pictures[0].mean())
        assert truth.weather == weather
    assert means["night"] < 0.6 * means["rain"]
    assert means["rain"] != pytest.approx(means["clear"], abs=2)


def test_a_pole_in_the_way_hides_part_of_what_is_behind_it() -> None:
    free, hidden = (
        rendered(replace(only_plan("straight", seed=3, occluded=occluded), fps=2, duration_s=12.0))[1]
        for occluded in (False, True)
    )
    shown = {(v.vehicle_id, b.frame): b.visible for v in free.vehicles for b in v.boxes}
    less = [shown[v.vehicle_id, b.frame] - b.visible for v in hidden.vehicles for b in v.boxes]
    assert min(less) > -0.01
    assert max(less) > 0.05


def test_a_shaken_picture_and_its_truth_move_together() -> None:
    plan = replace(only_plan("straight", seed=3, shake="strong"), fps=3, duration_s=10.0)
    _, shaken = rendered(plan)
    _, still = rendered(replace(plan, shake=replace(plan.shake, kind="none")))
    offsets = []
    kept = {vehicle.vehicle_id: vehicle.boxes for vehicle in still.vehicles}
    for vehicle in shaken.vehicles:
        by_frame = {box.frame: box for box in kept[vehicle.vehicle_id]}
        for box in vehicle.boxes:
            if box.plate is not None and (other := by_frame[box.frame].plate) is not None:
                dx, dy = plan.shake.offset_px(box.frame / 3)
                assert (box.plate[0] - other[0], box.plate[1] - other[1]) == pytest.approx((dx, dy), abs=0.02)
                offsets.append(np.hypot(dx, dy))
    assert 0.5 < max(offsets) <= 3 * np.sqrt(2)


def test_a_turned_camera_sees_the_road_elsewhere_from_then_on() -> None:
    plan = replace(only_plan("lanes", shake="turned"), fps=1, duration_s=4.0)
    pictures, truth = rendered(plan)
    assert truth.camera_turned_at_s == 2.0
    stripe = np.array([[3.5, 30.0, 0.0]])
    for picture, camera in ((pictures[0], plan.camera), (pictures[3], turned(plan.camera))):
        ((x, y),), _ = camera.project(stripe)
        row = picture[round(float(y)), round(float(x)) - 12 : round(float(x)) + 13].astype(int).sum(axis=1)
        assert abs(int(np.argmax(row)) - 12) <= 2
    assert abs(plan.camera.project(stripe)[0][0, 0] - turned(plan.camera).project(stripe)[0][0, 0]) > 5


FIRST_BLOCKS = (
    (103.0, 103.3, 100.2, 84.2),
    (109.7, 102.3, 105.3, 100.5),
    (112.6, 101.3, 101.8, 112.3),
)


def test_the_default_scene_looks_as_it_always_did() -> None:
    """Means of blocks of one picture, as the first simulator painted them."""
    scene = SceneSettings(seed=3, vehicles=3, speeders=1, duration_s=8.0, width=320, height=180, fps=1)
    (plan,) = straight.build(scene).plans
    picture = list(render(plan, [[] for _ in plan.vehicles]))[3]
    blocks = picture.reshape(3, 60, 4, 80, 3).mean(axis=(1, 3, 4))
    assert blocks == pytest.approx(np.array(FIRST_BLOCKS), abs=0.8)


def test_a_truth_file_from_before_scenes_is_still_read(tmp_path: Path) -> None:
    site = simulate(
        tmp_path / "site", SceneSettings(seed=5, vehicles=1, duration_s=6.0, width=160, height=90, fps=3)
    )
    document = json.loads(site.truth_file.read_text())
    for name in ("scene", "weather", "shake", "camera_turned_at_s", "recorded_at", "phases", "road", "clock"):
        document.pop(name)
    for vehicle in document["vehicles"]:
        for name in ("behaviour", "length_m", "width_m", "path", "offences"):
            vehicle.pop(name)
    old = tmp_path / "old.json"
    old.write_text(json.dumps(document))
    read, written = load_truth(old), load_truth(site.truth_file)
    assert [v.boxes for v in read.vehicles] == [v.boxes for v in written.vehicles]
    assert read.vehicles[0].path == ()
    assert len(written.vehicles[0].path) >= len(written.vehicles[0].boxes)
