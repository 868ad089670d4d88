"""What the units' heartbeats tell, as metrics of the centre: no Prometheus reaches most units."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from prometheus_client import Gauge

from streams.messages import Heartbeat
from streams.metrics import (
    UNIT_CLOCK_OFFSET,
    UNIT_EVENTS,
    UNIT_FINISHED,
    UNIT_FRAME_RATE,
    UNIT_GIVEN_UP,
    UNIT_HEARD,
    UNIT_SPOOL_AGE,
    UNIT_SPOOL_RECORDS,
)

#: Figures older than this are shown no more: another worker may have the unit's partition now.
_STALE_S = 120.0
#: What units tell of themselves, shown from the beginning: a rise can only be seen from something.
_EVENTS = (
    "camera-moved",
    "camera-back",
    "clock-drift",
    "clock-jump",
    "clock-rate",
    "other",
    "sign-feed",
    "signal-contradiction",
    "signal-feed",
    "signal-unknown",
)
_FLEETING: tuple[Gauge, ...] = (
    UNIT_FRAME_RATE,
    UNIT_CLOCK_OFFSET,
    UNIT_SPOOL_RECORDS,
    UNIT_SPOOL_AGE,
    UNIT_GIVEN_UP,
)


class UnitWatch:
    """Shows the newest heartbeat of each unit; one that was never heard stands at 1970: silent, too."""

    def __init__(self, cameras: Iterable[str], clock: Callable[[], float] = time.monotonic) -> None:
        """``cameras`` are those that should be heard of."""
        self._clock = clock
        self._sent_at_ns: dict[str, int] = {}
        self._heard_at: dict[str, float] = {}
        for camera in cameras:
            UNIT_HEARD.labels(camera).set(0)
            for kind in _EVENTS:
                UNIT_EVENTS.labels(camera, kind)

    def heard(self, heartbeats: Iterable[Heartbeat]) -> None:
        """Take heartbeats, in any order; one that is older than the newest tells its events only."""
        for each in heartbeats:
            for event in each.events:
                UNIT_EVENTS.labels(each.camera_id, event.kind if event.kind in _EVENTS else "other").inc()
            if each.sent_at_ns > self._sent_at_ns.get(each.camera_id, 0):
                self._sent_at_ns[each.camera_id] = each.sent_at_ns
                self._heard_at[each.camera_id] = self._clock()
                _show(each)

    def forget_stale(self) -> None:
        """Take away the figures of units that are no longer heard here; call it every now and then."""
        now = self._clock()
        for camera, at in list(self._heard_at.items()):
            if now - at > _STALE_S:
                del self._heard_at[camera]
                for gauge in _FLEETING:
                    gauge.remove(camera)


def _show(heartbeat: Heartbeat) -> None:
    camera = heartbeat.camera_id
    UNIT_HEARD.labels(camera).set(heartbeat.sent_at_ns / 1e9)
    UNIT_FINISHED.labels(camera).set(heartbeat.finished)
    UNIT_FRAME_RATE.labels(camera).set(heartbeat.frames_per_second)
    UNIT_SPOOL_RECORDS.labels(camera).set(heartbeat.spool_records)
    UNIT_SPOOL_AGE.labels(camera).set(heartbeat.spool_age_s)
    UNIT_GIVEN_UP.labels(camera).set(heartbeat.given_up_records)
    if heartbeat.clock_offset_ms is not None:
        UNIT_CLOCK_OFFSET.labels(camera).set(heartbeat.clock_offset_ms / 1000)
