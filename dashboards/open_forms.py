"""What the forms that officers have open ask, as their pages were made: no answer need read its case again.

A form counts only as long as its officer has held the case without a break. What has changed behind the lease
all the same is for the worker to find, which checks every answer again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from dashboards.answering import Answer, problem_with
from enforcement.deadlines import has_lapsed
from enforcement.matching import Matched

#: Of so many forms; of one that is forgotten the case is read again.
_MOST = 512


@dataclass(frozen=True)
class OpenForm:
    """What one form asks: the question, until when (UTC ns), and by what its answer is judged."""

    asked: str
    due_at_ns: int | None
    lacking: tuple[str, ...]
    matched: Matched
    plate: str

    def allows(self, answer: Answer, at_ns: int) -> bool:
        """Whether this answer is to the question, in time, and complete."""
        return (
            answer.review == self.asked
            and not has_lapsed(self.due_at_ns, at_ns)
            and not problem_with(answer, self.lacking, self.matched)
        )


class OpenForms:
    """The forms that this process has made. Safe to use from several threads."""

    def __init__(self) -> None:
        self._forms: OrderedDict[tuple[str, str], OpenForm] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, officer: str, case_id: str, form: OpenForm | None) -> None:
        """Remember the form that an officer is given; None: their page has none now."""
        with self._lock:
            self._forms.pop((officer, case_id), None)
            if form is None:
                return
            self._forms[officer, case_id] = form
            while len(self._forms) > _MOST:
                self._forms.popitem(last=False)

    def take(self, officer: str, case_id: str) -> OpenForm | None:
        """The form that an officer has, once; None where it is not known."""
        with self._lock:
            return self._forms.pop((officer, case_id), None)
