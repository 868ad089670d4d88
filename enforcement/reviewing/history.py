"""The history of a case: what happened to it, and what of that somebody may know while it is under review.

Until a case is decided nobody learns of another officer's answer: not what it was, nor whose, nor why. So who
is asked second looks at the case and not at the first answer. A supervisor who settles a disagreement sees
both, as do the two who disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from enforcement.case_event import CaseEvent
from enforcement.reviewing.answers import Answered, answered_of
from enforcement.reviewing.course import UNDECIDED
from enforcement.reviewing.terms import USUAL, stored_terms
from enforcement.store import Store

#: Kinds of events that are no answers.
_OPEN_TO_ALL = ("opened", "answered", "lapsed")


@dataclass(frozen=True)
class History:
    """All that happened to a case, for who may know all of it, and its answers."""

    events: tuple[CaseEvent, ...] = ()
    answered: Answered = field(default_factory=Answered)

    def seen_by(self, officer: str, *, settles: bool = False) -> tuple[CaseEvent, ...]:
        """The events as this officer may know them; ``settles``: may decide what others disagree about."""
        course = self.answered.course
        if course.status not in UNDECIDED:
            return self.events
        if course.status == "disputed" and (settles or officer in course.reviewers):
            return self.events
        return tuple(
            event if event.kind in _OPEN_TO_ALL or event.officer == officer else _hidden(event)
            for event in self.events
        )


def history_of(store: Store, case_id: str) -> History:
    """The history of one case; without any event where there is no such case."""
    rows = store.query(
        """SELECT sequence, decision_id, officer, toString(kind), toUnixTimestamp64Nano(at), toString(review),
            chosen_plate, toString(reason_code), withdraws, note, checked
        FROM case_events FINAL WHERE case_id = {case:String} ORDER BY sequence, event_id""",
        {"case": case_id},
    )
    terms = stored_terms(store, {case_id}).get(case_id, USUAL)
    answered = answered_of([row[:9] for row in rows], terms)
    course = answered.course
    effects = zip(answered.answers, course.effects, strict=True)
    did = {answer.decision_id: did for answer, did in effects}
    events = []
    for sequence, decision_id, officer, kind, at_ns, review, plate, reason, _, note, checked in rows:
        if kind == "lapsed" and course.status != "lapsed":
            continue  # a decision that was made in time came after it
        effect, status = did.get(decision_id, ("", ""))
        told = "conflict" if effect == "conflict" else kind
        question = (review or "first") if sequence and kind not in _OPEN_TO_ALL else ""
        about = (question, tuple(checked), plate, decision_id, status)
        events.append(CaseEvent(at_ns, told, officer or None, reason or None, note, *about))
    events.sort(key=lambda event: event.kind == "lapsed")
    return History(tuple(events), answered)


def _hidden(event: CaseEvent) -> CaseEvent:
    kind = event.kind if event.kind == "withdrawn" else "in review"
    return CaseEvent(event.at_ns, kind, None, None, "")
