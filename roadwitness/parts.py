"""The parts that a process of the centre depends on, watched for its operators."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from enforcement.casebook import CaseBook
from enforcement.errors import EvidenceError
from enforcement.evidence_store import EvidenceStore
from enforcement.lapsing import waiting
from enforcement.store import Store
from enforcement.worker import GROUP, TOPICS
from streams.health import Health
from streams.metrics import (
    BUS_AWAY,
    CASES_DUE_SOON,
    CASES_INCOMPLETE,
    CASES_OPEN,
    EVIDENCE_AWAY,
    EVIDENCE_GAP_AGE,
    EVIDENCE_GAPS,
    STORE_AWAY,
)
from streams.probing import probe_of

#: No piece of evidence has this digest; asking for it is the cheapest question that every place answers.
_NOTHING = "0" * 64
_COUNT_EVERY_S = 15.0
_GAPS = """
    SELECT count(), uniqExact(case_id), if(count() = 0, 0, dateDiff('second', min(since), now64(3)))
    FROM v_evidence_gaps
"""


def watch_bus(health: Health, url: str) -> None:
    """Whether the bus carries records, and how far the workers lag behind."""
    health.watch("bus", probe_of(url, GROUP, TOPICS), BUS_AWAY)


def watch_store(health: Health, store: Store, url: str) -> None:
    """Whether the store answers, and the room on its disk where that is ours."""
    health.watch("store", lambda: _select(store), STORE_AWAY)
    if "://" not in url:
        health.disk("store", Path(url))


def watch_evidence(health: Health, evidence: EvidenceStore, address: str) -> None:
    """Whether the place of evidence answers, and the room on its disk where that is ours."""
    health.watch("evidence", _evidence_check(evidence, address), EVIDENCE_AWAY)
    if "://" not in address:
        health.disk("evidence", Path(address))


def count_cases(health: Health, store: Store) -> None:
    """Show how many cases wait for an officer, and how many for their evidence."""
    book = CaseBook(store)

    def count() -> None:
        CASES_OPEN.set(book.count()["open"])
        CASES_DUE_SOON.set(waiting(store, time.time_ns()).soon)
        pieces, cases, oldest_age_s = store.query(_GAPS)[0]
        EVIDENCE_GAPS.set(pieces)
        CASES_INCOMPLETE.set(cases)
        EVIDENCE_GAP_AGE.set(oldest_age_s)

    health.watch("cases", count, needed=False, every_s=_COUNT_EVERY_S)


def _select(store: Store) -> None:
    store.query("SELECT 1")


def _evidence_check(evidence: EvidenceStore, address: str) -> Callable[[], None]:
    def check() -> None:
        if "://" not in address and not os.access(address, os.R_OK | os.X_OK):
            raise EvidenceError(f"the evidence folder {address} cannot be read: check the disk.")
        evidence.has(_NOTHING)

    return check
