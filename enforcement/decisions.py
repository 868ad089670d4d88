"""Officers' decisions: checked, and added to their cases as events."""

from __future__ import annotations

from collections import defaultdict

from enforcement.batch import Batch, Refusal
from enforcement.reviewing.answers import Answered, mark, mark_events, stored_answers
from enforcement.reviewing.course import Answer
from enforcement.reviewing.facts import facts_of
from enforcement.reviewing.faults import fault_of
from enforcement.rows import CASE_EVENTS, Row, decision_row
from enforcement.store import Store
from streams.messages import Decision

_EVENTS = [*CASE_EVENTS, "review", "checked", "chosen_plate", "withdraws", "effect", "status_after"]


def accept_decisions(store: Store, batch: Batch) -> int:
    """Store the decisions of ``batch`` as case events; returns how many.

    What they do is settled by the order of the decisions log alone: each is followed from all that came
    before it, stored or in this batch, so neither batches nor repetitions change anything. One that is not
    complete, or whose case does not exist, is added to ``batch.refused``.
    """
    if not batch.decisions:
        return 0
    facts = facts_of(store, [decision for _, decision in batch.decisions])
    given: dict[str, dict[int, Decision]] = defaultdict(dict)
    for record, decision in batch.decisions:
        reason = fault_of(decision, facts)
        if reason is None:
            given[decision.case_id][record.offset + 1] = decision
        else:
            batch.refused.append(Refusal(record, "no-decision", reason))
    stored = stored_answers(store, given)
    known = {
        case_id: stored[case_id].with_more([_answer(each, place) for place, each in decisions.items()])
        for case_id, decisions in given.items()
    }
    rows = []
    for case_id, answered in known.items():
        for answer, (effect, status) in zip(answered.answers, answered.course.effects, strict=True):
            new = given[case_id].get(answer.sequence)
            if new is not None:
                rows.append((*decision_row(new, answer.sequence - 1), *_more(new), effect, status))
    # The cases first: whoever finds the event of an answer finds its case as the answer left it, so that a
    # page that calls an answer recorded never lists its case as open.
    mark(store, known)
    store.insert("case_events", _EVENTS, rows)
    for case_id, decisions in given.items():
        if any(answer.sequence > min(decisions) for answer in stored[case_id].answers):
            mark_events(store, case_id, known[case_id], min(decisions))
    return sum(map(len, given.values()))


def _more(decision: Decision) -> Row:
    checked = list(decision.checked)
    return (decision.review, checked, decision.chosen_plate, decision.withdraws or "")


def _answer(decision: Decision, place: int) -> Answer:
    return Answer(
        place,
        decision.decision_id,
        decision.officer,
        decision.outcome,
        decision.decided_at_ns,
        decision.review,
        decision.chosen_plate,
        decision.reason_code or "",
        decision.withdraws or "",
    )


def mark_decided(store: Store, case_ids: set[str]) -> dict[str, Answered]:
    """Give these cases what the events in the store come to, and return it; done again it changes nothing."""
    answered = stored_answers(store, case_ids)
    mark(store, answered)
    return answered
