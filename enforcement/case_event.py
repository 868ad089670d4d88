"""What happened to a case, as pages and packages tell it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CaseEvent:
    """Something that happened to a case, at ``at_ns`` (UTC ns).

    ``kind`` is ``opened``, ``confirmed``, ``rejected``, ``withdrawn`` (it takes back the answer before),
    ``answered`` (by the keeper), ``lapsed``, ``conflict`` (an answer that came too late: it is kept, and
    changes nothing) or ``in review`` (somebody answered, and who asks may not know what). ``review`` is the
    question that was answered: first, second or supervisor; empty where it was none; ``status_after`` what
    the case's status was then.
    """

    at_ns: int
    kind: str
    officer: str | None
    reason_code: str | None
    note: str
    review: str = ""
    checked: tuple[str, ...] = ()
    chosen_plate: str | None = None
    decision_id: str = ""
    status_after: str = ""
