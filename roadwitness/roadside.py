"""The roadside unit at work: frames from a source, through the pipeline, onto the bus."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from detectors.frames import Frame, FrameSource
from detectors.pipeline import ClosedPassage, RoadsidePipeline
from roadwitness.outbox import Outbox
from streams.bus import Publisher
from streams.encoding import encode
from streams.messages import HealthEvent, Heartbeat, LampChange
from streams.topics import Topic

#: Between two heartbeats of a unit.
HEARTBEAT_EVERY_S = 10.0


@dataclass(frozen=True)
class Observation:
    """What was seen of a source: how many frames and passages, and how fast.

    ``unmeasured`` counts the passages without a speed, by the reason. ``events`` are those since the last
    heartbeat; ``dropped`` frames never came; the clock is that of :class:`detectors.clock.ClockWatch`.
    """

    frames: int
    passages: int
    seconds: float
    unmeasured: Mapping[str, int] = field(default_factory=dict)
    events: tuple[HealthEvent, ...] = ()
    dropped: int = 0
    clock_offset_ms: float | None = None
    clock_drift_ppm: float | None = None

    @property
    def frames_per_second(self) -> float:
        """Frames analysed a second of wall time."""
        return self.frames / self.seconds if self.seconds else 0.0

    @property
    def unmeasured_in_words(self) -> str:
        """A sentence on the passages without a speed, with the commonest reason; empty if there are none."""
        if not self.unmeasured:
            return ""
        reason = max(self.unmeasured, key=lambda text: self.unmeasured[text])
        return f" {sum(self.unmeasured.values())} of the passages have no speed, mostly because {reason}."


def publish(bus: Publisher, closed: ClosedPassage) -> None:
    """Evidence first, then the passage that names it: no consumer meets a passage before its pictures.

    On the local log all of it becomes durable at once or not at all.
    """
    records = [(Topic.EVIDENCE, item.digest, encode(item)) for item in closed.evidence]
    records.append((Topic.PASSAGES, closed.passage.camera_id, encode(closed.passage)))
    bus.publish_many(records)


def publish_signals(bus: Publisher, changes: Sequence[LampChange]) -> None:
    """What a unit's signals show, for whoever else is at that junction."""
    bus.publish_many((Topic.SIGNALS, change.junction_id, encode(change)) for change in changes)


def observe(
    source: FrameSource,
    pipeline: RoadsidePipeline,
    deliver: Callable[[ClosedPassage], None],
    *,
    advance: Callable[[int, int | None], None],
    heartbeat: Callable[[Observation, bool], None] = lambda _seen, _finished: None,
    check: Callable[[], None] = lambda: None,
    on_frame: Callable[[Frame], None] = lambda _frame: None,
    signal: Callable[[Sequence[LampChange]], None] = lambda _changes: None,
) -> Observation:
    """Run the whole source through the pipeline and deliver every passage as it closes.

    ``check`` is called before each frame; what it raises ends the work (a store that failed, say).
    ``on_frame`` is called after each, when the pipeline has seen it; ``signal`` whenever there is something
    to pass on of the road's signals.
    """
    started = time.monotonic()
    beat_at = started
    frames = passages = 0
    unmeasured: Counter[str] = Counter()
    events: list[HealthEvent] = []

    def seen() -> Observation:
        clock = pipeline.guard.clock
        return Observation(
            frames,
            passages,
            time.monotonic() - started,
            dict(unmeasured),
            tuple(events),
            clock.dropped,
            clock.offset_ms,
            clock.drift_ppm,
        )

    def pass_on(closed: ClosedPassage) -> None:
        nonlocal passages
        deliver(closed)
        passages += 1
        if closed.passage.speed.void_reason:
            unmeasured[closed.passage.speed.void_reason] += 1

    for frame in source.frames():
        check()
        pipeline.guard.clock.hear(source.counts)
        for closed in pipeline.process(frame):
            pass_on(closed)
        if changes := pipeline.lamp_changes():
            signal(changes)
        events += pipeline.health_events()
        on_frame(frame)
        frames += 1
        advance(frames, source.frame_count)
        if time.monotonic() - beat_at >= HEARTBEAT_EVERY_S:
            beat_at = time.monotonic()
            heartbeat(seen(), False)
            events.clear()
    for closed in pipeline.finish():
        pass_on(closed)
    heartbeat(seen(), True)
    return seen()


def heartbeat_to(outbox: Outbox, camera_id: str, site_id: str) -> Callable[[Observation, bool], None]:
    """A function that publishes a unit's health, with what waits on its disk."""

    def beat(seen: Observation, finished: bool) -> None:
        waiting = outbox.state()
        message = Heartbeat(
            camera_id=camera_id,
            site_id=site_id,
            sent_at_ns=time.time_ns(),
            frames=seen.frames,
            frames_per_second=seen.frames_per_second,
            dropped_frames=seen.dropped,
            passages=seen.passages,
            finished=finished,
            events=seen.events,
            clock_offset_ms=seen.clock_offset_ms,
            clock_drift_ppm=seen.clock_drift_ppm,
            spool_records=waiting.records,
            spool_age_s=round(waiting.oldest_age_s, 3),
            given_up_records=waiting.given_up,
        )
        outbox.publish(Topic.HEARTBEATS, camera_id, encode(message))

    return beat
