from __future__ import annotations

import cv2
import numpy as np
import pytest

from detectors.redaction import redact
from streams.messages import Box


def textured(width: int = 200, height: int = 150) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 255, (height, width, 3), np.uint8)


def detail(image: np.ndarray) -> float:
    return float(cv2.Laplacian(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.CV_64F).var())


def test_a_region_loses_its_detail_and_the_rest_stays() -> None:
    image = textured()
    shown = redact(image, [Box(60, 50, 40, 50)], margin=0)
    assert detail(shown[50:100, 60:100]) < 0.01 * detail(image[50:100, 60:100])
    outside = np.ones(image.shape[:2], bool)
    outside[50:100, 60:100] = False
    assert (shown[outside] == image[outside]).all()


def test_faces_of_the_same_average_colours_look_the_same_afterwards() -> None:
    """Nothing but the averages is left, so nothing but the averages can be brought back."""
    one = np.full((64, 64, 3), 100, np.uint8)
    other = one.copy()
    one[::2, ::2], one[1::2, 1::2] = 140, 60
    other[::4], other[2::4] = 140, 60
    face = [Box(0, 0, 64, 64)]
    assert (one != other).mean() > 0.3
    assert np.abs(redact(one, face).astype(int) - redact(other, face).astype(int)).max() <= 1


@pytest.mark.parametrize("size", [1, 2, 3, 5, 9])
def test_small_regions_are_hidden_too(size: int) -> None:
    image = textured(30, 30)
    shown = redact(image, [Box(10, 10, size, size)], margin=0)[10 : 10 + size, 10 : 10 + size]
    colours = len(np.unique(shown.reshape(-1, 3), axis=0))
    assert size < 2 or detail(shown) < 0.35 * detail(image[10 : 10 + size, 10 : 10 + size])
    assert size > 4 or colours == 1


def test_the_margin_is_hidden_with_the_box() -> None:
    image = textured()
    shown = redact(image, [Box(60, 50, 40, 50)], margin=0.25)
    changed = np.argwhere((shown != image).any(axis=2))
    assert changed.min(axis=0) == pytest.approx([38, 50], abs=1)
    assert changed.max(axis=0) == pytest.approx([111, 109], abs=1)


@pytest.mark.parametrize(
    "box",
    [
        pytest.param(Box(-20, -20, 60, 60), id="over the corner"),
        pytest.param(Box(180, 130, 100, 100), id="over the other corner"),
        pytest.param(Box(500, 500, 10, 10), id="outside"),
        pytest.param(Box(50, 50, 0, 0), id="empty"),
    ],
)
def test_boxes_at_the_edge_are_cut_there(box: Box) -> None:
    image = textured()
    assert redact(image, [box]).shape == image.shape


def test_the_original_is_left_alone() -> None:
    image = textured()
    before = image.copy()
    redact(image, [Box(0, 0, 100, 100)])
    assert (image == before).all()
