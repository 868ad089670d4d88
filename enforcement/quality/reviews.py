"""How reviewers decide: how far they agree, how long a case takes, how often a supervisor overturns them.

Invented cases are in none of these figures; how they were answered is told apart.
"""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.quality.intervals import kappa, wilson
from enforcement.store import Store

#: Between two answers of an officer that are further apart lies something else than one case, s.
LONGEST_CASE_S = 900

#: The answers that were taken back in time.
_TAKEN_BACK = "SELECT withdraws FROM case_events FINAL WHERE kind = 'withdrawn' AND effect != 'conflict'"
#: What first, second and supervisor answered of each case and did not take back, and who they are.
_ANSWERS = f"""
    SELECT case_id,
        argMaxIf(toString(kind), sequence, review = 'first') AS first,
        argMaxIf(officer, sequence, review = 'first') AS first_by,
        argMaxIf(toString(kind), sequence, review = 'second') AS second,
        argMaxIf(officer, sequence, review = 'second') AS second_by,
        argMaxIf(toString(kind), sequence, review = 'supervisor') AS settled,
        argMaxIf(officer, sequence, review = 'supervisor') AS settled_by
    FROM case_events FINAL
    WHERE kind IN ('confirmed', 'rejected') AND effect != 'conflict'
        AND at >= now64(3) - toIntervalDay({{days:UInt32}})
        AND case_id NOT IN (SELECT toString(case_id) FROM seeded_cases)
        AND decision_id NOT IN ({_TAKEN_BACK})
    GROUP BY case_id
"""


@dataclass(frozen=True)
class Agreement:
    """First and second answers of the same cases: how often both confirmed, one of them, none."""

    both_confirmed: int = 0
    only_first: int = 0
    only_second: int = 0
    both_rejected: int = 0

    @property
    def cases(self) -> int:
        """How many cases two officers looked at."""
        return self.both_confirmed + self.only_first + self.only_second + self.both_rejected

    @property
    def agreed(self) -> int:
        """How many of them they answered alike."""
        return self.both_confirmed + self.both_rejected

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the share of agreement lies with 95 %."""
        return wilson(self.agreed, self.cases)

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; None where nothing can be said."""
        return kappa(self.both_confirmed, self.only_first, self.only_second, self.both_rejected)


@dataclass(frozen=True)
class Reviewer:
    """One officer: answers, cases settled by a supervisor and how many of them against the officer.

    ``known`` invented cases were answered, ``known_right`` of them rightly. Times in s from one answer to
    the next; None where there is none.
    """

    officer: str
    answers: int = 0
    confirmed: int = 0
    settled: int = 0
    overturned: int = 0
    known: int = 0
    known_right: int = 0
    median_s: float | None = None
    p90_s: float | None = None


@dataclass(frozen=True)
class Settling:
    """One supervisor: cases settled, and in how many the first officer's answer was overturned."""

    supervisor: str
    settled: int
    overturned: int


class Reviews:
    """The figures of the last ``days`` days, out of the store."""

    def __init__(self, store: Store, days: int) -> None:
        self._store = store
        self._bound = {"days": days}

    def agreement(self) -> Agreement:
        """How far first and second officers agree."""
        rows = self._store.query(
            f"""SELECT first = 'confirmed', second = 'confirmed', count() FROM ({_ANSWERS})
            WHERE first != '' AND second != '' GROUP BY 1, 2""",
            self._bound,
        )
        counted = {(bool(first), bool(second)): number for first, second, number in rows}
        pairs = ((True, True), (True, False), (False, True), (False, False))
        return Agreement(*(counted.get(pair, 0) for pair in pairs))

    def settlings(self) -> list[Settling]:
        """How often each supervisor overturned the first officer, by name."""
        rows = self._store.query(
            f"""SELECT settled_by, count(), countIf(settled != first) FROM ({_ANSWERS})
            WHERE settled != '' AND first != '' GROUP BY settled_by ORDER BY settled_by""",
            self._bound,
        )
        return [Settling(*row) for row in rows]

    def reviewers(self) -> list[Reviewer]:
        """Every officer who answered, by name."""
        answered = self._store.query(
            f"""SELECT officer, count(), countIf(answer = 'confirmed'), countIf(settled != ''),
                countIf(settled != '' AND settled != answer)
            FROM (
                SELECT first_by AS officer, first AS answer, settled FROM ({_ANSWERS}) WHERE first != ''
                UNION ALL SELECT second_by, second, settled FROM ({_ANSWERS}) WHERE second != ''
            ) GROUP BY officer""",
            self._bound,
        )
        times, known = self._times(), self._known()
        facts = {str(officer): tuple(map(int, counts)) for officer, *counts in answered}
        reviewers = []
        for name in sorted({*facts, *known}):
            answers, confirmed, settled, overturned = facts.get(name, (0, 0, 0, 0))
            asked, right = known.get(name, (0, 0))
            median_s, p90_s = times.get(name, (None, None))
            reviewers.append(
                Reviewer(name, answers, confirmed, settled, overturned, asked, right, median_s, p90_s)
            )
        return reviewers

    def known(self) -> tuple[int, int, int]:
        """Invented cases that were put, of them answered, of them rightly."""
        [(put,)] = self._store.query(
            "SELECT count() FROM seeded_cases FINAL WHERE put_at >= now64(3) - toIntervalDay({days:UInt32})",
            self._bound,
        )
        answers = self._known().values()
        return int(put), sum(number for number, _ in answers), sum(right for _, right in answers)

    def _known(self) -> dict[str, tuple[int, int]]:
        """By officer how many invented cases were answered, and how many rightly."""
        rows = self._store.query(
            f"""SELECT events.officer, count(), countIf(toString(events.kind) = known.answer)
            FROM (
                SELECT case_id, officer, kind FROM case_events FINAL
                WHERE kind IN ('confirmed', 'rejected') AND effect != 'conflict'
                    AND at >= now64(3) - toIntervalDay({{days:UInt32}})
                    AND case_id IN (SELECT toString(case_id) FROM seeded_cases)
                    AND decision_id NOT IN ({_TAKEN_BACK})
            ) AS events
            INNER JOIN (SELECT toString(case_id) AS case_id, answer FROM seeded_cases FINAL) AS known
                ON known.case_id = events.case_id
            GROUP BY events.officer""",
            self._bound,
        )
        return {str(officer): (int(number), int(right)) for officer, number, right in rows}

    def _times(self) -> dict[str, tuple[float, float]]:
        """By officer the median and the ninth decile from one answer to the next, s; pauses left out."""
        rows = self._store.query(
            """SELECT officer, quantileExact(0.5)(gap), quantileExact(0.9)(gap) FROM (
                SELECT officer, at, row_number() OVER past AS place,
                    dateDiff('millisecond', lagInFrame(at) OVER past, at) / 1000 AS gap
                FROM case_events FINAL
                WHERE kind IN ('confirmed', 'rejected') AND officer != ''
                    AND at >= now64(3) - toIntervalDay({days:UInt32})
                WINDOW past AS (PARTITION BY officer ORDER BY at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
            ) WHERE place > 1 AND gap <= {longest:UInt32} GROUP BY officer""",
            {**self._bound, "longest": LONGEST_CASE_S},
        )
        return {str(officer): (float(median), float(p90)) for officer, median, p90 in rows}
