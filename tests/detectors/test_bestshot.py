"""Which pictures of a vehicle are kept: large, sharp, whole, apart in time, and never many."""

import cv2
import numpy as np
import pytest

from detectors.bestshot import BestShots, ShotSettings, StillKeeper, sharpness
from detectors.frames import Frame
from detectors.tracking import TrackedVehicle
from streams.messages import Box

START_NS = 1_777_881_600_000_000_000
LIMITS = ShotSettings(most=3, every_s=0.1, least_width_px=80.0)
NOISE = np.random.default_rng(3).integers(0, 255, (360, 640, 3), dtype=np.uint8)


def offer(shots, keeper, at_s, width, image=NOISE, left=100.0, part=False):
    frame = Frame(0, START_NS + round(at_s * 1e9), image)
    vehicle = TrackedVehicle(1, Box(left, 50.0, width, 120.0), "car", 0.9, part)
    still = keeper.take(frame, [vehicle], [])
    if still is not None:
        shots.offer(still, frame, vehicle)
    return still


def test_the_widest_few_are_kept_best_first():
    shots, keeper = BestShots(LIMITS), StillKeeper(LIMITS)
    for i, width in enumerate([90, 200, 100, 220, 150, 95]):
        offer(shots, keeper, i * 0.2, width)
    assert [s.vehicle.box.w for s in shots.shots] == [220, 200, 150]


def test_of_a_vehicle_that_keeps_its_size_the_shots_span_the_whole_time_it_is_seen():
    limits = ShotSettings(most=4, every_s=0.1)
    shots, keeper = BestShots(limits), StillKeeper(limits)
    for i in range(60):
        offer(shots, keeper, i * 0.1, 200)
    times = sorted((s.still.captured_at_ns - START_NS) * 1e-9 for s in shots.shots)
    assert times[0] < 1.5
    assert times[-1] > 5.5
    assert min(np.diff(times)) > 0.3


def test_frames_that_follow_too_soon_are_not_kept():
    shots, keeper = BestShots(LIMITS), StillKeeper(LIMITS)
    kept = [offer(shots, keeper, at, 200) is not None for at in (0.0, 0.04, 0.08, 0.12, 0.16, 0.24)]
    assert kept == [True, False, False, True, False, True]


@pytest.mark.parametrize("pictures", [True, False])
def test_a_still_holds_the_frame_only_where_pictures_are_made(pictures):
    shots, keeper = BestShots(LIMITS), StillKeeper(LIMITS, pictures=pictures)
    assert bool(offer(shots, keeper, 0.0, 200).jpeg) is pictures
    assert shots.shots[0].pixels.size > 0


def test_a_blurred_picture_loses_against_a_sharp_one_of_the_same_size():
    blurred = cv2.GaussianBlur(NOISE, (0, 0), 4)
    assert sharpness(blurred) < 0.5 * sharpness(NOISE)
    shots, keeper = BestShots(ShotSettings(most=1, every_s=0.1)), StillKeeper(LIMITS)
    offer(shots, keeper, 0.0, 200, NOISE)
    offer(shots, keeper, 0.2, 205, blurred)
    assert [s.vehicle.box.w for s in shots.shots] == [200]


def test_a_vehicle_that_is_half_outside_is_taken_only_for_want_of_a_better_one():
    shots, keeper = BestShots(ShotSettings(most=1)), StillKeeper(LIMITS)
    offer(shots, keeper, 0.0, 240, left=0.0)
    assert len(shots.shots) == 1
    offer(shots, keeper, 0.2, 120)
    assert [s.vehicle.box.w for s in shots.shots] == [120]


@pytest.mark.parametrize("kind", [{"width": 60}, {"width": 200, "part": True}], ids=["small", "a part"])
def test_what_cannot_be_read_is_not_kept(kind):
    shots, keeper = BestShots(LIMITS), StillKeeper(LIMITS)
    offer(shots, keeper, 0.0, **kind)
    assert shots.shots == ()


def test_a_shot_shows_the_vehicle_and_its_still_the_whole_frame():
    shots, keeper = BestShots(LIMITS), StillKeeper(LIMITS)
    offer(shots, keeper, 0.0, 200)
    (shot,) = shots.shots
    right, bottom = shot.left + shot.pixels.shape[1], shot.top + shot.pixels.shape[0]
    assert np.array_equal(shot.pixels, NOISE[shot.top : bottom, shot.left : right])
    assert shot.still.image().shape == NOISE.shape
