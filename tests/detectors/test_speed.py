"""Speeds: right where the track is right, void with a reason where it is not, never clamped."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.calibration import Calibration, ControlPoint
from detectors.speed import SpeedSettings, measure_speed
from streams.messages import TrackPoint

START_NS = 1_777_881_600_000_000_000


def camera(**kwargs):
    """A camera 6 m above the road that looks along it: y px = 40 + 6000 / metres ahead."""
    pixels = [(x, y) for y in (690.0, 400.0, 250.0, 180.0) for x in (200.0, 640.0, 1100.0)]
    points = []
    for x, y in pixels:
        ahead = 6000.0 / (y - 40.0)
        points.append(ControlPoint((x, y), ((x - 640.0) * ahead / 1000.0, ahead)))
    return Calibration.from_points("straight", (1280, 720), points, **kwargs)


def drive(kmh, seconds=1.2, fps=25.0, start_m=42.0, noise_px=0.0, acceleration=0.0, seed=1, times=None):
    """The foot of a vehicle that comes nearer, as a detector would give it."""
    random = np.random.default_rng(seed)
    moments = np.arange(0.0, seconds, 1 / fps) if times is None else np.asarray(times)
    ahead = start_m - kmh / 3.6 * moments - acceleration * moments**2 / 2
    image = camera().road_to_image(np.column_stack([np.full_like(ahead, 1.5), ahead]))
    image = image + random.normal(0, noise_px, image.shape) if noise_px else image
    return [
        TrackPoint(START_NS + round(t * 1e9), float(x), float(y))
        for t, (x, y) in zip(moments, image, strict=True)
        if np.isfinite(x)
    ]


@pytest.mark.parametrize("kmh", [20, 55, 80, 100, 115])
def test_an_even_motion_gives_its_speed(kmh):
    measured = measure_speed(drive(kmh, seconds=1.2), camera())
    assert measured.speed_kmh == pytest.approx(kmh, abs=0.01)
    assert measured.void_reason is None
    assert measured.uncertainty_kmh > 0


@settings(max_examples=40, deadline=None)
@given(kmh=st.floats(55, 115), seed=st.integers(0, 10_000))
def test_a_jittering_box_leaves_the_speed_within_its_stated_uncertainty_or_three_kmh(kmh, seed):
    measured = measure_speed(drive(kmh, seconds=1.1, noise_px=1.2, seed=seed), camera())
    assert measured.void_reason is not None or abs(measured.speed_kmh - kmh) < min(
        3.0, 1.7 * measured.uncertainty_kmh
    )


def test_a_few_wild_boxes_do_not_move_the_speed():
    track = drive(90, seconds=0.9)
    for i in (4, 11, 17):
        p = track[i]
        track[i] = TrackPoint(p.captured_at_ns, p.x_px, p.y_px + 25)
    assert measure_speed(track, camera()).speed_kmh == pytest.approx(90, abs=1.0)


def test_time_is_taken_from_the_frames_and_not_from_their_number():
    steady = np.arange(0.0, 0.9, 0.04)
    halting = steady[[i for i in range(len(steady)) if i % 5 != 2]]
    assert measure_speed(drive(70, times=halting), camera()).speed_kmh == pytest.approx(70, abs=0.01)


def test_more_noise_means_more_uncertainty():
    any_worth = SpeedSettings(largest_uncertainty_kmh=20)
    quiet = measure_speed(drive(80, noise_px=0.3), camera(), any_worth).uncertainty_kmh
    loud = measure_speed(drive(80, noise_px=3.0), camera(), any_worth).uncertainty_kmh
    assert loud > quiet


def test_only_the_measured_stretch_counts():
    limits = SpeedSettings(stretch_m=(20.0, 30.0))
    measured = measure_speed(drive(60, seconds=2.0), camera(), limits)
    assert measured.speed_kmh == pytest.approx(60, abs=0.01)
    assert measured.base_m <= 10.0


BRIEF = SpeedSettings(least_duration_s=0.1)
PAST, FUTURE = START_NS - 10, START_NS + 10**15


@pytest.mark.parametrize(
    ("track", "calibration", "limits", "says"),
    [
        (drive(80), None, SpeedSettings(), "no calibration"),
        ([], camera(), SpeedSettings(), "never seen whole"),
        (drive(80), camera(valid_until_ns=PAST), SpeedSettings(), "not valid"),
        (drive(80), camera(valid_from_ns=FUTURE), SpeedSettings(), "not valid"),
        (drive(80, seconds=0.2), camera(), SpeedSettings(), "only 5 points"),
        (drive(80, seconds=0.2, fps=100), camera(), SpeedSettings(), "seen for 0.19 s only"),
        (drive(0), camera(), SpeedSettings(), "moved 0.0 m only"),
        (drive(80), camera(), SpeedSettings(stretch_m=(200.0, 300.0)), "never inside the measured stretch"),
        (drive(80, noise_px=40), camera(), SpeedSettings(), "scatter"),
        (drive(30, acceleration=25.0, seconds=1.1), camera(), SpeedSettings(), "acceleration|scatter"),
        (drive(900, seconds=0.15, fps=200, start_m=60), camera(), BRIEF, "plausible"),
        (list(reversed(drive(80))), camera(), SpeedSettings(), "do not increase"),
    ],
    ids=[
        "no calibration", "no points", "expired", "not yet", "few points", "short time", "standing",
        "outside", "scattered", "jumping ahead", "absurd", "clock backwards",
    ],
)  # fmt: skip
def test_what_is_no_measurement_is_void_with_its_reason(track, calibration, limits, says):
    measured = measure_speed(track, calibration, limits)
    assert measured.speed_kmh is None
    assert measured.uncertainty_kmh is None
    assert re.search(says, measured.void_reason)


def test_a_point_above_the_horizon_is_left_out_and_not_extrapolated():
    track = drive(80, seconds=0.9)
    sky = TrackPoint(track[-1].captured_at_ns + 40_000_000, 640.0, 5.0)
    assert measure_speed([*track, sky], camera()).speed_kmh == pytest.approx(80, abs=0.01)
