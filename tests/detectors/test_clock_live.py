"""A camera's stream against the wall clock, through real connecting and decoding."""

import itertools
from pathlib import Path

import av
import numpy as np
import pytest

from detectors.clock import ClockWatch
from detectors.live_source import LiveSource
from tests.detectors.test_capture_live import Camera

SECONDS, FPS = 24, 25
START_NS = 1_777_881_600_000_000_000


@pytest.fixture(scope="module")
def stream(tmp_path_factory):
    """A transport stream whose stamps say 25 frames a second."""
    path: Path = tmp_path_factory.mktemp("live") / "stream.ts"
    with av.open(str(path), "w") as container:
        video = container.add_stream(
            "libx264", rate=FPS, options={"tune": "zerolatency", "preset": "ultrafast"}
        )
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        for number in range(SECONDS * FPS):
            image = np.full((64, 96, 3), number % 200, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(video.encode(None))
    return path.read_bytes()


def watched(stream, wall_step_s, jump_at=None, jump_s=0.0):
    """What the watch says of a stream whose frames come ``wall_step_s`` apart by the wall clock."""
    calls = itertools.count()

    def wall_ns():
        number = next(calls)
        late = jump_s if jump_at is not None and number >= jump_at else 0.0
        return START_NS + round((number * wall_step_s + late) * 1e9)

    server = Camera(stream)
    source = LiveSource(server.url, timeout_s=5, clock_ns=wall_ns)
    watch, frames = ClockWatch(), []
    for frame in source.frames():
        watch.see(frame.index, frame.captured_at_ns, frame.arrival)
        frames.append(frame)
        if len(frames) >= (SECONDS - 2) * FPS:
            break
    source.close()
    server.close()
    return watch, frames


def test_a_stream_in_step_with_the_wall_clock_is_measured_with(stream):
    watch, frames = watched(stream, 0.04)
    assert watch.reason_between(frames[-50].captured_at_ns, frames[-1].captured_at_ns) is None
    assert abs(watch.drift_ppm) < 200


@pytest.mark.parametrize("wall_step_s", [0.048, 0.0333], ids=["20 % slow", "20 % fast"])
def test_a_stream_whose_stamps_run_wrong_is_void_throughout(stream, wall_step_s):
    watch, frames = watched(stream, wall_step_s)
    for first, last in itertools.pairwise(range(0, len(frames), 40)):
        assert watch.reason_between(frames[first].captured_at_ns, frames[last].captured_at_ns) is not None
    assert "clock-drift" in {event.kind for event in watch.events()}


@pytest.mark.parametrize("jump_s", [0.5, -0.5, 4.0])
def test_a_jump_of_either_clock_is_void_where_it_was_and_reported(stream, jump_s):
    watch, frames = watched(stream, 0.04, jump_at=350, jump_s=jump_s)
    assert watch.reason_between(frames[330].captured_at_ns, frames[360].captured_at_ns) is not None
    assert watch.reason_between(frames[255].captured_at_ns, frames[300].captured_at_ns) is None
    assert {event.kind for event in watch.events()} == {"clock-jump"}
