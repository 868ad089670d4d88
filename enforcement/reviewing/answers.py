"""The answers of cases as the store has them: read, followed, and what they come to written with the case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enforcement.reviewing.course import Answer, Course, follow
from enforcement.reviewing.terms import USUAL, ReviewTerms, stored_terms
from enforcement.store import Store


@dataclass(frozen=True)
class Answered:
    """The answers of one case by their sequence, its terms, and whether its time ran out."""

    answers: tuple[Answer, ...] = ()
    terms: ReviewTerms = USUAL
    has_lapsed: bool = False

    def with_more(self, more: Sequence[Answer]) -> Answered:
        """With more answers; of one that comes twice the earlier place in the log holds."""
        first: dict[str, Answer] = {}
        for answer in sorted((*self.answers, *more), key=lambda answer: answer.sequence):
            first.setdefault(answer.decision_id, answer)
        return Answered(tuple(first.values()), self.terms, self.has_lapsed)

    @property
    def course(self) -> Course:
        """What they come to."""
        return follow(self.answers, self.terms, has_lapsed=self.has_lapsed)

    @property
    def precedence(self) -> int:
        """It grows with each answer reckoned with, so that who knew more writes over who knew less."""
        return 2 * len(self.answers) + self.has_lapsed


def answered_of(rows: Sequence[Sequence[Any]], terms: ReviewTerms) -> Answered:
    """The answers among the events of one case.

    Args:
        rows: sequence, decision_id, officer, kind, at (ns), review, chosen_plate, reason_code and withdraws
            of each event, by sequence.
        terms: those of the case.
    """
    answers = []
    for sequence, decision_id, officer, kind, at_ns, review, *rest in rows:
        if kind not in ("opened", "lapsed"):
            answers.append(Answer(sequence, decision_id, officer, kind, at_ns, review or "first", *rest))
    return Answered(tuple(answers), terms, any(row[3] == "lapsed" for row in rows))


def stored_answers(store: Store, case_ids: Collection[str]) -> dict[str, Answered]:
    """The answers to each of these cases that are in the store."""
    named = sorted(set(case_ids))
    rows = store.query(
        """SELECT case_id, sequence, decision_id, officer, toString(kind), toUnixTimestamp64Nano(at),
            toString(review), chosen_plate, toString(reason_code), withdraws
        FROM case_events FINAL WHERE case_id IN {cases:Array(String)} AND kind != 'opened'
        ORDER BY case_id, sequence""",
        {"cases": named},
    )
    terms = stored_terms(store, set(named))
    events: dict[str, list[Sequence[Any]]] = {case_id: [] for case_id in named}
    for case_id, *event in rows:
        events[case_id].append(event)
    return {case_id: answered_of(events[case_id], terms.get(case_id, USUAL)) for case_id in named}


def mark(store: Store, cases: Mapping[str, Answered]) -> None:
    """Write with each case what its answers come to; doing it again changes nothing."""
    if not cases:
        return
    columns = list(zip(*(_marks_of(case_id, cases[case_id]) for case_id in sorted(cases)), strict=True))
    store.command(
        """INSERT INTO cases
        SELECT cases.* REPLACE (
            marks.2 AS status, marks.3 AS precedence, marks.4 AS reviewers,
            if(marks.5 = 0, NULL, fromUnixTimestamp64Milli(marks.5, 'UTC')) AS decided_at,
            marks.6 AS officer, marks.7 AS reason_code
        )
        FROM (SELECT * FROM cases FINAL WHERE case_id IN {cases:Array(UUID)}) AS cases
        INNER JOIN
        (
            SELECT arrayJoin(arrayZip({cases:Array(UUID)}, {statuses:Array(String)},
                {precedences:Array(UInt64)}, {reviewers:Array(Array(String))}, {decided_ms:Array(Int64)},
                {officers:Array(String)}, {reasons:Array(String)})) AS marks, marks.1 AS marked_id
        ) AS marked ON marked.marked_id = cases.case_id""",
        dict(zip(_MARKS, map(list, columns), strict=True)),
    )


def mark_events(store: Store, case_id: str, answered: Answered, after: int) -> None:
    """Write what those stored answers of a case did whose sequence is above ``after``.

    Of use where an answer is handled after one that stands behind it in the log, as when it comes again.
    """
    effects = zip(answered.answers, answered.course.effects, strict=True)
    later = [(answer.decision_id, *effect) for answer, effect in effects if answer.sequence > after]
    if later:
        ids, did, statuses = (list(column) for column in zip(*later, strict=True))
        store.command(
            """INSERT INTO case_events
            SELECT events.* REPLACE (
                transform(decision_id, {ids:Array(String)}, {effects:Array(String)}, '') AS effect,
                transform(decision_id, {ids:Array(String)}, {statuses:Array(String)}, '') AS status_after
            )
            FROM (
                SELECT * FROM case_events FINAL
                WHERE case_id = {case:String} AND decision_id IN {ids:Array(String)}
            ) AS events""",
            {"case": case_id, "ids": ids, "effects": did, "statuses": statuses},
        )


_MARKS = ("cases", "statuses", "precedences", "reviewers", "decided_ms", "officers", "reasons")


def _marks_of(case_id: str, answered: Answered) -> tuple[object, ...]:
    course = answered.course
    ruling = course.ruling
    return (
        case_id,
        course.status,
        answered.precedence,
        list(course.reviewers),
        ruling.at_ns // 1_000_000 if ruling else 0,
        ruling.officer if ruling else "",
        ruling.reason_code if ruling else "",
    )
