"""Where a vehicle's end was on the road, who drove ahead, and which pictures are kept at a line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detectors.bestshot import Still
from detectors.calibration import Calibration
from detectors.following import Driven, as_leader, leader_of
from detectors.passages import Sighting
from detectors.roadplaces import PlaceKeeper, StopPlace
from detectors.roadtrack import RoadTrack, headings, road_track
from detectors.speed import OUTLINES
from detectors.speed.outline import Outline
from detectors.tracking import TrackedVehicle
from streams.messages import Box, TrackPoint
from tests.detectors.calibrating.surveyor import GRID, TrueCamera, points_of

START_NS = 1_777_881_600_000_000_000
CAMERA = TrueCamera()
CAR = OUTLINES["car"]


def calibration() -> Calibration:
    wide = [(-14.0, 20.0), (-14.0, 40.0), (14.0, 40.0)]
    return Calibration.from_points("grid", (1280, 720), points_of(CAMERA, [*GRID, *wide]))


def box_at(end: np.ndarray, heading: np.ndarray, towards: int, outline: Outline = CAR) -> Box:
    """The box around a car whose end that faces the camera is at ``end``; ``towards`` 1: it is the front."""
    left = np.array([-heading[1], heading[0]])
    corners = []
    for behind, aside, height in [*outline.vertices(), (1.5, -0.8, 1.45), (1.5, 0.8, 1.45)]:
        ground = end - towards * behind * heading + aside * left
        # A point above the road is seen where the line of sight through it meets the road.
        eye = np.array([CAMERA.x, 0.0])
        corners.append(eye + (ground - eye) * CAMERA.height / (CAMERA.height - height))
    px = CAMERA.project(np.array(corners))
    (x0, y0), (x1, y1) = px.min(axis=0), px.max(axis=0)
    return Box(x0, y0, x1 - x0, y1 - y0)


def drive(
    start: tuple[float, float],
    velocity: tuple[float, float],
    towards: int,
    seconds: float = 1.5,
    after_s: float = 0.0,
) -> tuple[list[Sighting], np.ndarray]:
    """A car's sightings and the true places of the end that faces the camera, (N, 2) in m."""
    times = np.arange(0.0, seconds, 0.08)
    places = np.array(start) + times[:, None] * np.array(velocity)
    heading = np.array(velocity) / np.linalg.norm(velocity)
    sightings = [
        Sighting(START_NS + round((t + after_s) * 1e9), box_at(p, heading, towards), "car", 0.9, True)
        for t, p in zip(times, places, strict=True)
    ]
    return sightings, places


def places_of(track: RoadTrack) -> np.ndarray:
    return np.array([(p.x_m, p.y_m) for p in track.points], dtype=float)


@pytest.mark.parametrize(("towards", "part"), [(1, "front"), (-1, "rear")])
def test_the_end_that_faces_the_camera_is_where_it_truly_was(towards, part):
    start, velocity = ((2.0, 38.0), (0.0, -14.0)) if towards == 1 else ((2.0, 16.0), (0.0, 14.0))
    sightings, truth = drive(start, velocity, towards)
    track = road_track(sightings, calibration(), CAR)
    assert track.part == part
    errors = np.linalg.norm(places_of(track) - truth, axis=1)
    assert errors.max() < 0.1
    assert all(error < 2 * p.sigma_m for error, p in zip(errors, track.points, strict=True))
    assert all(0.03 < p.sigma_m < 1.5 for p in track.points)


def turn_left(length_m: float) -> tuple[list[Sighting], np.ndarray]:
    """A car that is seen from behind drives on, turns left on a circle of 8 m and drives on; its rear."""
    outline = replace(CAR, length_m=length_m)
    times = np.arange(0.0, 5.0, 0.08)
    sightings, places = [], []
    for t in times:
        way = 6.0 * t
        angle = np.clip((way - 8.0) / 8.0, 0.0, np.pi / 2)
        before, behind = min(way, 8.0), max(way - 8.0 - 4 * np.pi, 0.0)
        place = np.array([3.0 - 8.0 * (1 - np.cos(angle)) - behind, 15.0 + before + 8.0 * np.sin(angle)])
        heading = np.array([-np.sin(angle), np.cos(angle)])
        box = box_at(place, heading, -1, outline)
        sightings.append(Sighting(START_NS + round(t * 1e9), box, "car", 0.9, True))
        places.append(place)
    return sightings, np.array(places)


@pytest.mark.parametrize("length_m", [4.0, 4.5, 5.2])
def test_the_same_end_is_followed_through_a_turn_within_its_uncertainty(length_m):
    sightings, truth = turn_left(length_m)
    track = road_track(sightings, calibration(), CAR)
    assert track.part == "rear"
    seen = [
        (p.sigma_m, np.hypot(p.x_m - x, p.y_m - y))
        for p, (x, y) in zip(track.points, truth, strict=True)
        if p.x_m
    ]
    assert len(seen) > 0.6 * len(truth), "it is in view until it is far to the left"
    assert all(error < 2 * sigma_m + 0.15 for sigma_m, error in seen)
    errors = [error for _, error in seen]
    assert np.abs(np.diff(errors)).max() < 0.4, "no jump where the side comes into view"


def test_a_foot_that_is_cut_off_or_hidden_is_no_place_on_the_road():
    sightings, _ = drive((2.0, 38.0), (0.0, -14.0), 1)
    hidden = [
        Sighting(s.captured_at_ns, s.box, s.label, s.confidence, whole=not 5 <= i < 9)
        for i, s in enumerate(sightings)
    ]
    track = road_track(hidden, calibration(), CAR)
    assert [p.x_m is None for p in track.points] == [5 <= i < 9 for i in range(len(hidden))]


@pytest.mark.parametrize("moved_px", [(0.0, 1.0), (0.0, 8.0), (-1.0, 0.0), (1.0, 0.0)])
def test_a_box_that_may_be_cut_off_at_the_edge_is_no_place_on_the_road(moved_px):
    """A box of something that enters the picture ends some pixels before its edge."""
    right, down = moved_px
    x = {0.0: 500.0, -1.0: 5.0, 1.0: 1280.0 - 205.0}[right]
    y = 720.0 - 200.0 - down if down else 300.0
    cut = Sighting(START_NS, Box(x, y, 200.0, 200.0), "car", 0.9, True)
    inside, _ = drive((2.0, 38.0), (0.0, -14.0), 1, after_s=1.0)
    track = road_track([cut, *inside], calibration(), CAR)
    assert [p.x_m is None for p in track.points] == [True] + [False] * len(inside)


def test_outside_the_calibrated_area_there_are_no_places():
    sightings, truth = drive((2.0, 70.0), (0.0, -20.0), 1, seconds=2.4)
    track = road_track(sightings, calibration(), CAR)
    assert all(
        (p.x_m is None) == (y > 46.5)
        for p, (_, y) in zip(track.points, truth, strict=True)
        if abs(y - 46) > 2
    )


def test_without_a_calibration_there_are_no_places():
    sightings, _ = drive((2.0, 38.0), (0.0, -14.0), 1)
    track = road_track(sightings, None, CAR)
    assert {(p.x_m, p.y_m, p.sigma_m) for p in track.points} == {(None, None, None)}
    assert track.part == "unknown"


def test_places_are_told_in_whole_millimetres_and_hundredths_of_a_pixel():
    sightings, _ = drive((2.0, 38.0), (0.0, -14.0), 1)
    for p in road_track(sightings, calibration(), CAR).points:
        assert (p.x_px, p.y_px) == (round(p.x_px, 2), round(p.y_px, 2))
        assert (p.x_m, p.y_m, p.sigma_m) == (round(p.x_m, 3), round(p.y_m, 3), round(p.sigma_m, 3))


def test_a_vehicle_that_stops_keeps_its_heading():
    times = np.arange(0, 4, 0.1)
    places = np.column_stack([np.zeros_like(times), np.minimum(times * 8, 10.0)])
    assert np.allclose(headings(times, places), (0.0, 1.0))
    assert np.isnan(headings(times, np.zeros((len(times), 2)))).all()


def driven(name: str, x_m: float, kmh: float, after_s: float, seconds: float = 3.0) -> Driven:
    """A vehicle that drives along +y from y = 0."""
    times = np.arange(0.0, seconds, 0.1)
    points = [
        TrackPoint(START_NS + round((t + after_s) * 1e9), 0.0, 0.0, x_m, kmh / 3.6 * t, 0.2) for t in times
    ]
    return Driven(name, "car", RoadTrack(tuple(points), "rear"), 4.4)


OWN = driven("own", 1.7, 60, 5.0)


@pytest.mark.parametrize(
    ("others", "leader"),
    [
        ([driven("ahead", 1.9, 60, 4.0)], "ahead"),
        ([driven("ahead", 1.9, 60, 4.0), driven("further", 1.9, 60, 2.5)], "ahead"),
        ([driven("behind", 1.9, 60, 6.0)], None),
        ([driven("next lane", 5.2, 60, 4.0)], None),
        ([driven("long ago", 1.9, 60, -8.0)], None),
        ([driven("slower, and left before", 1.5, 40, 2.0)], "slower, and left before"),
        ([], None),
        ([OWN], None),
    ],
)
def test_the_leader_passed_the_same_places_just_before(others, leader):
    found = leader_of(OWN, others)
    assert (found.passage_id if found else None) == leader


def test_oncoming_traffic_leads_nobody():
    points = tuple(
        TrackPoint(p.captured_at_ns - 10**9, 0, 0, p.x_m, 50 - p.y_m, 0.2) for p in OWN.track.points
    )
    assert leader_of(OWN, [Driven("oncoming", "car", RoadTrack(points), 4.4)]) is None


def test_a_leader_comes_with_its_track_part_and_length_and_stays_small():
    long = driven("ahead", 1.9, 6, -40.0, seconds=80.0)
    found = as_leader(leader_of(driven("own", 1.7, 6, -38.0, seconds=80.0), [long]))
    assert (found.vehicle, found.tracked_part, found.length_m) == ("car", "rear", 4.4)
    assert 100 < len(found.track) <= 200


LINE = StopPlace("stop", ((-1.0, 26.0), (8.0, 26.0)), 0.0, "s1", beyond_m=5.0)


def kept_of(velocity: float, line: StopPlace = LINE, x_m: float = 2.0, seconds: float = 3.0):
    """The pictures of a car that is seen from behind while it drives along +y from y = 12."""
    keeper = PlaceKeeper([line], calibration())
    sightings, truth = drive((x_m, 12.0), (0.0, velocity), -1, seconds)
    for sighting in sightings:
        vehicle = TrackedVehicle(7, sighting.box, "car", 0.9)
        keeper.offer(Still(sighting.captured_at_ns, b"", 1280, 720, (vehicle,), ()), vehicle)
    at = {s.captured_at_ns: place[1] + CAR.length_m for s, place in zip(sightings, truth, strict=True)}
    kept = keeper.take(7)
    assert keeper.take(7) == []
    return [(at[k.before.still.captured_at_ns], at[k.after.still.captured_at_ns]) for k in kept]


def test_the_two_positions_are_just_before_the_line_and_well_behind_it():
    ((before, after),) = kept_of(10.0)
    assert 24.5 < before <= 26.6
    assert 30.5 < after < 33.0


def test_who_halts_behind_the_line_is_pictured_as_far_as_he_came():
    ((before, after),) = kept_of(4.0, seconds=3.0)
    assert before <= 26.6
    assert 27.0 < after < 31.0


@pytest.mark.parametrize(("velocity", "x_m"), [(2.0, 2.0), (10.0, 12.0)], ids=["stops before", "beside it"])
def test_who_does_not_pass_the_line_has_no_second_position(velocity, x_m):
    assert kept_of(velocity, x_m=x_m) == []
