"""What is hidden in pictures that leave the pipeline unsealed."""

from __future__ import annotations

import pytest

from detectors.evidence import hidden_cabins
from detectors.tracking import TrackedVehicle
from streams.messages import Box


def vehicle(width: float, label: str = "car", left: float = 100.0) -> TrackedVehicle:
    return TrackedVehicle(track_id=1, box=Box(left, 100.0, width, 200.0), label=label, confidence=0.9)


@pytest.mark.parametrize("label", ["car", "truck", "bus", "motorcycle"])
def test_the_glass_is_hidden_where_no_face_was_found(label: str) -> None:
    (cabin,) = hidden_cabins([vehicle(200.0, label)], [])
    assert cabin.w > 0.8 * 200
    assert 100 <= cabin.y < cabin.y + cabin.h < 100 + 0.8 * 200


@pytest.mark.parametrize(
    ("face", "hidden"),
    [
        (Box(150.0, 130.0, 20.0, 25.0), 0),  # its own driver was found
        (Box(600.0, 130.0, 20.0, 25.0), 1),  # somebody else's face says nothing of this vehicle
    ],
)
def test_a_face_that_was_found_spares_its_own_glass_only(face: Box, hidden: int) -> None:
    assert len(hidden_cabins([vehicle(200.0)], [face])) == hidden


def test_a_vehicle_too_far_to_show_a_face_stays_as_it_is() -> None:
    assert hidden_cabins([vehicle(40.0)], []) == []


def test_the_lower_half_of_a_car_with_its_plate_is_never_hidden() -> None:
    (cabin,) = hidden_cabins([vehicle(200.0)], [])
    assert cabin.y + cabin.h < 100 + 0.6 * 200
