"""A unit's heartbeats tell of frames that never came, of its clock, and of a camera that moved."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from detectors.frames import Arrival, CaptureCounts
from roadwitness.outbox import Outbox
from roadwitness.roadside import heartbeat_to, observe
from streams.messages import Heartbeat
from tests.detectors.roadside_parts import Car, Street, unit


class Kept:
    """Keeps what is published."""

    def __init__(self):
        self.beats: list[Heartbeat] = []

    def publish_many(self, records):
        self.beats += [msgspec.json.decode(value, type=Heartbeat) for _, _, value in records]


class Filmed:
    """A source of what a street's camera gives, after something was done to its frames."""

    frame_count = None

    def __init__(self, frames):
        self._frames, self.counts = frames, CaptureCounts()

    def frames(self):
        return iter(self._frames)


def last_beat(frames, street=None, calibrated=False) -> Heartbeat:
    kept = Kept()
    pipeline = unit(street or Street(), calibrated=calibrated)
    observe(
        Filmed(frames),
        pipeline,
        lambda _closed: None,
        advance=lambda *_: None,
        heartbeat=heartbeat_to(Outbox(kept), "cam", "site"),
    )
    return kept.beats[-1]


def test_frames_that_never_came_are_told():
    street = Street()
    beat = last_beat([f for f in street.frames(6.0) if f.index % 5 != 3], street)
    assert beat.dropped_frames == pytest.approx(30, abs=1)
    assert beat.clock_offset_ms is None
    assert beat.clock_drift_ppm is None
    assert beat.events == ()


def test_a_live_clock_that_gains_is_told_and_is_an_event():
    street = Street()
    frames = [
        replace(f, arrival=Arrival(f.captured_at_ns - round(0.01 * 40e6 * f.index), f.captured_at_ns))
        for f in street.frames(20.0)
    ]
    beat = last_beat(frames, street)
    assert beat.clock_drift_ppm == pytest.approx(10_000, rel=0.1)
    assert beat.clock_offset_ms == pytest.approx(190, abs=25)
    assert [event.kind for event in beat.events] == ["clock-drift"]


def test_a_camera_that_moved_is_an_event_and_its_vehicles_are_void():
    street = Street(Car("AB12CD", kmh=40.0, start_s=14.0))
    scene = np.random.default_rng(1).integers(0, 140, (24, 32, 3), np.uint8).repeat(20, 0).repeat(20, 1)
    frames = []
    for frame in street.frames(22.0):
        car = frame.image.max(axis=2, keepdims=True) > 150
        backdrop = scene if frame.index < 250 else np.roll(scene, 5, axis=1)
        frames.append(replace(frame, image=np.where(car, frame.image, backdrop)))
    pipeline, void = unit(street, calibrated=True), []
    for frame in frames:
        street.now_s = frame.index / 25.0
        void += [closed.passage.speed.void_reason for closed in pipeline.process(frame)]
    void += [closed.passage.speed.void_reason for closed in pipeline.finish()]
    assert [event.kind for event in pipeline.health_events()] == ["camera-moved"]
    assert void == ["the camera has moved since it was calibrated"]
