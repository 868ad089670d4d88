"""Which cases a filter lets through, in what order they come, and which follows which."""

from __future__ import annotations

import pytest

from enforcement.case_filter import AT_HOME, MATCHES, CaseFilter
from enforcement.casebook import CaseBook
from enforcement.evidence import EvidenceFolder
from enforcement.rows import violation_id
from enforcement.severity import grade_of, severity_of
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from tests.enforcement.samples import T0, decision, passage, policy, publish

HOUR = 3600 * 10**9
#: By number: 93.4 km/h, 101 elsewhere, 120 an hour later, 84.9 without a plate; 80 are allowed.
SEEN = {
    0: passage(0, 93.4),
    2: passage(2, 101.0, camera="cam-2"),
    3: passage(3, 120.0, at_ns=T0 + HOUR),
    5: passage(5, 84.9, plate=None),
}
IDS = {number: violation_id(seen.passage_id, "speeding") for number, seen in SEEN.items()}
NUMBERS = {case_id: number for number, case_id in IDS.items()}
ANY = None


@pytest.fixture
def book(bus: LocalBus, store: Store, evidence: EvidenceFolder) -> CaseBook:
    publish(bus, *SEEN.values(), decision(IDS[0], 1))
    Enforcer(bus, store, evidence, {"cam-1": policy(), "cam-2": policy()}).drain(0.0)
    return CaseBook(store)


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (CaseFilter(), [2, 5, 3]),
        (CaseFilter(status="confirmed"), [0]),
        (CaseFilter(camera="cam-1"), [5, 3]),
        (CaseFilter(ANY, plate="unreadable"), [5]),
        (CaseFilter(ANY, plate="sure"), [0, 2, 3]),
        (CaseFilter(ANY, plate="doubtful"), []),
        (CaseFilter(ANY, since_ns=T0 + HOUR), [3]),
        (CaseFilter(ANY, until_ns=T0 + HOUR), [0, 2, 5]),
        (CaseFilter(ANY, since_ns=T0 + 1, until_ns=T0 + 2), []),
        (CaseFilter(ANY, only=frozenset({IDS[3], IDS[0]})), [0, 3]),
        (CaseFilter(ANY, only=frozenset()), []),
        (CaseFilter(but=frozenset({IDS[5]})), [2, 3]),
    ],
    ids=str,
)
def test_a_filter_lets_through(book: CaseBook, wanted: CaseFilter, numbers: list[int]) -> None:
    assert [NUMBERS[case.case_id] for case in book.listed(wanted)] == numbers
    assert [NUMBERS[case_id] for case_id in book.ids(wanted)] == numbers


@pytest.mark.parametrize(
    ("order", "numbers"), [("oldest", [2, 5, 3]), ("newest", [3, 5, 2]), ("severity", [3, 2, 5])]
)
def test_an_order_holds_for_pages_and_for_what_follows(
    book: CaseBook, order: str, numbers: list[int]
) -> None:
    wanted = CaseFilter()
    assert [NUMBERS[case.case_id] for case in book.listed(wanted, order)] == numbers
    assert [NUMBERS[case.case_id] for case in book.listed(wanted, order, limit=1, offset=1)] == numbers[1:2]
    for place, number in enumerate(numbers):
        behind = [NUMBERS[case_id] for case_id in book.followers(IDS[number], wanted, order, limit=9)]
        assert behind == [*numbers[place + 1 :], *numbers[:place]]
    assert book.followers("", wanted, order) == [IDS[numbers[0]]]


def test_a_case_that_is_decided_or_filtered_away_has_one_that_follows_too(book: CaseBook) -> None:
    assert book.followers(IDS[0], CaseFilter()) == [IDS[2]]
    assert book.followers(IDS[3], CaseFilter(camera="cam-2")) == [IDS[2]]
    assert book.followers(IDS[2], CaseFilter(camera="cam-2")) == []


@pytest.fixture
def due(store: Store) -> CaseBook:
    """Three cases: a grave one without a deadline, a slight one due in a month, and one due tomorrow."""
    for number, enforced, due_days, soon_days in ((0, 160, None, None), (2, 90, 30, 23), (3, 85, 1, -6)):
        due_at, soon_at = (
            "NULL" if days is None else f"now64(3) + toIntervalDay({days})" for days in (due_days, soon_days)
        )
        store.command(
            f"""INSERT INTO cases
                (case_id, occurred_at, recorded_at, unit, enforced, allowed, due_at, due_soon_at)
            VALUES ('{IDS[number]}', now64(9), now64(3), 'km/h', {enforced}, 80, {due_at}, {soon_at})"""
        )
    return CaseBook(store)


def rewrite(store: Store, number: int, changes: str) -> None:
    store.command(
        f"INSERT INTO cases SELECT cases.* REPLACE ({changes}) FROM cases FINAL"
        f" WHERE case_id = '{IDS[number]}'"
    )


@pytest.mark.parametrize(
    ("order", "numbers"), [("priority", [3, 0, 2]), ("deadline", [3, 2, 0]), ("severity", [0, 2, 3])]
)
def test_what_is_due_soon_comes_before_what_is_grave(due: CaseBook, order: str, numbers: list[int]) -> None:
    assert [NUMBERS[case.case_id] for case in due.listed(CaseFilter(), order)] == numbers
    assert [case.is_due_soon for case in due.listed(CaseFilter(), "deadline")] == [True, False, False]


@pytest.mark.parametrize(("wanted", "numbers"), [("soon", [3]), ("set", [3, 2])])
def test_cases_with_a_deadline_are_found(due: CaseBook, wanted: str, numbers: list[int]) -> None:
    assert [NUMBERS[case_id] for case_id in due.ids(CaseFilter(due=wanted), "deadline")] == numbers


def test_a_foreign_vehicle_stands_apart_and_what_was_erased_nowhere(due: CaseBook, store: Store) -> None:
    for number, match in ((0, "foreign"), (2, "ambiguous")):
        rewrite(store, number, f"'{match}' AS match")
    found = {match: due.ids(CaseFilter(match=match), "deadline") for match in (AT_HOME, *MATCHES)}
    assert found == {
        AT_HOME: [IDS[3], IDS[2]],
        "certain": [],
        "ambiguous": [IDS[2]],
        "none": [],
        "foreign": [IDS[0]],
    }
    tabs = due.waiting("ann", may_settle=False)
    assert (tabs["open"], tabs["foreign"]) == (2, 1)
    rewrite(store, 3, "now64(3) AS erased_at")
    for status in ("open", ANY):
        assert set(due.ids(CaseFilter(status))) == {IDS[0], IDS[2]}
    assert due.waiting("ann", may_settle=False)["open"] == 1


@pytest.mark.parametrize(
    ("reviewer", "may_settle", "open_"),
    [("ann", False, [0]), ("ben", False, [0, 2]), ("sue", True, [0, 2, 3]), ("ann", True, [0])],
)
def test_an_officer_is_asked_no_question_twice(
    store: Store, due: CaseBook, reviewer: str, may_settle: bool, open_: list[int]
) -> None:
    """Ann answered two cases: one waits for a second officer, the other for a supervisor."""
    for number, status, reviewers in ((2, "second review", "['ann']"), (3, "disputed", "['ann', 'ben']")):
        rewrite(store, number, f"'{status}' AS status, {reviewers} AS reviewers, 1 AS precedence")
    found = due.ids(CaseFilter(None, reviewer=reviewer, may_settle=may_settle), "severity")
    assert [NUMBERS[case_id] for case_id in found] == open_
    tabs = due.waiting(reviewer, may_settle)
    assert (tabs["open"], tabs["second review"], tabs["disputed"]) == (len(open_), 1, 1)


@pytest.mark.parametrize(
    ("unit", "enforced", "allowed", "severity", "grade"),
    [
        ("km/h", 85.0, 80.0, 0.0625, "slight"),
        ("km/h", 96.0, 80.0, 0.2, "serious"),
        ("km/h", 130.0, 80.0, 0.625, "grave"),
        ("s", 0.4, 0.9, 0.5556, "grave"),  # a gap: less is worse
        ("s", 0.3, 0.0, 0.3, "serious"),  # red: nothing is allowed, a second counts as once
        ("m", 2.0, 0.0, 0.2, "serious"),
        ("", 0.0, 0.0, 0.5, "grave"),
    ],
)
def test_severity_is_the_same_in_the_store_and_here(
    store: Store, unit: str, enforced: float, allowed: float, severity: float, grade: str
) -> None:
    store.command(
        f"""INSERT INTO cases (case_id, occurred_at, recorded_at, unit, enforced, allowed)
        VALUES ('{IDS[0]}', now64(9), now64(3), '{unit}', {enforced}, {allowed})"""
    )
    [line] = CaseBook(store).queue()
    [(stored,)] = store.query("SELECT severity FROM cases")
    assert severity_of(line) == pytest.approx(severity, abs=1e-4)
    assert stored == pytest.approx(severity, abs=1e-4)
    assert grade_of(severity_of(line)) == line.grade == grade
