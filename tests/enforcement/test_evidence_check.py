"""The audit of the evidence: what is stored is compared with what the index says."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from enforcement.casebook import CaseBook
from enforcement.errors import EvidenceError, EvidenceMissing
from enforcement.evidence_check import EvidenceCheck, Finding
from enforcement.evidence_index import EvidenceIndex
from enforcement.evidence_store import EvidenceStore
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from tests.enforcement.places import Hands, evidence, hands, place
from tests.enforcement.samples import PICTURES, SPEEDER, SPEEDER_ID, digest, items, publish

__all__ = ["evidence", "hands", "place"]

FIRST = digest(PICTURES[0])


@pytest.fixture
def store(embedded: Store) -> Store:
    return embedded


@pytest.fixture
def check(bus: LocalBus, store: Store, evidence: EvidenceStore, enforcer: Enforcer) -> EvidenceCheck:
    """Of a place with the three pieces of one case."""
    publish(bus, *items(SPEEDER, PICTURES), SPEEDER)
    enforcer.drain(0.0)
    return EvidenceCheck(store, evidence)


def key_of(hands: Hands, name: str) -> str:
    return next(key for key in hands.names() if key.endswith(name))


def found(check: EvidenceCheck) -> list[tuple[str, str, list[str]]]:
    return [(it.fault, it.digest, it.cases) for it in check.run().findings]


def test_what_is_whole_is_counted_and_nothing_found(check: EvidenceCheck) -> None:
    steps: list[tuple[int, int | None]] = []
    report = check.run(lambda done, total: steps.append((done, total)))
    assert (report.checked, report.findings) == (3, [])
    assert steps == [(3, 3)]


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (lambda hands: hands.remove(key_of(hands, FIRST)), "missing"),
        (lambda hands: hands.change(key_of(hands, FIRST), b"other bytes"), "corrupt"),
        (lambda hands: hands.change(key_of(hands, FIRST), b""), "corrupt"),
    ],
)
def test_what_was_harmed_is_found_with_its_cases(
    check: EvidenceCheck, hands: Hands, harm: Callable[[Hands], None], fault: str
) -> None:
    harm(hands)
    assert found(check) == [(fault, FIRST, [SPEEDER_ID])]


def test_a_stranger_is_found(check: EvidenceCheck, evidence: EvidenceStore) -> None:
    evidence.put(digest(b"stranger"), b"stranger", "image/jpeg", False)
    assert found(check) == [("unknown", digest(b"stranger"), [])]


def test_strangers_are_erased_when_asked(check: EvidenceCheck, evidence: EvidenceStore) -> None:
    evidence.put(digest(b"stranger"), b"stranger", "image/jpeg", True)
    assert check.erase(check.run()) == 1
    assert found(check) == []
    assert evidence.get(FIRST) == PICTURES[0]


def test_the_evidence_of_another_store_is_not_erased(check: EvidenceCheck, evidence: EvidenceStore) -> None:
    strangers = [b"a", b"b", b"c", b"d"]
    for stranger in strangers:
        evidence.put(digest(stranger), stranger, "image/jpeg", False)
    with pytest.raises(EvidenceError, match="4 pieces are unknown and only 3 known"):
        check.erase(check.run())
    assert all(evidence.has(digest(stranger)) for stranger in strangers)


def test_a_check_changes_nothing_until_its_findings_are_marked(
    check: EvidenceCheck,
    hands: Hands,
    store: Store,
    bus: LocalBus,
    enforcer: Enforcer,
) -> None:
    book = CaseBook(store)
    hands.remove(key_of(hands, FIRST))
    findings = check.run().findings
    assert book.gaps([SPEEDER_ID]) == {}
    assert check.mark([*findings, Finding("unknown", "0" * 64)]) == 1
    assert book.gaps([SPEEDER_ID]) == {SPEEDER_ID: {FIRST}}
    assert book.whereabouts([FIRST])[FIRST].state == "lost"
    assert found(check) == []
    publish(bus, *items(SPEEDER, PICTURES))  # the unit sends it again
    enforcer.drain(0.0)
    assert book.gaps([SPEEDER_ID]) == {}
    assert book.whereabouts([FIRST])[FIRST].state == "here"
    assert found(check) == []


def test_a_lost_piece_that_was_restored_counts_again_once_marked(
    check: EvidenceCheck, hands: Hands, store: Store
) -> None:
    book, key = CaseBook(store), key_of(hands, FIRST)
    hands.remove(key)
    check.mark(check.run().findings)
    hands.change(key, b"not quite")
    assert found(check) == []
    hands.change(key, PICTURES[0])
    findings = check.run().findings
    assert [(it.fault, it.digest) for it in findings] == [("returned", FIRST)]
    assert check.mark(findings) == 1
    assert book.gaps([SPEEDER_ID]) == {}
    assert found(check) == []


def test_what_a_worker_erases_meanwhile_is_no_fault(
    check: EvidenceCheck, store: Store, evidence: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = EvidenceIndex(store, evidence)
    get, erased = evidence.get, []

    def get_late(name: str) -> bytes:
        if name == FIRST and not erased:
            erased.append(name)
            evidence.discard(FIRST)
            index.record([(FIRST, "", "discarded", "cam-1", "", False, 0, time.time_ns())])
        return get(name)

    monkeypatch.setattr(evidence, "get", get_late)
    assert found(check) == []
    with pytest.raises(EvidenceMissing):
        get(FIRST)
