"""What a roadside unit shows of itself to its operators while it works."""

from __future__ import annotations

import time

from detectors.frames import Frame
from detectors.pipeline import ClosedPassage
from roadwitness.outbox import Outbox
from roadwitness.roadside import Observation
from streams.health import Health
from streams.metrics import (
    CLOCK_OFFSET,
    EVIDENCE_PUBLISHED,
    FRAME_NEWEST,
    FRAMES,
    FRAMES_DROPPED,
    HEALTH_EVENTS,
    PASSAGES_PUBLISHED,
)

#: A unit without a frame for so long is not ready, and after the second time its process is taken for hung.
_NO_FRAME_S = 30.0
_HUNG_S = 300.0


class UnitFigures:
    """The metrics of one camera, and the part of its health that hangs on frames."""

    def __init__(self, camera: str, health: Health) -> None:
        self._loop = health.loop("frames", _HUNG_S)
        self._frames = FRAMES.labels(camera)
        self._newest = FRAME_NEWEST.labels(camera)
        self._dropped = FRAMES_DROPPED.labels(camera)
        self._passages = PASSAGES_PUBLISHED.labels(camera)
        self._evidence = EVIDENCE_PUBLISHED.labels(camera)
        self._camera = camera
        self._counted_drops = 0
        self._seen_at: float | None = None
        self._finished = False
        health.state("frames", self._fault)

    def frame(self, _frame: Frame) -> None:
        """A frame was analysed."""
        self._seen_at = time.monotonic()
        self._frames.inc()
        self._newest.set_to_current_time()
        self._loop.beat()

    def published(self, closed: ClosedPassage) -> None:
        """A passage and its evidence are on the disk."""
        self._passages.inc()
        self._evidence.inc(len(closed.evidence))

    def heartbeat(self, seen: Observation) -> None:
        """What was seen since the last heartbeat."""
        self._dropped.inc(max(0, seen.dropped - self._counted_drops))
        self._counted_drops = seen.dropped
        if seen.clock_offset_ms is not None:
            CLOCK_OFFSET.labels(self._camera).set(seen.clock_offset_ms / 1000)
        for event in seen.events:
            HEALTH_EVENTS.labels(self._camera, event.kind).inc()

    def finish(self) -> None:
        """No more frames are to come."""
        self._loop.rest()
        self._finished = True

    def _fault(self) -> str | None:
        if self._finished:
            return None
        if self._seen_at is None:
            return "no frame has come yet"
        age_s = time.monotonic() - self._seen_at
        return f"no frame has come for {age_s:.0f} s" if age_s > _NO_FRAME_S else None


def watch_outbox(health: Health, outbox: Outbox) -> None:
    """Show what waits on this unit's disk. That the bus is away is no fault of a unit that can wait."""
    health.refresh_by(outbox.show)
    health.state("spool", outbox.fault)
    health.state("bus", lambda: outbox.trouble or None, needed=False)
