"""What is known of each piece of evidence, and which pieces may be erased.

A picture and the passage it belongs to travel on different topics, may come in any order and, over Kafka, to
different workers; one picture may belong to two passages. So every worker only adds facts: the bytes are
*stored* for a passage, a passage *kept* or *released* them, or they are *awaited* as long as it may yet be
matched with another one in a section, which another worker may judge: each section releases for itself. Each
side writes its own fact before it reads the other's, so one of the two always sees both.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable
from typing import Literal

from enforcement.evidence_gaps import EvidenceGaps, Need
from enforcement.evidence_store import EvidenceStore
from enforcement.rows import Row
from enforcement.store import Store
from streams.messages import EvidenceItem, Passage

#: What becomes of a passage's pictures when it has been judged.
Fate = Literal["kept", "released", "awaited"]

_DIGEST = re.compile(r"[0-9a-f]{64}")
_COLUMNS = ("digest", "passage_id", "fact", "camera_id", "media_type", "sealed", "size_bytes", "recorded_at")


class EvidenceIndex:
    """Facts about evidence in the store, and the erasing of what no violation needs."""

    def __init__(
        self, store: Store, evidence: EvidenceStore, *, clock: Callable[[], int] = time.time_ns
    ) -> None:
        self._store = store
        self.evidence = evidence
        self._clock = clock
        self._gaps = EvidenceGaps(store, clock=clock)

    def stored(self, item: EvidenceItem) -> Row:
        """The fact that the bytes of ``item`` are stored."""
        return self._about(item, "stored", len(item.content))

    def refused(self, item: EvidenceItem) -> list[Row]:
        """The fact that ``item`` came with bytes that do not have its digest; none where it is no digest."""
        return [self._about(item, "refused", 0)] if _DIGEST.fullmatch(item.digest) else []

    def lost(self, digests: Iterable[str]) -> list[Row]:
        """The facts that a check found pieces of the index gone or changed."""
        return self._again("lost", digests)

    def returned(self, digests: Iterable[str]) -> list[Row]:
        """The facts that lost pieces are stored again."""
        return self._again("stored", digests)

    def judged(self, passage: Passage, fate: Fate) -> list[Row]:
        """The facts that a passage keeps its evidence (it is a violation) or releases it; none if awaited."""
        return [] if fate == "awaited" else self._of(passage, fate, passage.passage_id)

    def awaited(self, passage: Passage, section_id: str) -> list[Row]:
        """The facts that a passage may yet be matched in a section, whoever judges that one."""
        return self._of(passage, "awaited", f"{passage.passage_id}/{section_id}")

    def ended(self, passage: Passage, section_id: str) -> list[Row]:
        """The facts that a passage waits no longer in a section."""
        return self._of(passage, "released", f"{passage.passage_id}/{section_id}")

    def _of(self, passage: Passage, fact: str, owner: str) -> list[Row]:
        if not passage.evidence:  # most, which broke no rule
            return []
        now = self._clock()
        return [
            (piece.digest, owner, fact, passage.camera_id, piece.media_type, piece.sealed, 0, now)
            for piece in passage.evidence
        ]

    def record(self, facts: list[Row]) -> None:
        """Write facts; cases that waited for what is stored now lack it no longer."""
        self._store.insert("evidence_index", _COLUMNS, facts)
        self._gaps.close(_stored_in(facts))

    def expect(self, needs: Collection[Need], facts: Iterable[Row]) -> int:
        """Note what new cases lack, once they and the batch's ``facts`` are written; how many pieces."""
        return self._gaps.expect(needs, _stored_in(facts))

    def mend_gaps(self) -> int:
        """Close gaps whose piece is there; returns how many."""
        return self._gaps.mend()

    def discard_released(self, digests: Iterable[str]) -> int:
        """Erase those of ``digests`` that no violation keeps and whose every passage has been judged.

        A passage is judged when it has a row in ``passages``, so evidence that comes after its passage, or
        that its passage did not name, is found too; a passage that awaited its match has been judged when it
        has released what it awaited. Returns how many pieces were erased.
        """
        wanted = sorted(set(digests))
        if not wanted:
            return 0
        rows = self._store.query(
            """SELECT toString(digest) AS piece, any(camera_id),
                groupUniqArrayIf(passage_id, fact = 'stored') AS owners
            FROM evidence_index FINAL WHERE digest IN {digests:Array(String)}
            GROUP BY piece HAVING countIf(fact = 'kept') = 0
                AND maxIf(recorded_at, fact = 'stored') > maxIf(recorded_at, fact = 'discarded')
                AND hasAll(groupUniqArrayIf(passage_id, fact = 'released'),
                    groupUniqArrayIf(passage_id, fact = 'awaited'))""",
            {"digests": wanted},
        )
        judged = self._judged({owner for _, _, owners in rows for owner in owners})
        return self.erase([(piece, camera) for piece, camera, owners in rows if judged.issuperset(owners)])

    def discard_orphans(self, before_ns: int) -> int:
        """Erase pieces stored before ``before_ns`` whose passage never came; returns how many."""
        rows = self._store.query(
            """SELECT toString(digest) AS piece, any(camera_id) FROM evidence_index FINAL
            GROUP BY piece HAVING countIf(fact = 'kept') = 0
                AND maxIf(recorded_at, fact = 'stored') > maxIf(recorded_at, fact = 'discarded')
                AND toUnixTimestamp64Nano(maxIf(recorded_at, fact = 'stored')) < {before:Int64}""",
            {"before": before_ns},
        )
        return self.erase([(piece, camera) for piece, camera in rows])

    def discard_unmatched(self, before_ns: int) -> int:
        """Erase pieces that have been awaited since before ``before_ns``: whoever remembered them is gone."""
        rows = self._store.query(
            """SELECT toString(digest) AS piece, any(camera_id) FROM evidence_index FINAL
            GROUP BY piece HAVING countIf(fact = 'kept') = 0 AND countIf(fact = 'awaited') > 0
                AND maxIf(recorded_at, fact = 'stored') > maxIf(recorded_at, fact = 'discarded')
                AND toUnixTimestamp64Nano(maxIf(recorded_at, fact = 'awaited')) < {before:Int64}""",
            {"before": before_ns},
        )
        return self.erase([(piece, camera) for piece, camera in rows])

    def discard_expired(self, before_ns: int) -> int:
        """Erase pieces that violations from before ``before_ns`` kept, and none since; returns how many."""
        rows = self._store.query(
            """SELECT toString(digest) AS piece, any(camera_id) FROM evidence_index
            WHERE digest IN (
                SELECT digest FROM evidence_index
                WHERE fact = 'kept' AND toUnixTimestamp64Nano(recorded_at) < {before:Int64}
            )
            GROUP BY piece
            HAVING toUnixTimestamp64Nano(maxIf(recorded_at, fact = 'kept')) < {before:Int64} AND NOT max(held)
                AND maxIf(recorded_at, fact = 'stored') > maxIf(recorded_at, fact = 'discarded')""",
            {"before": before_ns},
        )
        return self.erase([(piece, camera) for piece, camera in rows])

    def _judged(self, passage_ids: set[str]) -> set[str]:
        rows = self._store.query(
            "SELECT DISTINCT passage_id FROM passages WHERE passage_id IN {passages:Array(String)}",
            {"passages": sorted(passage_ids)},
        )
        return {str(row[0]) for row in rows}

    def _again(self, fact: str, digests: Iterable[str]) -> list[Row]:
        now = self._clock()
        rows = self._store.query(
            """SELECT DISTINCT toString(digest), passage_id, camera_id, media_type, sealed, size_bytes
            FROM evidence_index WHERE digest IN {digests:Array(FixedString(64))} AND fact = 'stored'""",
            {"digests": sorted(digests)},
        )
        return [
            (digest, passage, fact, camera, media, sealed, size, now)
            for digest, passage, camera, media, sealed, size in rows
        ]

    def _about(self, item: EvidenceItem, fact: str, size_bytes: int) -> Row:
        return (
            item.digest,
            item.passage_id,
            fact,
            item.camera_id,
            item.media_type,
            item.sealed,
            size_bytes,
            self._clock(),
        )

    def erase(self, pieces: Collection[tuple[str, str]]) -> int:
        """Erase pieces, each a digest with its camera, and note that they are gone; returns how many."""
        facts: list[Row] = []
        for digest, camera in pieces:
            # The time before: what another worker stores again right afterwards must count as there.
            facts.append((digest, "", "discarded", camera, "", False, 0, self._clock()))
            self.evidence.discard(digest)
        self.record(facts)
        return len(pieces)


def _stored_in(facts: Iterable[Row]) -> set[str]:
    return {digest for digest, _, fact, *_ in facts if fact == "stored"}
