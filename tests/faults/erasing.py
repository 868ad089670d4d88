"""A month later: what was rejected is erased wholly, and nothing else; until then nothing is erased."""

from __future__ import annotations

import time
from collections.abc import Iterator

from enforcement.erasing.erasing import Erasing
from enforcement.erasing.periods import periods_of
from enforcement.errors import EvidenceMissing
from enforcement.evidence_index import EvidenceIndex
from enforcement.evidence_store import EvidenceStore
from enforcement.store import Store
from tests.faults.comparing import column, compare, plates_of, tables_holding
from tests.faults.truth import Seen

_DAY_NS = 24 * 3600 * 10**9
_TOMBSTONES = "SELECT toString(case_id) FROM tombstones FINAL"


def erased_too_soon(store: Store) -> Iterator[str]:
    """Sentences on cases that a worker erased during the seed, when no period was over."""
    yield from compare("erased before their time", set(), column(store, _TOMBSTONES))


def not_erased_in_time(
    store: Store, evidence: EvidenceStore, seen: list[Seen], rejected: set[str]
) -> Iterator[str]:
    """Erase as a worker would a day after the period of what was rejected; sentences on what is wrong then.

    However a case came into the store, through kills, repetitions and half-written batches: all of it has to
    be found again.
    """
    later_ns = time.time_ns() + (periods_of(store)["rejected"] + 1) * _DAY_NS
    Erasing(store, EvidenceIndex(store, evidence), clock=lambda: later_ns).run()
    gone = [one for one in seen if rejected.intersection(one.cases)]
    left = [one for one in seen if one.cases and not rejected.intersection(one.cases)]
    yield from compare("tombstones", rejected, column(store, _TOMBSTONES))
    yield from compare(
        "violations a month later",
        {case for one in left for case in one.cases},
        column(store, "SELECT violation_id FROM violations FINAL"),
    )
    kept = {digest for one in left for digest in one.keeps}
    yield from compare("the evidence a month later", kept, list(evidence.digests()))
    for digest in {digest for one in gone for digest in one.keeps} - kept:
        try:
            evidence.get(digest)
        except EvidenceMissing:
            continue
        yield f"the evidence {digest} of a case that was erased can be read"
    for table, plate in tables_holding(store, plates_of(gone) - plates_of(left)):
        yield f"table {table} holds the plate {plate} of a case that was erased"
