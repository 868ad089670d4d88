from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from detectors.frames import SourceError
from detectors.live_source import LiveSource


@pytest.fixture(scope="module")
def broadcast(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One second of MPEG transport stream."""
    path = tmp_path_factory.mktemp("live") / "stream.ts"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"tune": "zerolatency"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for i in range(25):
            image = np.full((64, 96, 3), 5 * i, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    return path.read_bytes()


class Camera:
    """A server that sends the broadcast to each caller and hangs up."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self.calls = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            self.calls += 1
            with caller:
                caller.sendall(self._content)

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def camera(broadcast: bytes) -> Iterator[Camera]:
    camera = Camera(broadcast)
    yield camera
    camera.close()


def connect(camera: Camera) -> LiveSource:
    return LiveSource(camera.url, timeout_s=5, first_pause_s=0.01, longest_pause_s=0.05)


def test_frames_bear_the_wall_clocks_time_and_the_streams_distances(camera: Camera) -> None:
    before = time.time_ns()
    source = connect(camera)
    frames = list(itertools.islice(source.frames(), 20))
    source.close()
    assert source.live
    assert (source.width, source.height) == (96, 64)
    assert before <= frames[0].captured_at_ns <= time.time_ns()
    distances_ms = [(b.captured_at_ns - a.captured_at_ns) / 1e6 for a, b in itertools.pairwise(frames)]
    assert distances_ms == pytest.approx([40.0] * 19, abs=0.1)


def test_a_camera_that_hangs_up_is_called_again_and_times_go_on(camera: Camera) -> None:
    source = connect(camera)
    times = [frame.captured_at_ns for frame in itertools.islice(source.frames(), 40)]
    source.close()
    assert source.counts.reconnects >= 1
    assert camera.calls >= 2
    assert all(earlier < later for earlier, later in itertools.pairwise(times))


def test_closing_ends_a_source_that_waits_for_its_camera(camera: Camera) -> None:
    source = LiveSource(camera.url, timeout_s=5, first_pause_s=0.01, longest_pause_s=60)
    frames = source.frames()
    next(frames)
    camera.close()
    threading.Timer(0.5, source.close).start()
    started = time.monotonic()
    for _ in frames:
        pass
    assert time.monotonic() - started < 10


def test_a_camera_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(SourceError) as raised:
        LiveSource(f"rtsp://officer:hunter2@127.0.0.1:{port}/gate", first_pause_s=0.01, timeout_s=2)
    assert "cannot be reached" in str(raised.value)
    assert "hunter2" not in str(raised.value)
