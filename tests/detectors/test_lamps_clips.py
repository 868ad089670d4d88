"""The lamps of the gantry clip, whose phases were taken down by eye from its frames.

Over the right carriageway hang two horizontal heads with a countdown each. From the first frame to the last
(6.2 s) the left one shows red while its countdown goes from 49 to 43, and the right one a green arrow while
its countdown goes from 17 to 11; none changes. On the left carriageway two heads show their backs.
"""

from __future__ import annotations

import numpy as np
import pytest

from detectors.capture import open_source
from detectors.frames import Frame
from detectors.lamps import LampReader, SignalHead
from detectors.lampwatch import LampWatch
from streams.messages import Box
from tests.conftest import shared_folder

pytestmark = pytest.mark.clips

START_NS = 1_777_881_600_000_000_000
LEFT = SignalHead("left", Box(949.5, 39.0, 20.5, 9.5), layout="horizontal")
RIGHT = SignalHead("right", Box(1013.0, 38.5, 21.0, 9.5), layout="horizontal")
#: Places that a person might draw by mistake, and that show no lamps.
NO_HEADS = {
    "the back of a head": Box(715, 33, 28, 12),
    "the back of a countdown": Box(691, 33, 25, 12),
    "the red countdown": Box(976, 37, 18, 14),
    "trees": Box(850, 60, 30, 12),
    "the red boards of the bridge": Box(715, 66, 60, 10),
}


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    path = shared_folder() / "data" / "clips" / "gantry-720p.mp4"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    source = open_source(str(path), START_NS)
    found = [Frame(f.index, f.captured_at_ns, f.image[:120].copy()) for f in source.frames()]
    source.close()
    return found


def test_each_head_has_one_phase_from_the_first_frame_to_the_last(frames):
    watch = LampWatch("gantry", "cam", [LEFT, RIGHT])
    for frame in frames:
        watch.see(frame)
    known = [p for p in watch.phases(0, 2**62) if p.state != "unknown"]
    first, last = frames[0].captured_at_ns, frames[-1].captured_at_ns
    assert [(p.signal_id, p.state, p.from_ns, p.until_ns) for p in known] == [
        ("left", "red", first, last),
        ("right", "green", first, last),
    ]


@pytest.mark.parametrize("head", [LEFT, RIGHT], ids=lambda h: h.signal_id)
def test_every_single_frame_shows_its_lamp(frames, head):
    reader = LampReader(head)
    shown = [reader.look(f.image, f.captured_at_ns).state for f in frames]
    truth = {"left": "red", "right": "green"}[head.signal_id]
    assert set(shown) <= {truth, None}
    assert shown.count(truth) >= 0.98 * len(shown)


@pytest.mark.parametrize("place", NO_HEADS)
def test_what_is_no_head_is_never_given_a_lamp(frames, place):
    watch = LampWatch("gantry", "cam", [SignalHead("none", NO_HEADS[place], layout="horizontal")])
    for frame in frames:
        watch.see(frame)
    assert {p.state for p in watch.phases(0, 2**62)} <= {"unknown", "dark"}


@pytest.mark.parametrize("shake_px", [1, 2])
def test_a_shaking_camera_is_followed(frames, shake_px):
    """Each lamp is seven pixels wide. The first second tells where the head is on average."""
    watch = LampWatch("gantry", "cam", [RIGHT])
    rng = np.random.default_rng(7)
    for frame in frames:
        dx, dy = rng.integers(-shake_px, shake_px + 1, 2)
        watch.see(Frame(frame.index, frame.captured_at_ns, np.roll(frame.image, (dy, dx), axis=(0, 1))))
    (last,) = watch.phases(frames[-1].captured_at_ns, frames[-1].captured_at_ns)
    assert last.state == "green"
    assert last.from_ns <= frames[0].captured_at_ns + 1e9
    assert {p.state for p in watch.phases(0, 2**62)} <= {"unknown", "green"}


def test_a_change_between_the_two_real_heads_is_dated_to_the_frame(frames):
    """From frame 80 on the red head hangs where the green one did; amber burns in it from 55 on."""
    watch = LampWatch("gantry", "cam", [SignalHead("spliced", RIGHT.region, layout="horizontal")])
    for frame in frames:
        image = frame.image.copy()
        red = frame.image[36:52, 946:974].copy()
        if frame.index >= 80:
            image[36:52, 1010:1038] = red
        elif frame.index >= 55:
            # A red lamp with as much green as red in it is amber; it is moved to the middle of the housing.
            head = red.astype(np.int16)
            lamp = head[3:12, 3:11].copy()
            lamp[..., 1] = np.maximum(lamp[..., 1], (0.6 * lamp[..., 2]).astype(np.int16))
            lamp[..., 0] = lamp[..., 0] // 3
            head[3:12, 3:11] = head[3:12, 17:25]
            head[3:12, 10:18] = lamp
            image[36:52, 1010:1038] = head.astype(np.uint8)
        watch.see(Frame(frame.index, frame.captured_at_ns, image))
    known = [p for p in watch.phases(0, 2**62) if p.state != "unknown"]
    assert [p.state for p in known] == ["green", "amber", "red"]
    for phase, index in zip(known[1:], (55, 80), strict=True):
        truth_ns = (frames[index - 1].captured_at_ns + frames[index].captured_at_ns) // 2
        assert abs(phase.from_ns - truth_ns) <= 1e6 * phase.uncertainty_ms <= 21e6
