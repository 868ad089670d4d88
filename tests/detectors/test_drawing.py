"""What the overlay shows."""

import numpy as np
import pytest

from detectors.drawing import OverlayPainter, described
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
