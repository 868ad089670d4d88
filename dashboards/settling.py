"""Finding out what the worker made of the answers that were sent, so that their officers can be told.

Asked in passing: after an answer was sent, and with the pages that show it. One question serves everybody's
answers, so many officers at once do not ask more often than one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from dashboards.answer_words import CHANGED_NOTHING, what_it_did, who_was_first
from dashboards.sign_in.desk import Desk
from enforcement.case_event import CaseEvent
from enforcement.casebook import CaseBook
from enforcement.desk.assignments import Assignments
from enforcement.desk.sent_answers import SentAnswer, SentAnswers
from enforcement.reviewing.became import recorded, refused
from enforcement.reviewing.course import UNDECIDED

_NANOSECONDS = 10**9
#: The worker is hardly faster than that, so nothing is asked before.
_EARLIEST_S = 0.3
_EVERY_S = 0.2
#: What is recorded usually is by then: only later it is asked whether it was refused.
_PATIENT_S = 2.0


class Settling:
    """Settles sent answers. Safe to use from several threads."""

    def __init__(self, casebook: CaseBook, desk: Desk) -> None:
        self._casebook = casebook
        self._desk = desk
        self._sent = SentAnswers(desk.file)
        self._turn = threading.Lock()
        self._asked_s = 0.0
        self._watched: dict[str, float] = {}

    def wait(self, decision_id: str, timeout_s: float) -> bool:
        """Wait until an answer is settled, at most ``timeout_s`` seconds; whether it is."""
        until_s = self._watched[decision_id] = time.monotonic() + timeout_s
        try:
            while self._sent.is_waiting(decision_id):
                if time.monotonic() >= until_s:
                    return False
                with self._turn:
                    if time.monotonic() >= self._asked_s + _EVERY_S:
                        self._settle(self._sent.waiting())
                        self._asked_s = time.monotonic()
                time.sleep(min(_EVERY_S / 4, timeout_s))
            return True
        finally:
            self._watched.pop(decision_id, None)

    def settle(self) -> None:
        """Keep what has become of every answer that is not settled and that nobody waits for."""
        watched = set(self._watched)
        self._settle([each for each in self._sent.waiting() if each.decision_id not in watched])

    def _settle(self, answers: Sequence[SentAnswer]) -> None:
        now_ns = time.time_ns()
        waiting = [each for each in answers if now_ns >= each.sent_at_ns + _ns(_EARLIEST_S)]
        if not waiting:
            return
        store = self._casebook.store
        events = recorded(store, {each.decision_id: each.case_id for each in waiting})
        late = {
            each.decision_id: each.case_id
            for each in waiting
            if each.decision_id not in events and now_ns >= each.sent_at_ns + _ns(_PATIENT_S)
        }
        faults = refused(store, late) if late else {}
        for answer in waiting:
            event = events.get(answer.decision_id)
            if event is not None:
                self._recorded(answer, event)
            elif answer.decision_id in faults:
                fault = faults[answer.decision_id]
                self._keep(answer, "refused", f"your answer was not accepted: {fault}")

    def _recorded(self, answer: SentAnswer, event: CaseEvent) -> None:
        if event.kind == "conflict":
            case = self._casebook.case(answer.case_id, answer.officer)
            first = who_was_first(case.ruling if case else None)
            self._keep(answer, "refused", f"{CHANGED_NOTHING.lower()}: {first}")
            return
        if event.status_after not in UNDECIDED:
            Assignments(self._desk.audit).clear([answer.case_id])
        self._keep(answer, "done", what_it_did(event))

    def _keep(self, answer: SentAnswer, became: str, said: str) -> None:
        self._sent.settle(answer.decision_id, became, said)


def _ns(seconds: float) -> int:
    return round(seconds * _NANOSECONDS)
