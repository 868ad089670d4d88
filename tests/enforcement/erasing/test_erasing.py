"""At its time a case loses all that is personal, its pictures included; a tombstone stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from enforcement.casebook import CaseBook
from enforcement.erasing import erasing
from enforcement.erasing.erasing import Erased, Erasing
from enforcement.erasing.marks import mark_case
from enforcement.erasing.periods import periods_of, set_periods
from enforcement.erasing.places import BLANKED, DELETED, UNTOUCHED
from enforcement.erasing.tombstone import read_tombstones
from enforcement.errors import RetentionError
from enforcement.evidence import EvidenceFolder
from enforcement.evidence_index import EvidenceIndex
from enforcement.lapsing import close_lapsed
from enforcement.law.deadlines import Deadlines
from enforcement.law.review import Review
from enforcement.retention import HOLDABLE
from enforcement.rows import violation_id
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from streams.messages import Decision, Passage
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

DAY = 24 * 3600 * 10**9
PLATE = "AB123CD"
REJECTED = msgspec.structs.replace(decision(SPEEDER_ID, 1, "rejected"), note=f"It is {PLATE}, an ambulance.")
CONFIRMED = msgspec.structs.replace(decision(SPEEDER_ID, 1), checked=("plate", "vehicle", "measurement"))


@pytest.fixture
def store(embedded: Store) -> Store:
    """One way to the engine is enough here: what travels is plain SQL."""
    return embedded


@pytest.fixture
def case(bus: LocalBus, store: Store, evidence: EvidenceFolder) -> Callable[..., None]:
    """Judges the sample with its pictures, and what officers decided about it."""

    def judge(
        *decisions: Decision, seen: Passage = SPEEDER, days: int | None = None, review: Review | None = None
    ) -> None:
        deadlines = Deadlines(days) if days else None
        law = msgspec.structs.replace(policy(), deadlines=deadlines, review=review)
        publish(bus, *items(seen, PICTURES), seen, *decisions)
        report = Enforcer(bus, store, evidence, {CAMERA: law}).drain(0.0)
        assert report.dead_letters == 0

    return judge


@pytest.fixture
def erase(store: Store, evidence: EvidenceFolder) -> Callable[[float], Erased]:
    """Runs the erasing so many days after the sample passed."""
    return lambda days: Erasing(
        store, EvidenceIndex(store, evidence), clock=lambda: T0 + round(days * DAY)
    ).run()


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
    marks: list[tuple[Any, int]],
    day: int,
    rule: str | None,
) -> None:
    case(*decisions)
    for mark, at in marks:
        mark_case(
            store, SPEEDER_ID, mark, "B. Lund", "As the office wrote.", clock=lambda at=at: T0 + at * DAY
        )  # type: ignore[misc]
    assert erase(day) == (Erased(1, 3) if rule else Erased())
    assert [stone.rule for stone in read_tombstones(store)] == ([rule] if rule else [])


def test_a_lapsed_case_is_erased_from_its_deadline_on(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store
) -> None:
    case(days=10)
    assert close_lapsed(store, clock=lambda: T0 + 12 * DAY) == 1
    assert erase(40) == Erased()
    assert erase(41) == Erased(1, 3)
    assert [stone.rule for stone in read_tombstones(store)] == ["lapsed"]


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
    assert erase(31) == Erased(1, 0)
    assert holding(store, PLATE) == []
    assert evidence.has(digest(shared)), "the second case needs it"
    [stone] = read_tombstones(store)
    assert (stone.erased, stone.shared) == ((), (digest(shared),))
    publish(bus, decision(ids[1], 2, "rejected"))
    Enforcer(bus, store, evidence, {CAMERA: policy()}).drain(0.0)
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


def test_a_hold_spares_a_case_from_the_tables_own_period_too(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store
) -> None:
    other = passage(2, 120.0, "ZX987YW", pictures=PICTURES)
    case(REJECTED)
    case(seen=other)
    mark_case(store, SPEEDER_ID, "held", "B. Lund", "A court has asked for it.", clock=lambda: T0)
    erase(31)
    for table in HOLDABLE:
        grow_old(store, table)
    assert {case.case_id for case in CaseBook(store).queue(None)} == {SPEEDER_ID}
    assert CaseBook(store).case(SPEEDER_ID) is not None
    mark_case(store, SPEEDER_ID, "released", "B. Lund", "The court is done.", clock=lambda: T0 + DAY)
    erase(31)
    assert holding(store, PLATE) == []


def test_what_comes_to_a_case_under_a_hold_is_spared_too(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store
) -> None:
    case(review=Review(offences=("speeding",)))
    mark_case(store, SPEEDER_ID, "held", "B. Lund", "A court has asked for it.", clock=lambda: T0)
    erase(1)
    case(REJECTED)
    erase(2)
    for table in HOLDABLE:
        grow_old(store, table)
    kept = CaseBook(store).case(SPEEDER_ID)
    assert kept is not None
    assert [answer.outcome for answer in kept.answered.answers] == ["rejected"]
    assert kept.summary.status == "second review", "without its terms one officer would have been enough"


def test_a_row_that_was_written_again_while_its_case_was_erased_is_emptied_within_the_hour(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store
) -> None:
    case(REJECTED)
    tables = ("cases", "case_events")
    for table in tables:
        store.command(f"CREATE TABLE read_{table} ENGINE = Memory AS SELECT * FROM {table}")
    assert erase(31) == Erased(1, 3)
    for table in tables:
        store.command(f"INSERT INTO {table} SELECT * FROM read_{table}")
        store.command(f"DROP TABLE read_{table}")
    assert holding(store, PLATE) != []
    erase(31.05)
    assert holding(store, PLATE) == []
    assert erase(31.1) == Erased()


def test_a_hold_that_is_entered_while_a_case_is_about_to_be_erased_keeps_it(
    case: Callable[..., None],
    erase: Callable[[float], Erased],
    store: Store,
    evidence: EvidenceFolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case(REJECTED)
    look = erasing.belongings_of

    def look_slowly(*arguments: Any) -> Any:
        mark_case(store, SPEEDER_ID, "held", "B. Lund", "A court has asked.", clock=lambda: T0)
        return look(*arguments)

    monkeypatch.setattr(erasing, "belongings_of", look_slowly)
    assert erase(31) == Erased()
    assert len(list(evidence.digests())) == 3
    assert CaseBook(store).case(SPEEDER_ID) is not None


def test_a_case_that_is_being_erased_takes_no_mark(
    case: Callable[..., None], erase: Callable[[float], Erased], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    case(REJECTED)
    monkeypatch.setattr(Erasing, "_finish", lambda self, begun: Erased())
    erase(31)
    with pytest.raises(RetentionError, match="was erased"):
        mark_case(store, SPEEDER_ID, "held", "B. Lund", "A court has asked for it.")


def grow_old(store: Store, table: str) -> None:
    """Make the rows of a table four years older, and let the database forget what is too old."""
    older = f"SELECT * REPLACE (recorded_at - toIntervalYear(4) AS recorded_at) FROM {table}"
    store.command(f"INSERT INTO {table} {older} SETTINGS optimize_on_insert = 0")
    store.command(
        f"ALTER TABLE {table} DELETE WHERE recorded_at > now() - toIntervalYear(1)"
        " SETTINGS mutations_sync = 2"
    )
    store.command(f"OPTIMIZE TABLE {table} FINAL")


@pytest.mark.parametrize(
    ("case_id", "mark", "who", "reason", "says"),
    [
        ("00000000-0000-0000-0000-000000000000", "held", "B", "Court.", "there is no case"),
        ("nonsense", "held", "B", "Court.", "there is no case"),
        (SPEEDER_ID, "paid", "B", "Bank statement.", "only a confirmed one is finished"),
        (SPEEDER_ID, "held", " ", "Court.", "say who sets the mark, and why"),
        (SPEEDER_ID, "held", "B", "", "say who sets the mark, and why"),
    ],
)
def test_a_mark_that_means_nothing_is_refused(
    case: Callable[..., None], store: Store, case_id: str, mark: Any, who: str, reason: str, says: str
) -> None:
    case(REJECTED)
    with pytest.raises(RetentionError, match=says):
        mark_case(store, case_id, mark, who, reason)


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
