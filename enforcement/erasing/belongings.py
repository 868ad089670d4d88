"""Which pieces of evidence belong to cases that are erased, and which of them others need still."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from enforcement.erasing.tombstone import ChainPlace
from enforcement.errors import EvidenceCorrupt, EvidenceMissing
from enforcement.evidence_store import EvidenceStore
from enforcement.receiving import receipt_of
from enforcement.store import Store
from streams.statements import StatementDamaged, read_signed

STATEMENT = "statement"


@dataclass(frozen=True)
class Belongings:
    """Of one case: digests of pieces that go with it, of those that another case needs, and its statement."""

    gone: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    statement: str | None = None


def belongings_of(store: Store, case_ids: Collection[str]) -> Mapping[str, Belongings]:
    """What goes when exactly these are erased together; a shared piece goes with the last of its cases."""
    rows = store.query(
        """SELECT violation_id, arrayMap(piece -> (toString(piece.1), toString(piece.2)), pieces)
        FROM violations FINAL WHERE violation_id IN {cases:Array(String)}""",
        {"cases": sorted(case_ids)},
    )
    pieces = {case_id: {digest: kind for kind, digest in of_case} for case_id, of_case in rows}
    needed = needed_by_others(store, case_ids, {digest for of_case in pieces.values() for digest in of_case})
    return {
        case_id: Belongings(
            tuple(sorted(set(of_case) - needed)),
            tuple(sorted(set(of_case) & needed)),
            next((digest for digest, kind in of_case.items() if kind == STATEMENT), None),
        )
        for case_id, of_case in pieces.items()
    }


def place_in_chain(evidence: EvidenceStore, statement: str | None) -> ChainPlace:
    """Where a statement stands in its camera's chain; nothing where it is not there or is none."""
    if statement is None:
        return ChainPlace()
    try:
        signed = read_signed(evidence.get(statement))
        stated = signed.read()
    except (EvidenceMissing, EvidenceCorrupt, StatementDamaged):
        return ChainPlace()
    return ChainPlace(
        signed.digest, stated.sequence, stated.previous, stated.signed_at_ns, signed.signature.key_id
    )


def receipt_digest(store: Store, camera_id: str, chain: ChainPlace) -> str:
    """SHA-256 of the centre's receipt of a statement; empty where it countersigned none."""
    received = receipt_of(store, camera_id, chain.sequence, chain.statement) if chain.statement else None
    return hashlib.sha256(received[0]).hexdigest() if received else ""


def needed_by_others(store: Store, case_ids: Collection[str], digests: Collection[str]) -> set[str]:
    """Those of ``digests`` that a case beside ``case_ids`` needs."""
    if not digests:
        return set()
    rows = store.query(
        """SELECT DISTINCT toString(arrayJoin(arrayIntersect(pieces.digest, wanted))) FROM
        (
            SELECT pieces.digest, CAST({digests:Array(String)}, 'Array(FixedString(64))') AS wanted
            FROM violations FINAL WHERE violation_id NOT IN {cases:Array(String)}
        )""",
        {"digests": sorted(digests), "cases": sorted(case_ids)},
    )
    return {str(digest) for (digest,) in rows}
