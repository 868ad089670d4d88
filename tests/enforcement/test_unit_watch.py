"""The centre shows how its units are, from their heartbeats alone."""

from __future__ import annotations

import uuid

import pytest

from enforcement.unit_watch import UnitWatch
from streams.messages import HealthEvent, Heartbeat
from streams.metrics import REGISTRY

NOW_NS = 1_700_000_000 * 10**9


@pytest.fixture
def camera() -> str:
    """A name of its own for each test: metrics live as long as the process."""
    return f"camera-{uuid.uuid4().hex[:8]}"


def shown(name: str, camera: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"roadwitness_{name}", {"camera": camera, **labels})


def heartbeat(camera: str, after_s: float = 0.0, **changes: object) -> Heartbeat:
    fields: dict[str, object] = {
        "camera_id": camera,
        "site_id": "site",
        "sent_at_ns": NOW_NS + round(after_s * 1e9),
        "frames": 100,
        "frames_per_second": 25.0,
        "dropped_frames": 0,
        "passages": 3,
        **changes,
    }
    return Heartbeat(**fields)  # type: ignore[arg-type]


def test_the_newest_heartbeat_is_shown_in_seconds(camera: str) -> None:
    beat = heartbeat(camera, spool_records=7, spool_age_s=60.5, given_up_records=2, clock_offset_ms=-40.0)
    UnitWatch([]).heard([beat])
    names = (
        "unit_heard_timestamp_seconds",
        "unit_spool_records",
        "unit_spool_oldest_age_seconds",
        "unit_given_up_records",
        "unit_clock_offset_seconds",
        "unit_finished",
    )
    assert [shown(name, camera) for name in names] == [1.7e9, 7, 60.5, 2, -0.04, 0]


def test_a_unit_that_was_never_heard_is_as_old_as_time(camera: str) -> None:
    UnitWatch([camera])
    assert shown("unit_heard_timestamp_seconds", camera) == 0


def test_an_older_heartbeat_changes_no_figure_and_tells_its_events(camera: str) -> None:
    watch = UnitWatch([camera])
    moved = HealthEvent("camera-moved", NOW_NS, "by 12 px")
    watch.heard([heartbeat(camera, 10.0), heartbeat(camera, spool_records=9, events=(moved,))])
    assert shown("unit_spool_records", camera) == 0
    assert shown("unit_events_total", camera, reason="camera-moved") == 1


def test_events_can_be_seen_to_rise_and_unknown_ones_make_no_label(camera: str) -> None:
    watch = UnitWatch([camera])
    assert shown("unit_events_total", camera, reason="clock-jump") == 0
    watch.heard([heartbeat(camera, events=(HealthEvent("AB12CDE", NOW_NS, ""),))])
    assert shown("unit_events_total", camera, reason="other") == 1
    assert shown("unit_events_total", camera, reason="AB12CDE") is None


def test_figures_of_a_unit_that_went_to_another_worker_vanish_but_not_when_it_was_heard(camera: str) -> None:
    now = 0.0
    watch = UnitWatch([camera], clock=lambda: now)
    watch.heard([heartbeat(camera, spool_records=9)])
    now = 119.0
    watch.forget_stale()
    assert shown("unit_spool_records", camera) == 9
    now = 121.0
    watch.forget_stale()
    assert shown("unit_spool_records", camera) is None
    assert shown("unit_heard_timestamp_seconds", camera) == 1.7e9
    watch.heard([heartbeat(camera, 200.0, spool_records=3)])
    assert shown("unit_spool_records", camera) == 3
