"""Deadlines: how long a case may be decided, and that one which nobody decided in time is closed."""

from __future__ import annotations

import datetime
from pathlib import Path

import msgspec
import pytest

from enforcement.deadlines import Due, due_of, due_times, has_lapsed
from enforcement.errors import PolicyError
from enforcement.evidence import EvidenceFolder
from enforcement.law.deadlines import Deadlines
from enforcement.policy import Policy, load_policy
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from tests.enforcement.samples import CAMERA, SPEEDER, SPEEDER_ID, passage, policy, publish

#: The sample passed on Monday, 4 May 2026, at 8:01 UTC.
SEEN = msgspec.structs.replace(passage(1), clock_sigma_ms=1.0)


def law(deadlines: Deadlines | None, timezone: str = "UTC") -> Policy:
    return msgspec.structs.replace(policy(), deadlines=deadlines, timezone=timezone)


def ns(text: str) -> int:
    return round(datetime.datetime.fromisoformat(text).timestamp()) * 10**9


@pytest.mark.parametrize(
    ("deadlines", "timezone", "due"),
    [
        (None, "UTC", None),
        (Deadlines(days=10), "UTC", ("2026-05-15T00:00+00:00", "2026-05-08T00:00+00:00")),
        (Deadlines(days=10, warn_days=2), "UTC", ("2026-05-15T00:00+00:00", "2026-05-13T00:00+00:00")),
        (Deadlines(10, {"speeding": 3}), "UTC", ("2026-05-08T00:00+00:00", "2026-05-05T00:00+00:00")),
        (Deadlines(10, {"red_light": 3}), "UTC", ("2026-05-15T00:00+00:00", "2026-05-08T00:00+00:00")),
        # Where it was Monday already, or still Sunday, the days begin there.
        (Deadlines(1), "Pacific/Auckland", ("2026-05-06T00:00+12:00", "2026-05-05T00:00+12:00")),
        (Deadlines(1), "Pacific/Midway", ("2026-05-05T00:00-11:00", "2026-05-04T00:00-11:00")),
        # A night in which clocks are changed is as long as it is.
        (Deadlines(173), "Europe/Paris", ("2026-10-25T00:00+02:00", "2026-10-18T00:00+02:00")),
        (Deadlines(174), "Europe/Paris", ("2026-10-26T00:00+01:00", "2026-10-19T00:00+02:00")),
    ],
    ids=str,
)
def test_the_last_day_counts_as_a_whole_where_it_happened(
    deadlines: Deadlines | None, timezone: str, due: tuple[str, str] | None
) -> None:
    expected = Due(*map(ns, due)) if due else None
    assert due_of(SEEN, "speeding", law(deadlines, timezone)) == expected


@pytest.mark.parametrize(("due", "at", "lapsed"), [(10, 9, False), (10, 10, True), (None, 10**19, False)])
def test_what_is_decided_after_the_deadline_comes_too_late(due: int | None, at: int, lapsed: bool) -> None:
    assert has_lapsed(due, at) is lapsed


def test_each_case_says_until_when_it_has_to_be_decided(
    bus: LocalBus, store: Store, evidence: EvidenceFolder
) -> None:
    publish(bus, SPEEDER)
    Enforcer(bus, store, evidence, {CAMERA: law(Deadlines(10))}).drain(0.0)
    assert store.query("SELECT toString(due_at), toString(due_soon_at) FROM cases") == [
        ("2026-05-15 00:00:00.000", "2026-05-08 00:00:00.000")
    ]
    assert due_times(store, [SPEEDER_ID, "another"]) == {SPEEDER_ID: ns("2026-05-15T00:00+00:00")}


def test_without_a_deadline_a_case_never_lapses(bus: LocalBus, store: Store, enforcer: Enforcer) -> None:
    publish(bus, SPEEDER)
    enforcer.drain(0.0)
    assert store.query("SELECT due_at, due_soon_at FROM cases") == [(None, None)]
    assert due_times(store, [SPEEDER_ID]) == {}


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("days = 0", "deadlines.days is 0; write a number from 1 to 3650"),
        ("days = 10\nwarn_days = -1", "deadlines.warn_days is -1"),
        (
            "days = 10\n[deadlines.offences]\nspeeding = 0",
            "deadlines.offences.speeding is 0; write whole days",
        ),
        ("days = 10\n[deadlines.offences]\nspeding = 5", "'speding' in deadlines.offences is no offence"),
        ("warn_days = 3", r"the field 'days' in \[deadlines\] is missing"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(tmp_path: Path, table: str, says: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(
        f'id = "x"\nversion = "1"\njurisdiction = "X"\nvalid_from = 2026-01-01\n[deadlines]\n{table}\n'
    )
    with pytest.raises(PolicyError, match=says):
        load_policy(path)
