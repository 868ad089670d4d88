"""What the overlay shows."""

import numpy as np
import pytest

from detectors.drawing import OverlayPainter, described
from detectors.frames import Frame
from detectors.tracking import TrackedVehicle
from streams.messages import Box
from tests.detectors.roadside_parts import Car, Street, passages, unit


def test_the_frame_itself_stays_as_it_was_and_every_vehicle_is_marked():
    street = Street(Car("AB12CDE", 60.0))
    roadside, painter = unit(street), OverlayPainter()
    for frame in street.frames(1.0):
        closed = roadside.process(frame)
        before = frame.image.copy()
        painted = painter.paint(frame, roadside.in_view, closed)
        assert np.array_equal(frame.image, before)
    assert (painted != before).any(axis=2).sum() > 300


@pytest.mark.parametrize(
    ("plate", "calibrated", "line"),
    [
        ("AB12CDE", True, "car  AB12CDE  60 km/h"),
        ("粤B7H527", False, "car  ?B7H527  no speed"),
        ("AB", True, "car  unreadable  60 km/h"),
    ],
)
def test_a_passage_in_one_line(plate, calibrated, line):
    (closed,) = passages(Street(Car(plate, 60.0)), calibrated=calibrated)
    assert described(closed.passage) == line


def test_passages_that_ended_stay_listed_for_a_while():
    street = Street(Car("AB12CDE", 150.0))
    roadside, painter = unit(street), OverlayPainter()
    listed = False
    for frame in street.frames(6.0):
        closed = roadside.process(frame)
        painted = painter.paint(frame, roadside.in_view, closed)
        listed = listed or bool(closed)
        corner = (painted[:20, :200] == 255).all(axis=2).any()
        assert corner == listed
    assert listed


def test_nobodys_face_goes_out_with_the_overlay():
    noise = np.random.default_rng(1).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    driver = TrackedVehicle(track_id=1, box=Box(100, 100, 200, 200), label="car", confidence=0.9)
    walker = Box(400, 100, 60, 200)
    painted = OverlayPainter().paint(Frame(0, 0, noise), [driver], people=[walker])
    glass, head, road = painted[130:170, 140:260], painted[104:130, 415:445], painted[400:470, 50:200]
    assert glass.std() < 30
    assert head.std() < 30
    assert road.std() > 60
