"""Figures stay what they are when batches come again, in whatever blocks."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enforcement.case_plate import CasePlate
from enforcement.decisions import mark_decided
from enforcement.exempting import Ground
from enforcement.rolling import rewrite_days, rewrite_hours
from enforcement.rows import (
    CASE_EVENTS,
    FINDINGS,
    HEARTBEATS,
    PASSAGES,
    VIOLATIONS,
    decision_row,
    finding_row,
    heartbeat_row,
    opened_row,
    passage_row,
    violation_id,
    violation_row,
)
from enforcement.rules.finding import Finding
from enforcement.store import Store
from streams.messages import HealthEvent, Heartbeat
from tests.enforcement.samples import SECOND, T0, decision, passage

MINUTE = 60 * SECOND
HOUR = datetime.datetime(2026, 5, 4, 8, tzinfo=datetime.UTC)
FINDING = Finding("speeding", 93.4, "km/h", 1.2, 3.0, 90.4, 80.0, "rural", "1", "Too fast.")
#: 40 passages of two cameras over two hours, every fifth without a speed.
SEEN = [
    passage(
        number,
        None if number % 5 == 0 else 60.0 + number,
        camera=f"cam-{number % 2}",
        at_ns=T0 + number * 3 * MINUTE,
    )
    for number in range(40)
]
CASES = [violation_id(each.passage_id, "speeding") for each in SEEN]
BEATS = [
    Heartbeat(
        "cam-0", "site-1", T0 + number * 20 * SECOND, 25 * number, 24.0 + number % 3, number, number,
        clock_offset_ms=-float(number), spool_records=number % 7,
        events=(HealthEvent("camera-moved", T0 + number * SECOND, "by 3 px"),) if number == 5 else (),
    )
    for number in range(60)
]  # fmt: skip
TABLES: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {
    "passages": (
        PASSAGES,
        [(*passage_row(each)[:9], 0.01 * n, *passage_row(each)[10:]) for n, each in enumerate(SEEN)],
    ),
    "violations": (
        VIOLATIONS,
        [
            violation_row(each, FINDING, CasePlate("AB1", 0.8) if number % 4 else CasePlate(), None)
            for number, each in enumerate(SEEN[:20])
        ],
    ),
    "findings": (
        FINDINGS,
        [
            finding_row(each, FINDING, Ground("policy", "ambulance") if n % 3 == 0 else None)
            for n, each in enumerate(SEEN)
        ],
    ),
    "case_events": (
        CASE_EVENTS,
        [opened_row(each, FINDING) for each in SEEN[:20]]
        + [
            decision_row(decision(CASES[number], number, outcome, officer), 10 * turn + number)
            for turn, (officer, outcome) in enumerate([("ada", "confirmed"), ("bob", "rejected")])
            for number in range(10)
            if turn == 0 or number < 6
        ],
    ),
    "heartbeats": (HEARTBEATS, [heartbeat_row(each) for each in BEATS]),
}  # fmt: skip
FIGURES = {
    "v_passages": "count(), sum(speed_kmh)",
    "v_traffic_hourly": "sum(passages), sum(measured), sum(void), count()",
    "v_speeds_hourly": "sum(passages), round(sum(mean_kmh), 3), round(sum(p85_kmh), 3), max(max_kmh)",
    "v_speed_bins_hourly": "sum(passages), sum(bin_kmh * passages)",
    "v_speed_bins_daily": "sum(passages), sum(bin_kmh * passages)",
    "v_voids_hourly": "sum(passages), any(void_reason)",
    "v_offences_hourly": "sum(found), sum(cases), sum(set_aside)",
    "v_findings": "count(), countIf(became = 'case')",
    "v_reader_hourly": "sum(violations), sum(unreadable), round(avg(mean_confidence), 3)",
    "v_decisions": "count(), countIf(outcome = 'confirmed'), uniq(reason_code)",
    "v_reviewers_daily": "groupArray((officer, decided, confirmed, rejected))",
    "v_camera_health": "count(), max(frames), min(clock_offset_ms)",
    "v_camera_health_hourly": "sum(heartbeats), sum(minutes), sum(dropped_frames), min(clock_offset_ms)",
    "v_health_events": "count(), any(kind)",
    "v_camera_drift": "sum(passages), round(sum(void_share), 3), max(camera_moved), sum(residual_m) > 0",
}


def figures(store: Store) -> dict[str, tuple[Any, ...]]:
    return {view: store.query(f"SELECT {what} FROM {view}")[0] for view, what in FIGURES.items()}


def insert(store: Store, table: str, *, blocks: Sequence[tuple[int, int]] = ((0, 1000),)) -> None:
    columns, rows = TABLES[table]
    for start, end in blocks:
        store.insert(table, columns, rows[start:end])
        if table == "case_events":
            mark_decided(store, {row[0] for row in rows[start:end]})


def test_figures_are_those_of_the_messages(store: Store) -> None:
    for table in TABLES:
        insert(store, table)
    found = figures(store)
    assert found["v_traffic_hourly"] == (40, 32, 8, 4)
    assert found["v_speed_bins_daily"] == found["v_speed_bins_hourly"]
    assert found["v_speed_bins_hourly"] == (32, sum(60 + n for n in range(40) if n % 5))
    assert found["v_voids_hourly"] == (8, "no_calibration")
    assert found["v_offences_hourly"] == (40, 26, 14)
    assert found["v_reader_hourly"] == (20, 5, 0.8)
    # The first decision counts: those of the second officer change nothing.
    assert found["v_reviewers_daily"] == ([("ada", 10, 10, 0)],)
    assert found["v_camera_health"] == (1, 25 * 59, -59.0)
    assert found["v_camera_health_hourly"] == (60, 20, 59, -59.0)
    assert found["v_health_events"] == (1, "camera-moved")
    assert store.query(
        "SELECT DISTINCT p50_kmh > 60 AND p15_kmh < p50_kmh AND p50_kmh < p85_kmh FROM v_speeds_hourly"
    ) == [(1,)]


@pytest.mark.parametrize("table", TABLES)
def test_the_same_rows_again_in_other_blocks_change_no_figure(store: Store, table: str) -> None:
    for each in TABLES:
        insert(store, each)
    expected = figures(store)
    insert(store, table, blocks=((0, 7), (3, 20), (18, 1000)))
    assert figures(store) == expected


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.integers(0, 39), st.integers(1, 40)),  # a block of passages
            st.just("rewrite"),
            st.just("settled rewrite"),
            st.just("days"),
        ),
        max_size=12,
    )
)
def test_hours_and_days_are_right_whatever_is_rewritten_between_deliveries(
    embedded: Store, steps: list[Any]
) -> None:
    embedded.command("TRUNCATE TABLE passages")
    embedded.command("TRUNCATE TABLE passage_hours")
    embedded.command("TRUNCATE TABLE passage_hours_touched")
    embedded.command("TRUNCATE TABLE speed_days")
    embedded.command("TRUNCATE TABLE speed_days_touched")
    for step in steps:
        if step == "rewrite":
            rewrite_hours(embedded, settles_s=0, at_most=3)
        elif step == "settled rewrite":
            rewrite_hours(embedded)
        elif step == "days":
            rewrite_days(embedded, settles_s=0, at_most=1)
        else:
            insert(embedded, "passages", blocks=(step,))
    by_hours = (
        "SELECT {hour} AS hour, camera_id, sum({n}), round(sum({speeds}), 6) "
        "FROM {source} GROUP BY ALL ORDER BY ALL"
    )
    assert embedded.query(
        by_hours.format(hour="hour", n="passages", speeds="speed_sum_kmh", source="passage_hours_now")
    ) == embedded.query(
        by_hours.format(
            hour="toStartOfHour(occurred_at)", n="1", speeds="ifNull(speed_kmh, 0)", source="v_passages"
        )
    )
    by_days = (
        "SELECT {day} AS day, camera_id, vehicle, {bin} AS bin, sum({n}) "
        "FROM {source} GROUP BY ALL ORDER BY ALL"
    )
    assert embedded.query(
        by_days.format(day="day", bin="bin_kmh", n="passages", source="v_speed_bins_daily")
    ) == embedded.query(
        by_days.format(
            day="toDate(occurred_at)", bin="toUInt16(speed_kmh)", n="1",
            source="v_passages WHERE speed_kmh IS NOT NULL",
        )
    )  # fmt: skip
    drift = "SELECT {day} AS day, camera_id, {n}, round({void}, 6), round({residual}, 6) FROM {source}"
    assert embedded.query(
        drift.format(
            day="day", n="passages", void="void_share", residual="residual_m",
            source="v_camera_drift ORDER BY ALL",
        )
    ) == embedded.query(
        drift.format(
            day="toDate(occurred_at)", n="count()", void="countIf(speed_kmh IS NULL) / count()",
            residual="avg(residual_m)", source="passages FINAL GROUP BY day, camera_id ORDER BY ALL",
        )
    )  # fmt: skip


def test_an_hour_waits_until_it_was_rewritten_and_no_question_is_under_way(store: Store) -> None:
    insert(store, "passages")
    assert rewrite_hours(store) == 0, "the hours have not settled"
    assert waiting(store) == 4
    assert rewrite_hours(store, settles_s=0) == 4
    assert waiting(store) == 4, "those who ask at this moment may have looked before the rewriting"
    assert rewrite_hours(store, settles_s=0) == 4
    assert waiting(store) == 0
    assert rewrite_hours(store, settles_s=0) == 0
    assert store.query("SELECT sum(passages) FROM passage_hours_waiting") == [(0,)]
    store.command("OPTIMIZE TABLE passage_hours_touched FINAL")
    assert store.query("SELECT count() FROM passage_hours_touched") == [(0,)], "what waits no longer is gone"
    assert figures(store)["v_traffic_hourly"] == (40, 32, 8, 4)


def test_two_that_rewrite_at_once_leave_hours_waiting_rather_than_wrong(store: Store) -> None:
    insert(store, "passages")
    rewrite_hours(store, settles_s=0)
    # What two processes do that release in the same moment: the sum is taken off twice.
    for _ in range(2):
        store.command(
            "INSERT INTO passage_hours_touched "
            "SELECT DISTINCT hour, camera_id, now(), bitNot(of_token) + 1 FROM passage_hours"
        )
    assert waiting(store) == 4
    while rewrite_hours(store, settles_s=0):
        pass
    assert waiting(store) == 0
    assert figures(store)["v_traffic_hourly"] == (40, 32, 8, 4)


def test_a_vehicle_that_was_seen_otherwise_is_counted_once(store: Store) -> None:
    insert(store, "passages")
    while rewrite_hours(store, settles_s=0):
        pass
    columns, rows = TABLES["passages"]
    again = [(*row[:3], "bus", *row[4:]) for row in rows]
    store.insert("passages", columns, again)
    for _ in range(3):
        assert store.query(
            "SELECT vehicle, sum(passages) AS n FROM v_traffic_hourly GROUP BY vehicle HAVING n > 0"
        ) == [("bus", 40)]
        rewrite_hours(store, settles_s=0)


@pytest.mark.parametrize("rewritten", [False, True])
def test_a_late_passage_shrinks_no_hour_whose_others_are_erased(store: Store, rewritten: bool) -> None:
    insert(store, "passages", blocks=((0, 39),))
    while rewrite_hours(store, settles_s=0):
        pass
    expected = figures(store)["v_traffic_hourly"]
    store.command("TRUNCATE TABLE passages")
    insert(store, "passages", blocks=((39, 40),))
    while rewritten and rewrite_hours(store, settles_s=0):
        pass
    assert waiting(store) == (0 if rewritten else 1)
    assert figures(store)["v_traffic_hourly"] == expected
    assert expected[0] == 39


def waiting(store: Store) -> int:
    [(hours,)] = store.query(
        """SELECT count() FROM
        (SELECT sum(token) AS left FROM passage_hours_touched GROUP BY hour, camera_id HAVING left != 0)"""
    )
    return int(hours)
