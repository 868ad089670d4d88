"""The messages after decisions: what each answer of an officer came to, until they were told.

An answer that is recorded is told once. One that is still on its way is told on every page, and one that was
refused until the officer says that they have seen it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from fastapi import Request

from dashboards.formatting import NANOSECONDS, utc_text
from dashboards.office import Office
from dashboards.sign_in.asking import person_of
from enforcement.desk.sent_answers import SentAnswer, SentAnswers

#: The worker needs about a second; what takes longer is said to take longer.
_SOON_NS = 15 * NANOSECONDS


@dataclass(frozen=True)
class Flash:
    """A message about the case ``case_id``; ``tone`` is done, pending or refused."""

    tone: str
    text: str
    case_id: str
    decision_id: str


def flashes_for(office: Office, request: Request) -> list[Flash]:
    """What this officer is to be told now, the earliest first; what is told once is forgotten with this."""
    officer = person_of(request).name
    sent = SentAnswers(office.desk.file)
    if not sent.of(officer):
        return []
    office.settling.settle()
    answers = sent.of(officer)
    if done := [answer.decision_id for answer in answers if answer.became == "done"]:
        sent.seen(officer, done)
    return [_flash(answer) for answer in answers]


def _flash(answer: SentAnswer) -> Flash:
    plate = answer.plate or "Unreadable plate"
    if answer.became:
        text = f"{plate}: {answer.said}"
    elif time.time_ns() < answer.sent_at_ns + _SOON_NS:
        text = f"{plate}: {answer.outcome}; your answer is sent and is being recorded."
    else:
        text = (
            f"{plate}: {answer.outcome}; your answer of {utc_text(answer.sent_at_ns)} is sent and lies safely"
            " in the log, but is not recorded yet. Until it is, nobody is given the case."
        )
    return Flash(answer.became or "pending", text, answer.case_id, answer.decision_id)
