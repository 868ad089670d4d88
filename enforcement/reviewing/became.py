"""What became of decisions that were sent: recorded as events of their cases, refused, or not known yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from enforcement.batch import Refusal
from enforcement.case_event import CaseEvent
from enforcement.store import Store
from streams.encoding import UndecodableMessage, decode
from streams.messages import Decision
from streams.topics import Topic

_REFUSED = ["case_id", "decision_id", "reason"]


def recorded(store: Store, sent: Mapping[str, str]) -> dict[str, CaseEvent]:
    """The events that these decisions have become, by decision id; what is not applied yet is left out.

    Args:
        store: where the worker records them.
        sent: decision id -> case id.

    Returns:
        Events whose ``kind`` is ``conflict`` where the answer changed nothing.
    """
    rows = store.query(
        """SELECT toUnixTimestamp64Nano(at), if(effect = 'conflict', 'conflict', toString(kind)), officer,
            toString(reason_code), note, toString(review), checked, chosen_plate, decision_id,
            toString(status_after)
        FROM case_events FINAL
        WHERE case_id IN {cases:Array(String)} AND decision_id IN {decisions:Array(String)}""",
        {"cases": sorted(set(sent.values())), "decisions": sorted(sent)},
    )
    return {event.decision_id: event for event in map(_event, rows)}


def refused(store: Store, sent: Mapping[str, str]) -> dict[str, str]:
    """Why decisions were refused, by decision id, of those that were; ``sent`` as in :func:`recorded`."""
    rows = store.query(
        """SELECT decision_id, reason FROM refused_decisions FINAL
        WHERE case_id IN {cases:Array(String)} AND decision_id IN {decisions:Array(String)}""",
        {"cases": sorted(set(sent.values())), "decisions": sorted(sent)},
    )
    return {str(decision_id): str(reason) for decision_id, reason in rows}


def keep_refused(store: Store, refusals: Iterable[Refusal]) -> None:
    """Let whoever sent a decision among these refusals find out; doing it again changes nothing."""
    rows = []
    for record, _, reason in refusals:
        if record.topic is Topic.DECISIONS:
            try:
                decision = decode(record.value, Decision)
            except UndecodableMessage:
                continue  # nobody can be told whose it was
            rows.append((decision.case_id, decision.decision_id, reason))
    store.insert("refused_decisions", _REFUSED, rows)


def _event(row: Sequence[Any]) -> CaseEvent:
    at_ns, kind, officer, reason, note, review, checked, *rest = row
    return CaseEvent(at_ns, kind, officer or None, reason or None, note, review, tuple(checked), *rest)
