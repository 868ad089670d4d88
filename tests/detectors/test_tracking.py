"""One vehicle, one track: what is followed, put together again, and kept apart."""

import numpy as np
import pytest

from detectors.frames import Frame
from detectors.tracking import TrackerSettings, VehicleTracker, clipped
from detectors.yolo import Detection
from streams.messages import Box

START_NS = 1_777_881_600_000_000_000
EMPTY = np.zeros((720, 1280, 3), dtype=np.uint8)


def follow(*frames, fps=25.0, settings=None):
    """The tracked vehicles of each frame, from the detections of each frame."""
    tracker = VehicleTracker(settings)
    return [
        tracker.update(Frame(i, START_NS + round(i / fps * 1e9), EMPTY), detections)
        for i, detections in enumerate(frames)
    ]


def car(x, y, w=120.0, h=90.0, confidence=0.9, label="car"):
    return Detection(Box(x, y, w, h), label, confidence)


def ids(tracked):
    return {v.track_id for vehicles in tracked for v in vehicles}


def approaching(i, x=500.0, speed=6.0):
    grown = 60 + 2.0 * i
    return car(x - grown / 2, 100 + speed * i, grown, grown * 0.8)


def test_a_vehicle_keeps_its_id_while_it_comes_nearer():
    tracked = follow(*[[approaching(i)] for i in range(50)])
    assert len(ids(tracked)) == 1
    assert sum(map(len, tracked)) >= 48


def test_a_label_that_flickers_is_still_one_vehicle():
    frames = [[car(400, 100 + 5 * i, label="car" if i % 3 else "truck")] for i in range(30)]
    assert len(ids(follow(*frames))) == 1


@pytest.mark.parametrize("gap", [1, 5, 15, 20])
def test_a_vehicle_that_is_not_found_for_a_while_is_the_same_afterwards(gap):
    frames = [[approaching(i)] for i in range(60)]
    frames[25 : 25 + gap] = [[]] * gap
    assert len(ids(follow(*frames))) == 1


def test_a_vehicle_that_comes_long_after_another_one_is_another_one():
    first = [[approaching(i)] for i in range(30)]
    tracked = follow(*first, *[[]] * 40, *first)
    assert len(ids(tracked)) == 2


def test_vehicles_side_by_side_stay_apart():
    frames = [[approaching(i, 400), approaching(i, 560), approaching(i, 720, speed=8)] for i in range(40)]
    tracked = follow(*frames)
    assert len(ids(tracked)) == 3
    assert all(len({v.track_id for v in vehicles}) == len(vehicles) for vehicles in tracked)


def test_a_weak_find_goes_on_a_track_but_begins_none():
    limits = TrackerSettings()
    weak = (limits.start_confidence + limits.keep_confidence) / 2
    assert ids(follow(*[[car(400, 100 + 4 * i, confidence=weak)] for i in range(20)])) == set()
    frames = [[car(400, 100 + 4 * i, confidence=0.9 if i < 10 else weak)] for i in range(30)]
    tracked = follow(*frames)
    assert len(ids(tracked)) == 1
    assert len(tracked[-1]) == 1


def lorry(i, split_at=25):
    """First found whole; later its cab and its load are found as two."""
    x, foot = 400.0, 300.0 + 5 * i
    if i < split_at:
        return [car(x, foot - 200, 120, 200, label="truck")]
    return [car(x, foot - 90, 120, 90), car(x + 2, foot - 200, 116, 115, 0.6, "truck")]


def test_the_load_of_a_lorry_is_no_vehicle_of_its_own():
    tracked = follow(*[lorry(i) for i in range(50)])
    assert len(ids(tracked)) == 1
    feet = {i: v.box.y + v.box.h for i, vehicles in enumerate(tracked) for v in vehicles if not v.part}
    assert feet.pop(25) < 430, "one frame is needed to see that there are two boxes"
    assert feet == pytest.approx({i: 300.0 + 5 * i for i in range(1, 50) if i != 25}, abs=0.1)


def test_the_load_speaks_for_the_lorry_once_its_cab_is_out_of_the_picture():
    frames = [lorry(i) for i in range(45)]
    frames += [[car(402, 300 + 5 * i - 200, 116, 115, 0.6, "truck")] for i in range(45, 55)]
    tracked = follow(*frames)
    assert len(ids(tracked)) == 1
    assert tracked[-1][0].part


def test_a_small_car_in_front_of_a_bus_is_a_vehicle_of_its_own():
    frames = [[car(300, 100 + 2 * i, 300, 320, label="bus")] for i in range(10)]
    frames += [[car(300, 100 + 2 * i, 300, 320, label="bus"), car(350, 330 + 2 * i)] for i in range(10, 30)]
    assert len(ids(follow(*frames))) == 2


@pytest.mark.parametrize(
    ("box", "outside"),
    [
        (Box(100, 100, 50, 50), False),
        (Box(0, 100, 50, 50), True),
        (Box(1231, 100, 50, 50), True),
        (Box(100, 671, 50, 50), True),
        (Box(100, 0, 50, 50), False),
    ],
    ids=["inside", "left", "right", "bottom", "top does not matter"],
)
def test_a_box_at_the_border_is_clipped(box, outside):
    assert clipped(box, 1280, 720) is outside
