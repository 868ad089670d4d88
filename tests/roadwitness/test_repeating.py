"""A simulated unit: its clip again and again, as if a camera were filming it now."""

from __future__ import annotations

import itertools
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.frames import Frame, SourceError
from roadwitness.repeating import repeated
from roadwitness.simulator import SimulatedSite
from streams.connect import open_bus
from streams.encoding import decode
from streams.messages import Passage
from streams.topics import Topic
from tests.roadwitness.command import Running

EVERY_S = 30
SECOND = 1_000_000_000
NOON = 1_800_000_000 * SECOND


def rounds_of(clip: Path, recorded_at_ns: int, now: Callable[[], int], count: int) -> list[list[Frame]]:
    """The frames of the first rounds."""
    stop = threading.Event()
    sources = itertools.islice(repeated(str(clip), recorded_at_ns, EVERY_S, stop, now), count)
    return [list(source.frames()) for source in sources]


@settings(max_examples=8, deadline=None)
@given(recorded_s=st.integers(0, 200), started_s=st.integers(0, 200))
def test_the_newest_round_that_has_begun_comes_first(
    site: SimulatedSite, recorded_s: int, started_s: int
) -> None:
    recorded_ns, now_ns = NOON + recorded_s * SECOND, NOON + (1000 + started_s) * SECOND
    rounds = repeated(str(site.clip), recorded_ns, EVERY_S, threading.Event(), lambda: now_ns)
    first = next(next(rounds).frames())
    assert now_ns - EVERY_S * SECOND < first.captured_at_ns <= now_ns
    assert (first.captured_at_ns - recorded_ns) % (EVERY_S * SECOND) == 0


def test_rounds_follow_each_other_and_nothing_else_changes(site: SimulatedSite) -> None:
    # A clock that leaps: whatever comes is due, and never two rounds at once.
    leaps = itertools.count(NOON, EVERY_S * SECOND)
    first, second = rounds_of(site.clip, NOON - 60 * SECOND, lambda: next(leaps), 2)
    assert len(first) == len(second) > 100
    moved = {b.captured_at_ns - a.captured_at_ns for a, b in zip(first, second, strict=True)}
    assert len(moved) == 1
    assert moved.pop() % (EVERY_S * SECOND) == 0
    assert [frame.index for frame in first] == [frame.index for frame in second]


def test_no_frame_comes_before_its_time(site: SimulatedSite) -> None:
    ahead_ns = SECOND // 3
    now_ns = time.time_ns()
    recorded_ns = now_ns + ahead_ns - EVERY_S * SECOND
    # The round that has begun ended long ago by then; the next begins in a moment.
    rounds = repeated(str(site.clip), recorded_ns, EVERY_S, threading.Event())
    next(rounds)
    for frame in itertools.islice(next(rounds).frames(), 10):
        assert frame.captured_at_ns <= time.time_ns()
    assert time.time_ns() - now_ns >= ahead_ns


def test_a_stop_ends_the_wait_for_the_next_frame(site: SimulatedSite) -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    for source in repeated(str(site.clip), time.time_ns() - SECOND, 1000, stop):
        assert len(list(source.frames())) < 60
    assert time.monotonic() - began < 5


def test_a_live_camera_repeats_nothing() -> None:
    with pytest.raises(SourceError, match="leave out --repeat"):
        next(repeated("rtsp://camera/1", 0, EVERY_S, threading.Event()))


def test_a_unit_asked_to_stop_hands_over_what_it_saw(site: SimulatedSite, tmp_path: Path) -> None:
    bus_url = f"local:{tmp_path / 'bus.sqlite'}"
    with Running("edge", site.site_file, "--bus", bus_url, "--repeat", "8") as unit:
        unit.wait_for(r"(?s)passages of demo-a1-north published.*passages of demo-a1-north published")
        assert unit.end(signal.SIGTERM) == 0
    bus = open_bus(bus_url)
    passages = [decode(record.value, Passage) for record in bus.recall(Topic.PASSAGES)]
    bus.close()
    assert len(passages) >= 6
    assert len({passage.passage_id for passage in passages}) == len(passages)
    assert all(abs(passage.started_at_ns - time.time_ns()) < 120 * SECOND for passage in passages)
