"""What the store comes to: the same from one batch or many, once or again, and only what may be accepted."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enforcement.batch import Batch
from enforcement.case_plate import CasePlate
from enforcement.casebook import CaseBook
from enforcement.decisions import accept_decisions, mark_decided
from enforcement.law.review import Review
from enforcement.reviewing.answers import mark, stored_answers
from enforcement.reviewing.faults import CHECKS
from enforcement.reviewing.terms import REVIEW_TERMS, ReviewTerms, terms_of, terms_row
from enforcement.rows import CASE_EVENTS, VIOLATIONS, opened_row, violation_id, violation_row
from enforcement.rules.finding import Finding
from enforcement.statistics import CameraCount
from enforcement.store import Store
from streams.bus import Record
from streams.encoding import encode
from streams.identity import identify
from streams.messages import Decision
from streams.topics import Topic
from tests.enforcement.samples import T0, passage

FINDING = Finding("speeding", 93.4, "km/h", 1.2, 3.0, 90.4, 80.0, "rural", "1", "Too fast.")
TWO = ReviewTerms(("share",), undo_s=600.0)
_numbers = count(1)


def new_case(store: Store, terms: ReviewTerms | None = TWO) -> str:
    seen = passage(next(_numbers), 93.4)
    case_id = violation_id(seen.passage_id, "speeding")
    store.insert("review_terms", REVIEW_TERMS, [terms_row(case_id, terms)] if terms else [])
    store.insert("violations", VIOLATIONS, [violation_row(seen, FINDING, CasePlate("AB1", 0.8), None)])
    store.insert("case_events", CASE_EVENTS, [opened_row(seen, FINDING)])
    return case_id


def said(case_id: str, officer: str, outcome: str, review: str = "first", **more: Any) -> Decision:
    is_confirmed = outcome == "confirmed"
    return Decision(
        more.pop("decision_id", "") or identify("decision", case_id, officer, outcome, review),
        case_id,
        officer,
        outcome,
        T0,
        reason_code="plate_wrong" if outcome == "rejected" else None,
        checked=CHECKS if is_confirmed else (),
        review=review,
        **more,
    )


def handle(store: Store, *decisions: tuple[Decision, int]) -> list[str]:
    """Accept these with their places in the log; what was refused, and why."""
    batch = Batch(
        decisions=[
            (Record(Topic.DECISIONS, each.case_id, encode(each), 0, offset), each)
            for each, offset in decisions
        ]
    )
    accept_decisions(store, batch)
    return [refusal.reason for refusal in batch.refused]


def shown(store: Store, case_id: str) -> tuple[Any, ...]:
    """All that pages and reports are told of a case."""
    one = {"case": case_id}
    book = CaseBook(store)
    case = book.case(case_id, "chief", settles=True)
    assert case is not None
    rows = store.query(
        """SELECT toString(status), reviewers, officer, decided_at, reason_code FROM cases FINAL
        WHERE case_id = {case:UUID}""",
        one,
    )
    events = store.query(
        """SELECT sequence, kind, officer, status_after FROM v_case_events WHERE case_id = {case:String}
        ORDER BY sequence""",
        one,
    )
    [(status,)] = store.query("SELECT status FROM v_cases WHERE violation_id = {case:String}", one)
    assert case.summary.status == status == rows[0][0]
    return rows, events, case.answered.course.effects


def log_of(case_id: str) -> list[Decision]:
    """Everything that can happen, one after the other."""
    first = said(case_id, "lund", "rejected")
    again = said(case_id, "lund", "confirmed", decision_id="again")
    return [
        first,
        said(case_id, "berg", "confirmed"),
        replace_with(first, outcome="withdrawn", withdraws=first.decision_id, decision_id="undone"),
        said(case_id, "berg", "rejected", "second"),
        again,
        again,
        said(case_id, "keeper", "answered"),
        said(case_id, "berg", "rejected", "second", decision_id="second"),
        said(case_id, "berg", "confirmed", "supervisor"),
        said(case_id, "chief", "confirmed", "supervisor"),
        said(case_id, "dane", "rejected"),
    ]


def replace_with(decision: Decision, **changes: Any) -> Decision:
    return msgspec.structs.replace(decision, **changes)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    ends=st.lists(st.integers(1, 11), max_size=4),
    again=st.lists(st.tuples(st.integers(0, 10), st.integers(1, 11)), max_size=2),
)
def test_neither_batches_nor_repetitions_change_what_a_case_comes_to(
    embedded: Store, ends: list[int], again: list[tuple[int, int]]
) -> None:
    # Ids are told apart by the case alone, so two cases can be compared.
    whole, parted = new_case(embedded), new_case(embedded)
    handle(embedded, *zip(log_of(whole), range(11), strict=True))
    placed = list(zip(log_of(parted), range(11), strict=True))
    start = 0
    for end in sorted({*ends, 11}):
        handle(embedded, *placed[start:end])
        start = end
    for begin, end in again:
        handle(embedded, *placed[begin:end])
    assert shown(embedded, parted) == shown(embedded, whole)
    assert shown(embedded, whole)[0][0][:3] == ("confirmed", ["lund", "berg", "chief"], "chief")


def test_a_worker_who_knows_less_writes_over_nobody_who_knows_more(embedded: Store) -> None:
    case_id = new_case(embedded)
    handle(embedded, (said(case_id, "lund", "rejected"), 3))
    known = stored_answers(embedded, [case_id])
    handle(embedded, (said(case_id, "berg", "rejected", "second"), 9))
    mark(embedded, known)  # written late, by a worker whose partition another one has by now
    assert shown(embedded, case_id)[0][0][0] == "rejected"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"checked": ("plate", "vehicle")}, "it lacks measurement"),
        ({"checked": ()}, "it lacks plate, vehicle, measurement"),
        ({"checked": (), "schema_version": 2}, ""),
        ({"checked": ("plate",), "schema_version": 2}, "it lacks vehicle, measurement"),
        ({"review": "third"}, "the review 'third' is unknown"),
        ({"outcome": "withdrawn"}, "needs the decision_id of the answer that it takes back"),
        ({"chosen_plate": "AB1"}, ""),
        ({"outcome": "rejected", "reason_code": "other"}, "needs that reason in the note"),
        ({"outcome": "rejected", "reason_code": "other", "note": " "}, "needs that reason in the note"),
        ({"outcome": "rejected", "reason_code": "other", "note": "A float in a parade."}, ""),
        ({"outcome": "rejected", "reason_code": "other", "schema_version": 2}, ""),
    ],
)
def test_what_the_worker_refuses(embedded: Store, changes: dict[str, Any], refused: str) -> None:
    case_id = new_case(embedded)
    reasons = handle(embedded, (replace_with(said(case_id, "lund", "confirmed"), **changes), 1))
    assert [refused in reason for reason in reasons] == ([True] if refused else [])


def test_a_case_that_waits_for_evidence_is_rejected_but_not_confirmed(embedded: Store) -> None:
    case_id = new_case(embedded, None)
    gap = (case_id, "a" * 64, "frame", T0 // 10**6)
    columns = ("case_id", "digest", "kind", "opened_at", "sign")
    embedded.insert("evidence_gaps", columns, [(*gap, 1)])
    [reason] = handle(embedded, (said(case_id, "lund", "confirmed"), 1))
    assert "still waits for evidence" in reason
    embedded.insert("evidence_gaps", columns, [(*gap, -1)])
    assert handle(embedded, (said(case_id, "lund", "confirmed"), 2)) == []
    other = new_case(embedded, None)
    embedded.insert("evidence_gaps", columns, [(other, *gap[1:], 1)])
    assert handle(embedded, (said(other, "lund", "rejected"), 1)) == []


def test_an_ambiguous_plate_is_not_confirmed_without_a_choice(embedded: Store) -> None:
    case_id = new_case(embedded, None)
    row = (case_id, "ambiguous", 0.1, 0.0, ["AB1", "AB7"], [0.5, 0.4], ["{}", "{}"], ["", ""], "")
    columns = ("case_id", "match", "none", "foreign", "plates", "posteriors", "keepers", "whys", "why")
    embedded.insert("case_candidates", columns, [row])
    confirmed = said(case_id, "lund", "confirmed")
    assert len(handle(embedded, (confirmed, 1))) == 1
    assert len(handle(embedded, (replace_with(confirmed, chosen_plate="ZZ9"), 2))) == 1
    assert handle(embedded, (replace_with(confirmed, chosen_plate="AB7"), 3)) == []


def test_what_waits_for_another_officer_is_counted_as_waiting(store: Store) -> None:
    waiting, disputed, decided = (new_case(store) for _ in range(3))
    handle(
        store,
        (said(waiting, "lund", "confirmed"), 1),
        (said(disputed, "lund", "confirmed"), 2),
        (said(disputed, "berg", "rejected", "second"), 3),
        (said(decided, "lund", "confirmed"), 4),
        (said(decided, "berg", "confirmed", "second"), 5),
    )
    book = CaseBook(store)
    counts = book.count()
    assert [counts[status] for status in ("second review", "disputed", "confirmed")] == [1, 1, 1]
    [camera] = book.by_camera()
    assert replace(camera, passages=0, measured=0) == CameraCount("cam-1", 0, 0, 3, 2, 1, 0)
    assert store.query("SELECT count() FROM v_decisions") == [(1,)]
    assert store.query("SELECT officer, decided FROM v_reviewers_daily ORDER BY officer") == [
        ("berg", 1),
        ("lund", 1),
    ]
    hidden = book.events(waiting, "berg")
    assert [(event.kind, event.officer, event.note) for event in hidden[1:]] == [("in review", None, "")]
    assert [event.officer for event in book.events(waiting, "lund")[1:]] == ["lund"]
    assert [event.kind for event in book.events(disputed)[1:]] == ["in review"] * 2
    assert [event.kind for event in book.events(disputed, "berg")[1:]] == ["confirmed", "rejected"]
    assert [event.kind for event in book.events(decided)[1:]] == ["confirmed", "confirmed"]


def test_a_lapsed_case_stays_lapsed_unless_it_was_decided_in_time(embedded: Store) -> None:
    late, timely = new_case(embedded, None), new_case(embedded, None)
    for each in (late, timely):
        event_id = identify("case-event", each, "lapsed")
        embedded.insert("case_events", CASE_EVENTS, [(each, event_id, 0, "lapsed", T0, "", "", "", "")])
    mark_decided(embedded, {late, timely})
    handle(embedded, (said(timely, "lund", "rejected"), 1))
    mark_decided(embedded, {late, timely})
    assert [shown(embedded, each)[0][0][0] for each in (late, timely)] == ["lapsed", "rejected"]


@pytest.mark.parametrize(
    ("review", "reasons"),
    [
        (Review(), ()),
        (Review(share=1.0), ("share",)),
        (Review(offences=("speeding",)), ("offence",)),
        (Review(offences=("red_light",)), ()),
        (Review(above_severity=0.1), ("severity",)),
        (Review(above_severity=0.2), ()),
        (Review(below_confidence=0.81), ("confidence",)),
        (Review(below_confidence=0.8), ()),
    ],
)
def test_why_a_second_officer_looks(review: Review, reasons: tuple[str, ...]) -> None:
    terms = terms_of(passage(1, 93.4), FINDING, CasePlate("AB1", 0.8), review)
    assert terms == ReviewTerms(reasons, 600.0, 600.0)


def test_a_share_is_always_the_same_cases_and_about_as_many() -> None:
    drawn = [
        [
            bool(terms_of(passage(number, 93.4), FINDING, CasePlate(), Review(share=share)).reasons)  # type: ignore[union-attr]
            for number in range(2000)
        ]
        for share in (0.1, 0.1, 0.3)
    ]
    assert drawn[0] == drawn[1]
    assert all(more for one, more in zip(drawn[0], drawn[2], strict=True) if one)
    assert 150 < sum(drawn[0]) < 250
