"""What is hidden in pictures that leave the pipeline unsealed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from detectors.cabins import glass_of, hidden_cabins
from detectors.driver_picture import driver_picture
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


class TestDriverPicture:
    """What is sealed of the driver."""

    IMAGE = np.random.default_rng(7).integers(0, 255, (400, 500, 3), np.uint8)

    def picture(self, one: TrackedVehicle, *faces: Box) -> np.ndarray:
        made = driver_picture(self.IMAGE, one, faces)
        assert made is not None
        content, (width, height) = made
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        assert pixels.shape == (height, width, 3)
        return pixels

    def test_it_is_the_glass_pixel_for_pixel(self) -> None:
        one, pixels = vehicle(200.0), self.picture(vehicle(200.0))
        glass = glass_of(one)
        assert pixels.shape[1] == pytest.approx(1.1 * glass.w, abs=2)
        left, top = round(glass.x - 0.05 * glass.w), round(glass.y - 0.05 * glass.h)
        height, width = pixels.shape[:2]
        assert np.array_equal(pixels, self.IMAGE[top : top + height, left : left + width])

    def test_a_face_that_was_found_beside_the_glass_is_on_it_and_nobody_elses(self) -> None:
        lower = Box(150.0, 190.0, 20.0, 30.0)
        assert self.picture(vehicle(200.0), lower).shape[0] > self.picture(vehicle(200.0)).shape[0]
        others = Box(400.0, 300.0, 20.0, 30.0)
        assert self.picture(vehicle(200.0), others).shape == self.picture(vehicle(200.0)).shape

    def test_nothing_is_made_where_nobody_could_be_known_again(self) -> None:
        assert driver_picture(self.IMAGE, vehicle(40.0), []) is None
        assert driver_picture(self.IMAGE, vehicle(200.0, left=700.0), []) is None
