"""A clip's times err as its clock is said to, and the truth knows both times of every frame."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from roadwitness.simulator import FAULTS, SceneRequest, SimulatorError, load_truth, simulate
from roadwitness.simulator.clip_time import frame_times


@pytest.mark.parametrize("fault", FAULTS)
def test_time_never_runs_backwards(fault: str) -> None:
    times = frame_times(fault, 100, 25, seed=3)
    assert np.all(np.diff([t.taken_s for t in times]) > 0)
    assert np.all(np.diff([t.stamped_s for t in times]) > 0)


@pytest.mark.parametrize(
    ("fault", "frames", "stamped_s"),
    [
        ("right", 100, 99 / 25),
        ("drift", 100, 99 / 25 * 0.97),
        ("fast-rate", 100, 99 / 30),
        ("jump", 100, 99 / 25 + 0.7),
    ],
)
def test_a_fault_is_as_large_as_it_says(fault: str, frames: int, stamped_s: float) -> None:
    times = frame_times(fault, 100, 25, seed=3)
    assert len(times) == frames
    assert times[-1].taken_s == pytest.approx(99 / 25)
    assert times[-1].stamped_s == pytest.approx(stamped_s, abs=1e-4)


def test_dropped_frames_are_the_same_whether_noticed_or_not() -> None:
    honest, unnoticed = (frame_times(fault, 200, 25, seed=4) for fault in ("dropped", "dropped-unnoticed"))
    assert [t.taken_s for t in honest] == [t.taken_s for t in unnoticed]
    assert all(t.taken_s == pytest.approx(t.stamped_s, abs=1e-4) for t in honest)
    assert np.diff([t.stamped_s for t in unnoticed]) == pytest.approx(1 / 25, abs=1e-4)
    assert np.diff([t.taken_s for t in honest]).max() > 0.45


def test_an_unknown_fault_is_one_sentence() -> None:
    with pytest.raises(SimulatorError, match="choose from right, jitter"):
        frame_times("late", 10, 25, seed=1)


@pytest.mark.parametrize("fault", ["jump", "dropped"])
def test_the_clip_carries_the_times_that_the_truth_states(fault: str, tmp_path: Path) -> None:
    request = SceneRequest(name="straight", clock=fault, seconds=9.0, vehicles=2, width=160, height=90, fps=8)
    site = simulate(tmp_path / "site", request)
    truth = load_truth(site.truth_file)
    with av.open(str(site.clip)) as container:
        stamps = [float(frame.time) for frame in container.decode(video=0)]
    assert truth.frames == len(stamps) == len(truth.clock.taken_s)
    assert stamps == pytest.approx(truth.clock.stamped_s, abs=1e-4)
    assert truth.clock.fault == fault
    for vehicle in truth.vehicles:
        first, last = vehicle.path[0], vehicle.path[-1]
        lasted_s = truth.clock.taken_s[last.frame] - truth.clock.taken_s[first.frame]
        assert (first.y_m - last.y_m) / lasted_s * 3.6 == pytest.approx(vehicle.speed_kmh, abs=0.01)
