"""The frames' clock: lost frames are counted, jumps and drift found, and what they touch is void."""

import numpy as np
import pytest

from detectors.clock import ClockWatch
from detectors.frames import Arrival, CaptureCounts

START_NS = 1_777_881_600_000_000_000
FRAME_S = 0.04


def live(seconds=40.0, rate=1.0, jump_at_s=None, jump_s=0.0, delay_s=0.05, seed=1, watch=None):
    """A watch that has seen a camera whose clock runs ``rate`` times as fast as the wall clock."""
    random = np.random.default_rng(seed)
    watch = watch or ClockWatch()
    arrived_before, latest_ns = 0.0, None
    for index, wall_s in enumerate(np.arange(0.0, seconds, FRAME_S)):
        camera_s = wall_s * rate + (jump_s if jump_at_s is not None and wall_s >= jump_at_s else 0.0)
        arrived_before = max(arrived_before, wall_s + delay_s + random.exponential(0.02))
        captured_ns = START_NS + round(camera_s * 1e9)
        # What a source gives always has rising times.
        if latest_ns is None or captured_ns > latest_ns:
            watch.see(index, captured_ns, Arrival(START_NS + round(arrived_before * 1e9), captured_ns))
            latest_ns = captured_ns
    return watch


def between(watch, from_s, until_s):
    return watch.reason_between(START_NS + round(from_s * 1e9), START_NS + round(until_s * 1e9))


def test_an_even_clock_is_trusted_and_its_rate_is_known():
    watch = live()
    assert between(watch, 30, 33) is None
    assert abs(watch.drift_ppm) < 400
    assert abs(watch.offset_ms) < 30
    assert 0 < watch.rate_sigma_ppm < 1000
    assert watch.dropped == 0
    assert watch.events() == []


@pytest.mark.parametrize("rate", [1.2, 0.8, 1.01, 0.995])
def test_a_clock_that_runs_wrong_voids_and_is_reported_once(rate):
    watch = live(rate=rate)
    assert "against the wall clock" in between(watch, 30, 33)
    assert watch.drift_ppm == pytest.approx((rate - 1) * 1e6, rel=0.1)
    assert [event.kind for event in watch.events()] == ["clock-drift"]
    assert watch.events() == []


def test_nothing_is_measured_before_the_clocks_were_compared_for_some_seconds():
    assert "long enough" in between(live(seconds=3), 1, 2)
    assert between(live(seconds=20), 15, 17) is None


@pytest.mark.parametrize("jump_s", [0.4, 0.1, -0.1, -0.5, 30.0, -6.0])
def test_a_jump_is_found_whichever_way_and_voids_only_what_it_touches(jump_s):
    watch = live(seconds=40, jump_at_s=25.0, jump_s=jump_s)
    assert "clock" in between(watch, 24.0, 26.0 + max(jump_s, 0))
    assert between(watch, 10.0, 13.0) is None
    assert between(watch, 37.0 + jump_s, 39.0 + jump_s) is None
    kinds = {event.kind for event in watch.events()}
    assert kinds == {"clock-jump"}


def test_a_slow_network_is_no_jump():
    watch, arrived = ClockWatch(), 0.0
    for index, wall_s in enumerate(np.arange(0.0, 30.0, FRAME_S)):
        arrived = max(arrived, wall_s + (1.4 if 12.0 <= wall_s < 12.6 else 0.05))
        came = Arrival(START_NS + round(arrived * 1e9), START_NS + round(wall_s * 1e9))
        watch.see(index, came.stream_ns, came)
    assert watch.events() == []
    assert between(watch, 11.5, 13.5) is None


def clip(times_s, indices=None, **kwargs):
    watch = ClockWatch(**kwargs)
    for index, at_s in zip(indices if indices is not None else range(len(times_s)), times_s, strict=True):
        watch.see(index, START_NS + round(at_s * 1e9))
    return watch


EVEN = np.arange(0.0, 8.0, FRAME_S)


def test_frames_that_never_came_are_counted_and_void_nothing():
    kept = [at for i, at in enumerate(EVEN) if i % 10 != 5]
    watch = clip(kept)
    assert watch.dropped == 20
    assert between(watch, 1, 3) is None


def test_frames_that_could_not_be_decoded_count_as_lost_too():
    indices = [i for i in range(len(EVEN)) if i % 10 != 5]
    assert clip(EVEN[indices], indices).dropped == 20


def test_a_clip_whose_clock_was_set_back_voids_what_spans_it():
    # Between the two, fifty pictures bore times that had been before, and were left out.
    times = np.concatenate([EVEN[:100], EVEN[100:]])
    indices = [*range(100), *range(150, 150 + 100)]
    watch = clip(times, indices)
    assert "set back by about 2.0" in between(watch, 3.0, 5.0)
    assert between(watch, 5.0, 7.0) is None
    assert [event.kind for event in watch.events()] == ["clock-jump"]


def test_a_clip_whose_times_contradict_its_coding_is_void():
    watch = clip(EVEN / 1.2)
    assert between(watch, 1, 2) is None
    watch.hear(CaptureCounts(coded_fps=25.0))
    assert "30.00 frames/s, the pictures' own coding 25.00" in between(watch, 1, 2)
    assert [event.kind for event in watch.events()] == ["clock-rate"]


@pytest.mark.parametrize("coded", [25.0, 50.0, 12.5, 75.0])
def test_coding_at_a_multiple_of_the_rate_is_no_contradiction(coded):
    watch = clip(EVEN)
    watch.hear(CaptureCounts(coded_fps=coded))
    assert between(watch, 1, 2) is None


def test_what_the_site_states_of_its_camera_settles_it():
    wrong, right = clip(EVEN / 1.2, stated_interval_s=FRAME_S), clip(EVEN, stated_interval_s=FRAME_S)
    right.hear(CaptureCounts(coded_fps=30.0))
    assert "the site states 40.00 ms" in between(wrong, 1, 2)
    assert between(right, 1, 2) is None


def test_pictures_without_times_are_not_measured_with():
    watch = clip(EVEN)
    watch.hear(CaptureCounts(untimed="the images of the folder do not say when they were taken"))
    assert "do not say" in between(watch, 1, 2)
