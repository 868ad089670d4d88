"""The course of a case: what its answers, in the order of the decisions log, make of it together.

A pure function of the answers and the case's terms. Whoever has stored them, in however many batches and
however often, comes to the same, and what an answer did never changes with what comes after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from enforcement.reviewing.terms import ReviewTerms

#: The statuses of a case; those in UNDECIDED wait for somebody.
Status = Literal["open", "second review", "disputed", "confirmed", "rejected", "lapsed"]
UNDECIDED: tuple[Status, ...] = ("open", "second review", "disputed")
#: Which question is answered while a case has a status; in any other nothing is asked.
ASKED: dict[str, str] = {"open": "first", "second review": "second", "disputed": "supervisor"}

#: ``counted``: it did something. ``conflict``: it came too late, or was not this officer's to give.
#: ``aside``: it decides nothing by its nature, as what a keeper answered.
Effect = Literal["counted", "conflict", "aside"]

_ASIDE = "answered"
_NANOSECONDS = 10**9


@dataclass(frozen=True)
class Answer:
    """What somebody answered; ``sequence`` is its place in the decisions log, from 1 on."""

    sequence: int
    decision_id: str
    officer: str
    outcome: str
    at_ns: int
    review: str = "first"
    chosen_plate: str | None = None
    reason_code: str = ""
    withdraws: str = ""


@dataclass(frozen=True)
class Course:
    """How far a case has come.

    ``first`` and ``second`` are the answers that count so far, ``ruling`` the one that decided; ``effects``
    are what each answer did, and the status after it, in their order.
    """

    status: Status = "open"
    first: Answer | None = None
    second: Answer | None = None
    ruling: Answer | None = None
    effects: tuple[tuple[Effect, Status], ...] = ()

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Who has answered in this round, in the order of their answers."""
        counted = (self.first, self.second, self.ruling)
        return tuple(dict.fromkeys(answer.officer for answer in counted if answer is not None))


def follow(answers: Sequence[Answer], terms: ReviewTerms, *, has_lapsed: bool = False) -> Course:
    """The course that ``answers``, by their sequence, have taken under ``terms``.

    ``has_lapsed``: the time to decide has run out, which holds unless the answers have decided.
    """
    course = Course()
    effects: list[tuple[Effect, Status]] = []
    for answer in answers:
        moved = course if answer.outcome == _ASIDE else _step(course, answer, terms)
        effect: Effect = "aside" if answer.outcome == _ASIDE else "conflict" if moved is None else "counted"
        course = moved or course
        effects.append((effect, course.status))
    status: Status = "lapsed" if has_lapsed and course.status in UNDECIDED else course.status
    return Course(status, course.first, course.second, course.ruling, tuple(effects))


def may_withdraw(course: Course, officer: str, terms: ReviewTerms, at_ns: int) -> bool:
    """Whether this officer may take back, at this time, the one answer that the case has."""
    alone = course.first if course.second is None else None
    return (
        alone is not None
        and alone.officer == officer
        and 0 <= at_ns - alone.at_ns <= round(terms.undo_s * _NANOSECONDS)
    )


def may_answer(course: Course, officer: str) -> bool:
    """Whether what the case waits for may come from this officer; a supervisor's right is asked elsewhere."""
    return course.status in UNDECIDED and officer not in course.reviewers


def _step(course: Course, answer: Answer, terms: ReviewTerms) -> Course | None:
    """The course after one more answer; None where it changes nothing."""
    if answer.outcome == "withdrawn":
        taken_back = course.first
        if taken_back is None or answer.withdraws != taken_back.decision_id:
            return None
        return Course() if may_withdraw(course, answer.officer, terms, answer.at_ns) else None
    if answer.review != ASKED.get(course.status) or not may_answer(course, answer.officer):
        return None
    if course.first is None:
        if terms.reasons:
            return Course("second review", answer)
        return Course(_final(answer), answer, None, answer)
    if course.second is None:
        if _verdict(answer) == _verdict(course.first):
            return Course(_final(answer), course.first, answer, answer)
        return Course("disputed", course.first, answer)
    return Course(_final(answer), course.first, course.second, answer)


def _verdict(answer: Answer) -> tuple[str, str | None]:
    """In what two answers must agree: the outcome and, where it is confirmed, whose plate it is."""
    return answer.outcome, answer.chosen_plate if answer.outcome == "confirmed" else None


def _final(answer: Answer) -> Status:
    return "confirmed" if answer.outcome == "confirmed" else "rejected"
