"""Training pictures carry labels that fit them."""

from __future__ import annotations

import numpy as np

from roadwitness.simulator.sampling import training_frames


def test_labels_lie_in_their_pictures() -> None:
    for frame in training_frames(4, seed=11, width=640, height=360):
        assert frame.image.shape == (360, 640, 3)
        for label, (x, y, w, h) in frame.boxes:
            assert label in {"car", "motorcycle", "bus", "truck"}
            assert 0 <= x < x + w <= 640
            assert 0 <= y < y + h <= 360
        for x, y, w, h in frame.plates:
            assert 0 <= x < x + w <= 640
            assert 0 <= y < y + h <= 360


def test_a_seed_repeats_itself_and_another_does_not() -> None:
    first, again, other = (next(iter(training_frames(1, seed, 320, 180))).image for seed in (4, 4, 5))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
