"""Carries out what the periods say: tombstone first, then the evidence, then the rows.

Whatever kills the process in between, the next run finds the tombstone that is begun and goes on from there:
each step may be repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from enforcement.engine import quote
from enforcement.erasing.belongings import (
    Belongings,
    belongings_of,
    needed_by_others,
    place_in_chain,
    receipt_digest,
)
from enforcement.erasing.changing import change
from enforcement.erasing.due import DueCase, due_cases
from enforcement.erasing.holds import keep_held
from enforcement.erasing.marks import HELD
from enforcement.erasing.periods import periods_of
from enforcement.erasing.places import BLANKED, DELETED
from enforcement.erasing.tombstone import Tombstone, read_tombstones, write_tombstones
from enforcement.evidence_index import EvidenceIndex
from enforcement.store import Store
from streams.events import Events
from streams.metrics import CASES_ERASED, ERASING_FINISHED

#: So many cases are erased at once: a change of a table reads it once, however many rows it is about.
AT_ONCE = 500
#: For so long after it is looked whether a row of an erased case was written again.
_WRITTEN_LATE_MS = 7 * 24 * 3600 * 1000
#: For so long after it is looked whether a piece of an erased case has come late.
_SWEPT_MS = 120 * 24 * 3600 * 1000

_events = Events(__name__)


@dataclass(frozen=True)
class Erased:
    """How many cases were erased, and how many pieces of evidence with them."""

    cases: int = 0
    pieces: int = 0

    def __add__(self, other: Erased) -> Erased:
        return Erased(self.cases + other.cases, self.pieces + other.pieces)


class Erasing:
    """Erases the cases of a store, and the evidence that is theirs alone. For one thread at a time.

    Several processes may do so at once: they do the same twice, and harm nothing.
    """

    def __init__(
        self,
        store: Store,
        index: EvidenceIndex,
        *,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._store = store
        self._index = index
        self._clock = clock

    def run(self) -> Erased:
        """Erase every case whose time is over, and finish what was begun; what is held is kept.

        Raises:
            EvidenceUnreachable, StoreUnreachable, QueryFailed: a part is erased then; the next run goes on.
        """
        keep_held(self._store)
        done = self._finish(self._begun())
        periods = periods_of(self._store)
        while due := due_cases(self._store, periods, self._clock(), AT_ONCE):
            done += self._finish(self._begin(due, periods))
        self._sweep()
        ERASING_FINISHED.set(self._clock() / 1e9)
        if done.cases:
            _events.info("cases-erased", f"{done.cases} cases were erased at their time.", cases=done.cases)
        return done

    def due(self) -> list[DueCase]:
        """What the next run would begin with, at most ``AT_ONCE`` cases; changes nothing."""
        return due_cases(self._store, periods_of(self._store), self._clock(), AT_ONCE)

    def _begun(self) -> list[Tombstone]:
        """Those that are not finished; and those of late of whose cases something is there again.

        A worker that was adding an answer while the case was erased writes what it had read before.
        """
        late = "SELECT case_id FROM tombstones WHERE begun_at > fromUnixTimestamp64Milli({late:Int64}, 'UTC')"
        return read_tombstones(
            self._store,
            f"""finished_at IS NULL
            OR case_id IN (SELECT case_id FROM cases WHERE erased_at IS NULL AND case_id IN ({late}))
            OR toString(case_id) IN (
                SELECT case_id FROM case_events
                WHERE (note != '' OR chosen_plate IS NOT NULL)
                    AND case_id IN (SELECT toString(case_id) FROM ({late}))
            )""",
            late=self._now_ms() - _WRITTEN_LATE_MS,
        )

    def _begin(self, due: Collection[DueCase], periods: dict[str, int]) -> list[Tombstone]:
        owned = belongings_of(self._store, [case.case_id for case in due])
        tombstones = [
            self._tombstone(case, owned.get(case.case_id, Belongings()), periods[case.rule]) for case in due
        ]
        # Finding what is theirs takes its time, in which somebody may have put a case under a hold.
        held = {case_id for (case_id,) in self._store.query(f"SELECT toString(case_id) FROM {HELD}")}
        tombstones = [one for one in tombstones if one.case_id not in held]
        write_tombstones(self._store, tombstones)
        return tombstones

    def _tombstone(self, case: DueCase, owned: Belongings, days: int) -> Tombstone:
        chain = place_in_chain(self._index.evidence, owned.statement)
        return Tombstone(
            case.case_id,
            case.camera_id,
            case.site_id,
            case.offence,
            case.occurred_ms,
            case.status,
            case.rule,
            days,
            owned.gone,
            owned.shared,
            chain,
            receipt_digest(self._store, case.camera_id, chain),
            self._now_ms(),
        )

    def _finish(self, begun: list[Tombstone]) -> Erased:
        if not begun:
            return Erased()
        pieces = {(digest, each.camera_id) for each in begun for digest in each.erased}
        self._index.erase(sorted(pieces))
        self._empty({each.case_id for each in begun})
        now_ms = self._now_ms()
        write_tombstones(self._store, [replace(each, finished_ms=now_ms) for each in begun])
        for each in begun:
            CASES_ERASED.labels(each.rule).inc()
        return Erased(len(begun), len(pieces))

    def _empty(self, case_ids: Collection[str]) -> None:
        named = ", ".join(map(quote, sorted(case_ids)))
        erased_at = f"fromUnixTimestamp64Milli({self._now_ms()}, 'UTC')"
        for table, columns in BLANKED.items():
            changes = ", ".join(f"{column} = {value}" for column, value in columns.items())
            change(
                self._store,
                f"ALTER TABLE {table} UPDATE {changes.format(erased_at=erased_at)}"
                f" WHERE toString(case_id) IN ({named})",
            )
        for table, column in DELETED.items():
            change(self._store, f"ALTER TABLE {table} DELETE WHERE toString({column}) IN ({named})")

    def _sweep(self) -> None:
        """Erase pieces of erased cases that are here all the same: they came late, or two shared them."""
        rows = self._store.query(
            """SELECT toString(digest) AS piece, any(camera_id) FROM evidence_index
            WHERE digest IN (
                SELECT arrayJoin(arrayConcat(erased, shared)) FROM tombstones
                WHERE begun_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            )
            GROUP BY piece
            HAVING maxIf(recorded_at, fact = 'stored') > maxIf(recorded_at, fact = 'discarded')""",
            {"since": self._now_ms() - _SWEPT_MS},
        )
        needed = needed_by_others(self._store, [], [piece for piece, _ in rows])
        self._index.erase([(piece, camera) for piece, camera in rows if piece not in needed])

    def _now_ms(self) -> int:
        return self._clock() // 1_000_000
