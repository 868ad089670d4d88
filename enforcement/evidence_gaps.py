"""The gaps in cases: opened when a case names a piece that is not there, closed when the piece comes.

Case and piece may come in any order and to different workers, as with the index: who adds a case writes its
gaps and then looks once more for the pieces; who stores a piece records that, and then looks for gaps. So one
of the two always sees the other, and no gap stays open behind its piece.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from enforcement.rules.finding import Finding
from enforcement.store import Store
from streams.messages import EvidenceReference, Passage

_COLUMNS = ("case_id", "digest", "kind", "opened_at", "sign")
_OPEN = """
    SELECT case_id, toString(digest), any(kind), toUnixTimestamp64Milli(opened_at) AS opened_ms
    FROM evidence_gaps WHERE {condition}
    GROUP BY case_id, digest, opened_at HAVING sum(sign) > 0
"""


@dataclass(frozen=True)
class Need:
    """A piece that a case needs."""

    case_id: str
    digest: str
    kind: str


def needs_of(case_id: str, passage: Passage, finding: Finding) -> list[Need]:
    """All that the case needs: what its passage names, and what the finding's other passage brought."""
    elsewhere: tuple[EvidenceReference, ...] = finding.other.evidence if finding.other else ()
    return [Need(case_id, piece.digest, piece.kind) for piece in (*passage.evidence, *elsewhere)]


class EvidenceGaps:
    """Opens and closes gaps in the store. Every call may be repeated."""

    def __init__(self, store: Store, *, clock: Callable[[], int] = time.time_ns) -> None:
        self._store = store
        self._clock = clock

    def expect(self, needs: Collection[Need], stored: Collection[str] = ()) -> int:
        """Open a gap for each of ``needs`` that is not there; returns how many.

        ``stored`` are digests that are known to be there, so that nobody is asked about them. Call it when
        the case and the facts of this batch are in the store.
        """
        known = set(stored)
        wanted = {need for need in needs if need.digest not in known}
        missing = wanted - self._here(wanted)
        if not missing:
            return 0
        now_ms = self._clock() // 1_000_000
        rows = [(uuid.UUID(need.case_id), need.digest, need.kind, now_ms, 1) for need in missing]
        self._store.insert("evidence_gaps", _COLUMNS, sorted(rows))
        came = {need.digest for need in self._here(missing)}
        self.close(came)
        return len(missing) - len({need for need in missing if need.digest in came})

    def close(self, digests: Iterable[str]) -> int:
        """Close what waited for ``digests``, which are in the index as stored; returns how many gaps."""
        wanted = sorted(set(digests))
        if not wanted:
            return 0
        return self._end("digest IN {digests:Array(FixedString(64))}", {"digests": wanted})

    def mend(self) -> int:
        """Close every gap whose piece is there after all, whatever kept it open; returns how many."""
        return self._end(
            """digest IN (SELECT digest FROM v_evidence_states WHERE state = 'here'
                AND digest IN (SELECT digest FROM evidence_gaps))""",
            {},
        )

    def _end(self, condition: str, parameters: dict[str, list[str]]) -> int:
        found = self._store.query(_OPEN.format(condition=condition), parameters)
        self._store.insert("evidence_gaps", _COLUMNS, [(*row, -1) for row in found])
        return len(found)

    def _here(self, needs: Collection[Need]) -> set[Need]:
        if not needs:
            return set()
        rows = self._store.query(
            """SELECT toString(digest) FROM v_evidence_states
            WHERE digest IN {digests:Array(FixedString(64))} AND state = 'here'""",
            {"digests": sorted({need.digest for need in needs})},
        )
        here = {str(row[0]) for row in rows}
        return {need for need in needs if need.digest in here}
