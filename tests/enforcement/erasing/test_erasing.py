"""At its time a case loses all that is personal, its pictures included; a tombstone stays."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from enforcement.casebook import CaseBook
from enforcement.erasing.changing import change
from enforcement.erasing.erasing import Erased, Erasing
from enforcement.erasing.marks import mark_case
from enforcement.erasing.periods import periods_of, set_periods
from enforcement.erasing.places import BLANKED, DELETED, UNTOUCHED
from enforcement.erasing.tombstone import read_tombstones
from enforcement.evidence import EvidenceFolder
from enforcement.evidence_index import EvidenceIndex
from enforcement.lapsing import close_lapsed
from enforcement.rows import violation_id
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from streams.messages import Decision
from tests.enforcement.erasing.sample_case import CONFIRMED, DAY, PLATE, REJECTED, marked_at, stored_at
from tests.enforcement.samples import (
    CAMERA,
    PICTURES,
    SPEEDER,
    SPEEDER_ID,
    T0,
    decision,
    digest,
    items,
    passage,
    policy,
    publish,
)
from tests.enforcement.store_search import holding


def test_nothing_of_the_plate_is_left_anywhere(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store, evidence: EvidenceFolder
) -> None:
    case(REJECTED)
    assert len(holding(store, PLATE)) >= 4
    assert len(list(evidence.digests())) == 3
    assert erase(29.9) == Erased()
    assert erase(30.1) == Erased(1, 3)
    assert holding(store, PLATE) == []
    assert [path for path in evidence.path.rglob("*") if path.is_file()] == [], "keys of sealed ones included"
    assert CaseBook(store).case(SPEEDER_ID) is None
    assert store.query("SELECT count() FROM system.mutations WHERE NOT is_done AND database = {db:String}",
                       {"db": store.database}) == [(0,)]  # fmt: skip


def test_a_tombstone_says_what_was_erased_when_and_why(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store
) -> None:
    case(REJECTED)
    erase(30.1)
    [stone] = read_tombstones(store)
    assert (stone.case_id, stone.camera_id, stone.offence) == (SPEEDER_ID, CAMERA, "speeding")
    assert (stone.status, stone.rule, stone.days) == ("rejected", "rejected", 30)
    assert set(stone.erased) == {digest(picture) for picture in PICTURES}
    assert stone.finished_ms == T0 // 10**6 + round(30.1 * DAY) // 10**6
    assert erase(60) == Erased(), "once is enough"
    assert read_tombstones(store) == [stone]


def test_the_figures_stay_without_the_person(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store
) -> None:
    case(REJECTED)
    figures = (
        "SELECT * FROM v_decisions",
        "SELECT * FROM v_reviewers_daily",
        "SELECT * FROM v_offences_hourly",
    )
    before = [store.query(figure) for figure in figures]
    erase(30.1)
    assert [store.query(figure) for figure in figures] == before
    assert CaseBook(store).count()["rejected"] == 1


@pytest.mark.parametrize(
    ("decisions", "marks", "day", "rule"),
    [
        ([REJECTED], [], 31, "rejected"),
        ([], [], 31, None),
        ([CONFIRMED], [], 500, None),
        ([CONFIRMED], [("paid", 5)], 180, None),
        ([CONFIRMED], [("paid", 5)], 186, "finished"),
        ([CONFIRMED], [("closed", 5)], 186, "finished"),
        ([CONFIRMED], [("paid", 5), ("reopened", 9)], 500, None),
        ([CONFIRMED], [("paid", 5), ("reopened", 9), ("paid", 20)], 190, None),
        ([REJECTED], [("held", 5)], 500, None),
        ([REJECTED], [("held", 5), ("released", 6)], 31, "rejected"),
        ([CONFIRMED], [("held", 1), ("paid", 5)], 500, None),
    ],
)
def test_a_case_is_erased_by_the_period_of_its_end_and_never_under_a_hold(
    case: Callable[..., None],
    erase: Callable[[float], Erased],
    store: Store,
    decisions: list[Decision],
    marks: list[tuple[str, int]],
    day: int,
    rule: str | None,
) -> None:
    case(*decisions)
    for mark, at in marks:
        marked_at(store, mark, at)
    assert erase(day) == (Erased(1, 3) if rule else Erased())
    assert [stone.rule for stone in read_tombstones(store)] == ([rule] if rule else [])


def test_a_lapsed_case_is_erased_by_when_it_was_closed(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store
) -> None:
    case(days=10)
    assert close_lapsed(store, clock=lambda: T0 + 12 * DAY) == 1
    stored_at(store, 12)
    assert erase(41.9) == Erased()
    assert erase(42.1) == Erased(1, 3)
    assert [stone.rule for stone in read_tombstones(store)] == ["lapsed"]


@pytest.mark.parametrize("years", [-1, 40], ids=["long ago", "in years"])
def test_what_a_wrong_clock_dates_is_kept_for_the_period_and_no_longer(
    case: Callable[..., None], erase: Callable[[float], Erased], years: int
) -> None:
    case(msgspec.structs.replace(REJECTED, decided_at_ns=T0 + years * 365 * DAY))
    assert erase(29.9) == Erased()
    assert erase(30.1) == Erased(1, 3)


def test_what_had_lapsed_when_it_came_may_be_looked_at_for_the_period(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store
) -> None:
    case(days=10)
    assert close_lapsed(store, clock=lambda: T0 + 400 * DAY) == 1
    stored_at(store, 400)
    assert erase(429.9) == Erased()
    assert erase(430.1) == Erased(1, 3)


def test_a_mark_counts_from_when_the_store_has_it(
    case: Callable[..., None], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    case(CONFIRMED)
    with monkeypatch.context() as behind:
        behind.setattr("time.time_ns", lambda: T0)
        mark_case(store, SPEEDER_ID, "paid", "B. Lund", "As the bank wrote.")
    [(apart_s,)] = store.query("SELECT abs(dateDiff('second', at, now64(6))) FROM case_marks")
    assert apart_s < 60


def test_a_case_whose_decision_is_not_stored_yet_is_not_erased(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store
) -> None:
    case(REJECTED)
    change(store, "ALTER TABLE case_events DELETE WHERE kind = 'rejected'")
    assert erase(500) == Erased()


def test_what_came_to_no_end_goes_before_the_tables_forget_it(
    case: Callable[..., None], store: Store, evidence: EvidenceFolder
) -> None:
    case(CONFIRMED)
    [(recorded_ns,)] = store.query("SELECT max(toUnixTimestamp64Milli(recorded_at)) * 1000000 FROM cases")
    old = periods_of(store)["old"]
    assert old == 1093
    assert (
        Erasing(store, EvidenceIndex(store, evidence), clock=lambda: recorded_ns + old * DAY - DAY).run()
        == Erased()
    )
    assert Erasing(
        store, EvidenceIndex(store, evidence), clock=lambda: recorded_ns + old * DAY + DAY
    ).run() == Erased(1, 3)
    assert [stone.rule for stone in read_tombstones(store)] == ["old"]


def test_a_house_may_have_periods_of_its_own(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store
) -> None:
    case(REJECTED)
    set_periods(store, {"rejected": 90})
    assert erase(60) == Erased()
    assert erase(91) == Erased(1, 3)


def test_a_picture_of_two_cases_goes_with_the_last_of_them(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, erase: Callable[[float], Erased]
) -> None:
    shared, own = b"one frame with both of them", b"the plate of the second"
    first, second = (
        passage(1, 93.4, PLATE, pictures=(shared,)),
        passage(2, 99.0, "ZX987YW", pictures=(shared, own)),
    )
    ids = [violation_id(each.passage_id, "speeding") for each in (first, second)]
    publish(bus, *items(first, (shared,)), *items(second, (shared, own)), first, second)
    publish(bus, decision(ids[0], 1, "rejected"))
    Enforcer(bus, store, evidence, {CAMERA: policy()}).drain(0.0)
    stored_at(store, 0)
    assert erase(31) == Erased(1, 0)
    assert holding(store, PLATE) == []
    assert evidence.has(digest(shared)), "the second case needs it"
    [stone] = read_tombstones(store)
    assert (stone.erased, stone.shared) == ((), (digest(shared),))
    publish(bus, decision(ids[1], 2, "rejected"))
    Enforcer(bus, store, evidence, {CAMERA: policy()}).drain(0.0)
    stored_at(store, 1)
    assert erase(32) == Erased(1, 2)
    assert list(evidence.digests()) == []


def test_a_picture_that_comes_after_its_case_was_erased_is_erased_too(
    case: Callable[..., None],
    erase: Callable[[float], Erased],
    bus: LocalBus,
    store: Store,
    evidence: EvidenceFolder,
) -> None:
    case(REJECTED)
    erase(31)
    publish(bus, *items(SPEEDER, PICTURES))
    Enforcer(bus, store, evidence, {CAMERA: policy()}).drain(0.0)
    assert len(list(evidence.digests())) == 3
    erase(32)
    assert list(evidence.digests()) == []


def test_a_passage_that_comes_again_brings_no_erased_case_back(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store, evidence: EvidenceFolder
) -> None:
    case(REJECTED)
    erase(31)
    case()
    assert holding(store, PLATE) == []
    assert list(evidence.digests()) == []
    assert CaseBook(store).count()["open"] == 0


def test_every_table_that_names_a_case_is_known_here(store: Store) -> None:
    rows = store.query(
        """SELECT DISTINCT table FROM system.columns WHERE database = {db:String}
            AND name IN ('case_id', 'violation_id', 'cases') AND type NOT LIKE 'AggregateFunction%'
            AND table IN (SELECT name FROM system.tables
                WHERE database = {db:String} AND engine LIKE '%MergeTree')""",
        {"db": store.database},
    )
    known = {*DELETED, *BLANKED, *UNTOUCHED}
    assert {table for (table,) in rows} <= known, "say in erasing/places.py what becomes of it"
