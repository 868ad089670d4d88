"""Undecided cases apart: whatever comes in what order, they are those of ``cases`` that nobody decided."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enforcement.case_filter import CaseFilter
from enforcement.case_plate import CasePlate
from enforcement.casebook import CaseBook
from enforcement.erasing.places import BLANKED, DELETED
from enforcement.matching import Matched
from enforcement.open_cases import TABLES, settle_again, tidy
from enforcement.reviewing.answers import Answered, mark
from enforcement.reviewing.course import Answer
from enforcement.reviewing.terms import ReviewTerms
from enforcement.rows import VIOLATIONS, violation_id, violation_row
from enforcement.rules.finding import Finding
from enforcement.settled_counts import KEPT_S, SettledCounts
from enforcement.store import Store
from tests.enforcement.samples import SECOND, T0, passage

FINDING = Finding("speeding", 93.4, "km/h", 1.2, 3.0, 90.4, 80.0, "rural", "1", "Too fast.")
SEEN = [passage(number, 93.4, camera=f"cam-{number % 2}", at_ns=T0 + number * SECOND) for number in range(4)]
IDS = [violation_id(seen.passage_id, "speeding") for seen in SEEN]
TERMS = ReviewTerms(reasons=("share",), undo_s=600.0)
#: What is answered to each case in turn: two officers agree; they differ; the first takes it back.
ANSWERS = [
    [("ada", "confirmed", "first", ""), ("bob", "confirmed", "second", "")],
    [("ada", "confirmed", "first", ""), ("bob", "rejected", "second", ""),
     ("sue", "rejected", "supervisor", "")],
    [("ada", "rejected", "first", ""), ("ada", "withdrawn", "first", "0")],
    [],
]  # fmt: skip


def answered(number: int, known: Collection[int], terms: ReviewTerms = TERMS) -> Answered:
    """The case after those of its answers that a worker knows of."""
    answers = [
        Answer(
            sequence + 1, f"{number}-{sequence}", officer, outcome, T0 + sequence, review,
            reason_code="other" if outcome == "rejected" else "",
            withdraws=f"{number}-{withdraws}" if withdraws else "",
        )
        for sequence, (officer, outcome, review, withdraws) in enumerate(ANSWERS[number])
        if sequence in known
    ]  # fmt: skip
    return Answered(tuple(answers), terms)


def deliver(store: Store, numbers: Collection[int]) -> None:
    """As a worker does with a batch."""
    seen = [SEEN[number] for number in sorted(numbers)]
    rows = [
        violation_row(each, FINDING, CasePlate("AB1", 0.8), None, None, Matched("foreign")) for each in seen
    ]
    store.insert("violations", VIOLATIONS, rows)
    ids = [violation_id(each.passage_id, "speeding") for each in seen]
    settle_again(store, ids, [each.started_at_ns for each in seen])


def erase(store: Store, number: int) -> None:
    named = f"WHERE toString(case_id) = '{IDS[number]}' SETTINGS mutations_sync = 2"
    changes = ", ".join(f"{column} = {value}" for column, value in BLANKED["cases"].items())
    store.command(f"ALTER TABLE cases UPDATE {changes.format(erased_at='now64(3)')} {named}")
    for table in TABLES:
        assert DELETED[table] == "case_id"
        store.command(f"ALTER TABLE {table} DELETE {named}")


numbers = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("deliver"), st.sets(numbers, min_size=1)),
    st.tuples(st.just("answer"), st.tuples(numbers, st.sets(st.integers(0, 2)))),
    st.tuples(st.just("merge"), st.none()),
    st.tuples(st.just("erase"), numbers),
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=3, max_size=14))
def test_they_are_those_of_cases_whatever_comes_in_whatever_order(
    embedded: Store, steps: list[tuple[str, Any]]
) -> None:
    for table in ("violations", "cases", *TABLES):
        embedded.command(f"TRUNCATE TABLE {table}")
    for what, which in steps:
        if what == "deliver":
            deliver(embedded, which)
        elif what == "answer":
            number, known = which
            mark(embedded, {IDS[number]: answered(number, known)})
        elif what == "merge":
            tidy(embedded, at_least=1)
        else:
            erase(embedded, which)
    undecided_of_all = (
        "(SELECT *, severity FROM cases FINAL"
        " WHERE status IN ('open', 'second review', 'disputed') AND erased_at IS NULL)"
    )
    for table in TABLES:
        told = "toString(case_id), occurred_at, status, plate, match, severity, due_at, precedence"
        if table == "open_cases":
            told += ", reviewers"
        found, expected = (
            embedded.query(f"SELECT {told} FROM {source} ORDER BY occurred_at")
            for source in (f"{table} FINAL", undecided_of_all)
        )
        assert found == expected, table


def test_a_settled_case_that_comes_again_when_it_was_merged_away_stays_settled(store: Store) -> None:
    deliver(store, {0, 1})
    mark(store, {IDS[0]: answered(0, {0, 1})})
    assert CaseBook(store).ids(CaseFilter()) == [IDS[1]], "a decision is seen at once"
    assert tidy(store, at_least=1)
    for table in TABLES:
        assert store.query(f"SELECT count() FROM {table}") == [(1,)], "what is settled is gone"
    deliver(store, {0, 1})
    assert CaseBook(store).ids(CaseFilter()) == [IDS[1]]
    assert not tidy(store), "one row is not worth merging"


def test_a_case_that_is_taken_back_is_in_the_queue_again(store: Store) -> None:
    deliver(store, {2})
    one_is_enough = ReviewTerms(undo_s=600.0)
    mark(store, {IDS[2]: answered(2, {0}, one_is_enough)})
    tidy(store, at_least=1)
    assert CaseBook(store).ids(CaseFilter()) == []
    mark(store, {IDS[2]: answered(2, {0, 1}, one_is_enough)})
    assert CaseBook(store).ids(CaseFilter()) == [IDS[2]]


def test_numbers_of_many_settled_cases_are_a_minute_old_at_most_and_of_few_never(store: Store) -> None:
    now_s = [0.0]
    few, many = SettledCounts(store), SettledCounts(store, few=0, clock=lambda: now_s[0])
    told = []
    for number, known in ((0, {0, 1}), (1, {0, 1, 2})):
        deliver(store, {number})
        mark(store, {IDS[number]: answered(number, known)})
        told.append((sum(few.now().values()), sum(many.now().values())))
    now_s[0] = KEPT_S + 1
    told.append((sum(few.now().values()), sum(many.now().values())))
    assert told == [(1, 1), (2, 1), (2, 2)]
    assert many.now() == {"confirmed": 1, "rejected": 1, "lapsed": 0}
