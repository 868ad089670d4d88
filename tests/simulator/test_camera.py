"""The camera projects the road as a pinhole does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwitness.simulator.camera import aim
from roadwitness.simulator.scene import demo_scene

CAMERA = aim(x_m=1.0, height_m=5.0, near_y_m=10.0, at_x_m=3.0, focal_px=1800.0, width=1280, height=720)


@given(x=st.floats(-10, 20), y=st.floats(8, 200))
def test_a_road_point_survives_the_way_to_the_picture_and_back(x: float, y: float) -> None:
    pixels, _ = CAMERA.project(np.array([[x, y, 0.0]]))
    assert CAMERA.road_at(pixels)[0] == pytest.approx([x, y], abs=1e-5)


def test_what_is_higher_or_further_appears_higher_up() -> None:
    pixels, _ = CAMERA.project(np.array([[3.0, 20.0, 0.0], [3.0, 20.0, 1.0], [3.0, 30.0, 0.0]]))
    assert pixels[0, 1] > pixels[1, 1]
    assert pixels[0, 1] > pixels[2, 1]


def test_what_is_further_right_appears_further_right() -> None:
    pixels, _ = CAMERA.project(np.array([[1.0, 20.0, 0.0], [2.0, 20.0, 0.0]]))
    assert pixels[1, 0] > pixels[0, 0]


def test_the_sky_is_nowhere_on_the_road() -> None:
    level = aim(x_m=0, height_m=2.0, near_y_m=10.0, at_x_m=0, focal_px=700.0, width=1280, height=720)
    assert np.isnan(level.road_at(np.array([[640.0, 0.0]]))).all()


def test_the_demo_sees_at_least_25_metres_of_every_lane() -> None:
    scene = demo_scene()
    camera, road = scene.camera(), scene.road()
    for lane in range(scene.lanes):
        y = np.arange(5.0, 120.0, 0.5)
        pixels, _ = camera.project(np.column_stack([np.full_like(y, road.centre(lane)), y, np.zeros_like(y)]))
        inside = np.all((pixels >= 0) & (pixels <= [scene.width, scene.height]), axis=1)
        assert inside.sum() * 0.5 >= 25
