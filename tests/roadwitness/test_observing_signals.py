"""What a unit passes on of the road's signals while it works through its frames."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from detectors.frames import CaptureCounts, Frame
from detectors.lampwatch import LampWatch
from detectors.line_source import LineSource
from detectors.pipeline import PipelineSettings, RoadsidePipeline
from detectors.signal_feed import SignalFeed
from detectors.surroundings import Surroundings
from roadwitness.roadside import Observation, observe
from streams.messages import LampChange
from tests.detectors.roadside_parts import FaceSpotter, Street
from tests.detectors.test_pipeline_signals import HEAD, Junction

SECONDS = 9.0


class Clip:
    """Frames of a drawn street, as a source gives them."""

    width, height, nominal_fps, frame_count, live = 640, 480, 25.0, None, False

    def __init__(self, street: Street) -> None:
        self.street = street
        self.counts = CaptureCounts()

    def frames(self) -> Iterator[Frame]:
        return self.street.frames(SECONDS)

    def close(self) -> None:
        """There is nothing to close."""


class WrongLines:
    """A feed that says nothing that can be understood."""

    recorded = True

    def __init__(self) -> None:
        self.closed = False

    def lines(self) -> list[bytes]:
        return [b"hello"]

    def close(self) -> None:
        self.closed = True


def unit(street: Street, lines: LineSource | None = None) -> RoadsidePipeline:
    feeds = [SignalFeed(lines, ["s2"])] if lines else []
    around = Surroundings(lamps=LampWatch("junction", "cam", [HEAD], feeds))
    settings = PipelineSettings("cam", "site")
    return RoadsidePipeline(settings, street, street, FaceSpotter(), street, surroundings=around)


def test_changes_are_passed_on_as_they_are_seen_and_repeated_every_five_seconds() -> None:
    street = Junction("green 1 amber 2 red 90")
    passed: list[LampChange] = []
    observe(Clip(street), unit(street), lambda _c: None, advance=lambda *_: None, signal=passed.extend)
    assert [c.state for c in passed] == ["unknown", "green", "amber", "red", "red"]
    assert np.diff([c.at_ns for c in passed[3:]])[0] * 1e-9 > 4.5


def test_what_is_wrong_with_a_feed_is_in_the_heartbeat_and_the_feed_is_closed() -> None:
    street, lines = Junction("green 90"), WrongLines()
    beats: list[Observation] = []
    pipeline = unit(street, lines)
    observe(
        Clip(street),
        pipeline,
        lambda _c: None,
        advance=lambda *_: None,
        heartbeat=lambda seen, _finished: beats.append(seen),
    )
    pipeline.close()
    assert [e.kind for e in beats[-1].events] == ["signal-feed"]
    assert lines.closed
