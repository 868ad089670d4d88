"""Answers that were sent and lie safely in the log: what becomes of each is kept until its officer was told.

Nobody waits for the worker at the page. The log settles what an answer comes to; here it is only remembered
who has still to hear of it, and that nobody is given the case meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from enforcement.desk.desk_file import DeskFile

#: Nobody is given a case whose answer is not applied, however long that takes.
NEVER_NS = 2**62
_COLUMNS = "decision_id, case_id, officer, outcome, plate, sent_at_ns, became, said"


@dataclass(frozen=True)
class SentAnswer:
    """One answer of an officer, sent at ``sent_at_ns`` (UTC ns).

    ``outcome`` is what it says: confirmed, rejected or withdrawn. ``became`` is empty until the worker has
    applied it, then ``done`` or ``refused``; ``said`` is then the sentence for its officer.
    """

    decision_id: str
    case_id: str
    officer: str
    outcome: str
    plate: str
    sent_at_ns: int
    became: str = ""
    said: str = ""


class SentAnswers:
    """The sent answers in a desk file. Safe to use from several threads and processes."""

    def __init__(self, file: DeskFile) -> None:
        self._file = file

    def send(self, answer: SentAnswer) -> None:
        """Note an answer that lies in the log: from now on nobody is given its case until it is settled."""
        with self._file.transaction() as database:
            database.execute(
                f"INSERT OR IGNORE INTO sent_answers ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, '', '')",
                (
                    answer.decision_id,
                    answer.case_id,
                    answer.officer,
                    answer.outcome,
                    answer.plate,
                    answer.sent_at_ns,
                ),
            )
            database.execute(
                "UPDATE leases SET until_ns = ?, is_answered = 1 WHERE case_id = ? AND officer = ?",
                (NEVER_NS, answer.case_id, answer.officer),
            )

    def settle(self, decision_id: str, became: str, said: str) -> None:
        """Keep what became of an answer, and let go of its case."""
        with self._file.transaction() as database:
            database.execute(
                "UPDATE sent_answers SET became = ?, said = ? WHERE decision_id = ? AND became = ''",
                (became, said, decision_id),
            )
            database.execute(
                "DELETE FROM leases WHERE is_answered AND (case_id, officer) IN"
                " (SELECT case_id, officer FROM sent_answers WHERE decision_id = ?)"
                " AND case_id NOT IN (SELECT case_id FROM sent_answers WHERE became = '')",
                (decision_id,),
            )

    def seen(self, officer: str, decision_ids: Collection[str]) -> None:
        """Forget those of an officer's answers of which they were told what became of them."""
        with self._file.transaction() as database:
            database.executemany(
                "DELETE FROM sent_answers WHERE decision_id = ? AND officer = ? AND became <> ''",
                [(each, officer) for each in decision_ids],
            )

    def waiting(self) -> list[SentAnswer]:
        """Everybody's answers that are not settled, the earliest first."""
        return self._select("became = '' ORDER BY sent_at_ns")

    def case_ids(self) -> frozenset[str]:
        """The cases of those: nobody is asked about them now."""
        return frozenset(each.case_id for each in self.waiting())

    def of(self, officer: str) -> list[SentAnswer]:
        """What an officer has sent and was not told the end of, the earliest first."""
        return self._select("officer = ? ORDER BY sent_at_ns", officer)

    def is_sent(self, decision_id: str) -> bool:
        """Whether this very answer was sent before, and its officer not told the end of it."""
        return bool(self._select("decision_id = ?", decision_id))

    def is_waiting(self, decision_id: str) -> bool:
        """Whether this answer is not settled."""
        return bool(self._select("decision_id = ? AND became = ''", decision_id))

    def _select(self, condition: str, *values: str) -> list[SentAnswer]:
        with self._file.reading() as database:
            rows = database.execute(f"SELECT {_COLUMNS} FROM sent_answers WHERE {condition}", values)
            return [SentAnswer(*row) for row in rows]
