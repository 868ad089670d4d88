"""Which frames the vehicle detector looks at."""

import numpy as np
import pytest

from detectors.frames import Frame
from detectors.looking import LookPlanner, LookSettings
from detectors.pipeline import PipelineSettings
from detectors.tracking import TrackedVehicle
from streams.encoding import encode
from streams.messages import Box
from tests.detectors.roadside_parts import Car, Street, passages, unit

START_NS = 1_777_881_600_000_000_000
EMPTY = np.zeros((4, 4, 3), np.uint8)


def looks(times_s, settings=None, boxes=lambda _at_s: []):
    """The indices of the frames that are looked at; ``boxes`` says what each look shows."""
    planner, seen = LookPlanner(settings), []
    for index, at_s in enumerate(times_s):
        frame = Frame(index, START_NS + round(at_s * 1e9), EMPTY)
        if planner.is_due(frame):
            seen.append(index)
            planner.looked(frame, [TrackedVehicle(i, b, "car", 0.9) for i, b in enumerate(boxes(at_s))])
    return seen


@pytest.mark.parametrize("fps", [15, 25, 30, 50, 60])
def test_a_slow_scene_is_looked_at_about_twelve_times_a_second(fps):
    seen = looks([i / fps for i in range(10 * fps)])
    assert len(seen) == pytest.approx(125, abs=1)
    assert set(np.diff(seen)) <= {int(fps / 12.5), int(fps / 12.5) + 1}


@pytest.mark.parametrize("fps", [1, 5, 12.5])
def test_a_camera_that_gives_few_frames_has_each_looked_at(fps):
    assert looks([i / fps for i in range(40)]) == list(range(40))


@pytest.mark.parametrize("every", [1, 2, 3, 7])
def test_a_number_that_was_set_is_kept_whatever_moves(every):
    def dashing(at_s):
        return [Box(100 + 5000 * at_s, 100, 60, 60)]

    seen = looks([i / 25 for i in range(30)], LookSettings(every=every), dashing)
    assert seen == list(range(0, 30, every))


@pytest.mark.parametrize(
    ("speed_px_s", "each"),
    [pytest.param(60, 2, id="slow"), pytest.param(240, 2, id="usual"), pytest.param(600, 1, id="very fast")],
)
def test_what_crosses_the_picture_fast_is_looked_at_oftener(speed_px_s, each):
    seen = looks([i / 25 for i in range(30)], boxes=lambda at_s: [Box(speed_px_s * at_s, 100, 90, 60)])
    assert seen[4:8] == list(range(seen[4], seen[4] + 4 * each, each))


def test_after_the_fast_one_has_gone_the_rhythm_is_the_old_one():
    seen = looks(
        [i / 25 for i in range(60)], boxes=lambda at_s: [Box(700 * at_s, 0, 90, 60)] if at_s < 1 else []
    )
    assert np.diff(seen[-8:]).tolist() == [2] * 7


def test_frames_that_a_live_source_lost_cost_few_looks():
    arrived = [i / 25 for i in range(100) if i % 3]
    assert len(looks(arrived)) >= 0.9 * len(looks([i / 25 for i in range(100)]))


def test_looking_at_every_zeroth_frame_is_refused():
    with pytest.raises(ValueError, match="every is 0"):
        LookSettings(every=0)


def test_the_detector_is_asked_on_frames_that_are_due_only():
    street = Street(Car("AB12CDE", 60.0))
    for every, asked in ((1, 150), (2, 75), (3, 50)):
        roadside = unit(street, settings=PipelineSettings("cam", "site", looking=LookSettings(every=every)))
        for frame in street.frames(6.0):
            roadside.process(frame)
        assert roadside.clock.stages["vehicles"].calls == asked


@pytest.mark.parametrize("every", [None, 1, 2, 3])
def test_fewer_looks_measure_the_same_speed_and_read_the_same_plate(every):
    settings = PipelineSettings("cam", "site", looking=LookSettings(every=every))
    street = Street(Car("AB12CDE", 60.0, x=60), Car("XY98ZZZ", 90.0, x=400))
    found = sorted(passages(street, settings=settings), key=lambda c: c.passage.speed.speed_kmh)
    assert [c.passage.plate.text for c in found] == ["AB12CDE", "XY98ZZZ"]
    assert [c.passage.speed.speed_kmh for c in found] == pytest.approx([60, 90], abs=0.5)
    again = sorted(passages(street, settings=settings), key=lambda c: c.passage.speed.speed_kmh)
    assert [encode(c.passage) for c in again] == [encode(c.passage) for c in found]
