"""What a controller says of its signals: read with care, and weighed against what the camera sees."""

from __future__ import annotations

import json
import socket
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from detectors.frames import Frame
from detectors.lampwatch import REPEAT_S, LampWatch, combine
from detectors.line_source import FeedError, TcpLines, open_lines
from detectors.signal_feed import SignalFeed
from streams.messages import LampPhase
from tests.detectors.lamp_parts import START_NS, Scene, frames

START = datetime.fromtimestamp(START_NS / 1e9, UTC)
FAR_NS = 2**62


def line(at_s: float, state: str, signal_id: str = "s1", **more: object) -> str:
    at = (START + timedelta(seconds=at_s)).isoformat().replace("+00:00", "Z")
    return json.dumps({"signal_id": signal_id, "state": state, "at": at, **more})


def spoken(script: str, every_s: float = 2.0) -> list[str]:
    """The lines of a controller that repeats itself, for a script such as ``green 2 amber 3``."""
    words, found, at_s = script.split(), [], 0.0
    for state, lasts in zip(words[::2], words[1::2], strict=True):
        until_s = at_s + float(lasts)
        while at_s < until_s - 1e-9:
            found.append(line(at_s, state))
            at_s = min(at_s + every_s, until_s)
    return found


def feed_of(tmp_path: Path, lines: list[str], signals: tuple[str, ...] = ("s1",)) -> SignalFeed:
    path = tmp_path / "signals.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return SignalFeed(open_lines(str(path)), signals)


def told(feed: SignalFeed, until_s: float) -> list[tuple[str, float, float]]:
    feed.poll(START_NS + round(until_s * 1e9))
    phases = feed.records["s1"].phases(0, FAR_NS)
    return [(p.state, *(round((t - START_NS) * 1e-9, 2) for t in (p.from_ns, p.until_ns))) for p in phases]


def test_messages_become_phases_that_reach_to_the_latest_message(tmp_path):
    feed = feed_of(tmp_path, spoken("green 4 amber 3 red 5"))
    assert told(feed, 11.5) == [("green", 0, 4), ("amber", 4, 7), ("red", 7, 11)]


def test_what_is_recorded_for_later_is_not_known_yet(tmp_path):
    feed = feed_of(tmp_path, spoken("green 4 amber 3 red 5"))
    assert told(feed, 5.0)[-1] == ("amber", 4, 4)
    assert told(feed, 20.0)[-1] == ("red", 7, 11)


def test_after_a_long_silence_nobody_knows_what_was_shown(tmp_path):
    feed = feed_of(tmp_path, [line(0, "red"), line(2, "red"), line(40, "red")])
    assert told(feed, 50) == [("red", 0, 2), ("unknown", 2, 40), ("red", 40, 40)]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{", "is wrong"),
        ('{"signal_id": "s1", "state": "red"}', "missing required field `at`"),
        (line(1, "crimson"), "Invalid enum value 'crimson'"),
        (line(1, "red", uncertainty_ms=-4), "uncertainty_ms"),
        ('{"signal_id": "s1", "state": "red", "at": "2026-05-04T08:00:01"}', "no zone"),
        ("\xff", "is wrong"),
    ],
)
def test_a_wrong_message_is_left_out_and_told_once(tmp_path, wrong, said):
    feed = feed_of(tmp_path, [line(0, "green"), wrong, wrong, line(2, "green")])
    events = feed.poll(START_NS + 3 * 10**9)
    assert [e.kind for e in events] == ["signal-feed"]
    assert said in events[0].detail
    assert told(feed, 3)[-1] == ("green", 0, 2)


def test_times_that_do_not_increase_are_left_out(tmp_path):
    feed = feed_of(tmp_path, [line(2, "green"), line(1, "red"), line(2, "red"), line(3, "green")])
    assert "do not increase" in feed.poll(START_NS + 4 * 10**9)[0].detail
    assert told(feed, 4) == [("green", 2, 3)]


def test_other_signals_of_the_controller_are_not_ours(tmp_path):
    feed = feed_of(tmp_path, [line(0, "red", "s9"), line(1, "green")])
    assert feed.poll(START_NS + 2 * 10**9) == []
    assert told(feed, 2) == [("green", 1, 1)]


@pytest.mark.parametrize("address", ["udp://here:1", "tcp://here", "tcp://here:99999", "tcp://:80"])
def test_an_address_of_another_kind_is_refused(address):
    with pytest.raises(FeedError, match="write tcp://host:port, or name a file"):
        open_lines(address)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FeedError, match="name a file of JSON lines"):
        open_lines(str(tmp_path / "none.jsonl"))


def test_lines_over_tcp_arrive_and_those_from_the_future_are_refused():
    with socket.create_server(("127.0.0.1", 0)) as server:
        source = TcpLines("127.0.0.1", server.getsockname()[1])
        feed = SignalFeed(source, ("s1",))
        connection, _ = server.accept()
        with connection:
            connection.sendall((line(0, "green") + "\n" + line(30, "red") + "\n" + line(1, "gr")).encode())
            deadline = time.monotonic() + 5
            events = []
            while not events and time.monotonic() < deadline:
                events = feed.poll(START_NS + 10**9)
                time.sleep(0.01)
            assert [e.detail for e in events] == [
                "the signal feed's clock is 29.0 s ahead; its messages are left out"
            ]
            assert told(feed, 2) == [("green", 0, 0)]
    source.close()


def phase(
    state: str, from_s: float, until_s: float, source: str = "camera", doubt_ms: float = 20.0
) -> LampPhase:
    return LampPhase("s1", state, round(from_s * 1e9), round(until_s * 1e9), doubt_ms, source)


def said(state: str, from_s: float, until_s: float, doubt_ms: float = 100.0) -> LampPhase:
    return phase(state, from_s, until_s, "controller", doubt_ms)


def states_at(phases: tuple[LampPhase, ...], *moments_s: float) -> list[str | None]:
    return [next((p.state for p in phases if p.from_ns <= t * 1e9 <= p.until_ns), None) for t in moments_s]


def test_where_both_agree_the_controller_holds_no_surer_than_they_differ():
    phases, clash = combine(
        [phase("green", 0, 9.9), phase("red", 10.2, 20)], [said("green", 0, 10), said("red", 10.0, 20)]
    )
    assert clash is None
    red = phases[-1]
    assert (red.state, red.source, red.from_ns) == ("red", "controller", 10 * 10**9)
    assert red.uncertainty_ms == pytest.approx(220.0)


def test_where_they_contradict_one_another_nothing_is_known():
    phases, clash = combine([phase("green", 0, 20)], [said("green", 0, 10), said("red", 10, 20)])
    assert clash is not None
    assert states_at(phases, 5, 15) == ["green", "unknown"]


def test_a_red_that_the_camera_sees_later_is_red_from_then_on():
    seen = [phase("amber", 5, 12), phase("red", 12, 20)]
    phases, clash = combine(seen, [said("amber", 5, 10), said("red", 10, 20)])
    assert clash is not None
    assert states_at(phases, 7, 11, 15) == ["amber", "unknown", "red"]


def test_a_dark_head_contradicts_a_controller_that_says_red():
    phases, _ = combine([phase("dark", 0, 20)], [said("red", 0, 20)])
    assert states_at(phases, 10) == ["unknown"]


def test_what_only_one_knows_holds():
    phases, clash = combine([phase("unknown", 0, 5), phase("red", 5, 20)], [said("red", 0, 10)])
    assert clash is None
    assert states_at(phases, 2, 7, 15) == ["red", "red", "red"]
    assert [p.source for p in phases] == ["controller", "camera"]


def test_red_with_amber_is_red_enough_for_both():
    assert combine([phase("red", 0, 20)], [said("red_amber", 0, 20)])[1] is None


def test_changes_are_passed_on_and_repeated():
    scene = Scene()
    watch = LampWatch("junction", "cam", [scene.head()])
    passed = []
    for frame in frames(scene, "green 3 amber 3 red 12"):
        watch.see(frame)
        passed += watch.changes()
    assert all(
        (c.junction_id, c.signal_id, c.camera_id, c.source) == ("junction", "s1", "cam", "camera")
        for c in passed
    )
    runs = [c for i, c in enumerate(passed) if i == 0 or c.state != passed[i - 1].state]
    assert [c.state for c in runs] == ["unknown", "green", "amber", "red"]
    red = [c for c in passed if c.state == "red"]
    assert (red[0].at_ns - START_NS) * 1e-9 == pytest.approx(6.0, abs=0.021)
    gaps = [(b.at_ns - a.at_ns) * 1e-9 for a, b in pairwise(red)]
    assert len(gaps) == 2
    assert all(gap == pytest.approx(REPEAT_S, abs=0.3) for gap in gaps)


def test_a_contradiction_is_told_once(tmp_path):
    scene = Scene()
    watch = LampWatch("junction", "cam", [scene.head()], [feed_of(tmp_path, spoken("red 12"))])
    events = []
    for frame in frames(scene, "green 10"):
        watch.see(frame)
        watch.changes()
        events += watch.events()
    assert [e.kind for e in events] == ["signal-contradiction"]
    assert "s1" in events[0].detail
    assert {p.state for p in watch.phases(START_NS + 3 * 10**9, START_NS + 8 * 10**9)} == {"unknown"}


def test_silence_is_told_once_until_the_controller_speaks_again(tmp_path):
    feed = feed_of(tmp_path, [line(0, "red"), line(40, "red")])
    events = [(at_s, e.detail) for at_s in range(70) for e in feed.poll(START_NS + at_s * 10**9)]
    assert events == [
        (16, "nothing was heard of signal s1 for 15 s"),
        (56, "nothing was heard of signal s1 for 15 s"),
    ]


def test_a_head_that_is_never_known_is_told():
    watch = LampWatch("junction", "cam", [Scene().head()])
    grey = np.full((112, 88, 3), 200, np.uint8)
    events = []
    for index in range(500):
        watch.see(Frame(index, START_NS + index * 10**9, grey))
        events += watch.events()
    assert [e.kind for e in events] == ["signal-unknown"]
    assert events[0].detail == "the camera has not known signal s1 for 300 s: washed out"


def test_a_signal_without_a_head_is_known_from_its_controller(tmp_path):
    watch = LampWatch("junction", "cam", (), [feed_of(tmp_path, spoken("green 2 amber 3 red 9"))])
    changes = []
    for index in range(12):
        watch.see(Frame(index, START_NS + index * 10**9, np.zeros((8, 8, 3), np.uint8)))
        changes += [c.state for c in watch.changes()]
    assert [s for i, s in enumerate(changes) if i == 0 or s != changes[i - 1]] == ["green", "amber", "red"]
    assert watch.is_settled(START_NS + 10 * 10**9)
    assert not watch.is_settled(START_NS + 12 * 10**9)
