"""Which evidence the worker keeps, and which it erases."""

from __future__ import annotations

import time

import pytest

from enforcement.casebook import CaseBook
from enforcement.evidence import EvidenceFolder
from enforcement.evidence_index import EvidenceIndex
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from tests.enforcement.conftest import drain_one_by_one, files
from tests.enforcement.samples import (
    CAMERA,
    PICTURES,
    SPEEDER,
    SPEEDER_ID,
    digest,
    items,
    passage,
    policy,
    publish,
)


def test_evidence_that_comes_later_completes_the_case(
    bus: LocalBus, store: Store, enforcer: Enforcer
) -> None:
    publish(bus, SPEEDER)
    enforcer.drain(0.0)
    book = CaseBook(store)
    case = book.case(SPEEDER_ID)
    assert case is not None
    assert case.missing_evidence == tuple(sorted(map(digest, PICTURES)))
    publish(bus, *items(SPEEDER, PICTURES))
    enforcer.drain(0.0)
    case = book.case(SPEEDER_ID)
    assert case is not None
    assert case.missing_evidence == ()


@pytest.mark.parametrize("slow_first", [True, False])
def test_a_picture_of_two_vehicles_is_kept_for_the_one_that_broke_a_rule(
    bus: LocalBus, evidence: EvidenceFolder, enforcer: Enforcer, slow_first: bool
) -> None:
    slow = passage(2, 60.0, pictures=(b"frame",))
    publish(bus, *items(SPEEDER, PICTURES), *items(slow, (b"frame",)))
    publish(bus, *([slow, SPEEDER] if slow_first else [SPEEDER, slow]))
    drain_one_by_one(bus, enforcer)
    assert evidence.get(digest(b"frame")) == b"frame"


def test_evidence_whose_passage_never_came_is_erased_after_a_while(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, enforcer: Enforcer
) -> None:
    publish(bus, *items(passage(5, pictures=PICTURES), PICTURES))
    enforcer.drain(0.0)
    index = EvidenceIndex(store, evidence)
    assert index.discard_orphans(time.time_ns() - 3600 * 10**9) == 0
    assert index.discard_orphans(time.time_ns() + 10**9) == 3
    assert files(evidence.path) == []


def test_evidence_of_a_case_is_never_an_orphan(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, enforcer: Enforcer
) -> None:
    publish(bus, *items(SPEEDER, PICTURES), SPEEDER)
    enforcer.drain(0.0)
    assert EvidenceIndex(store, evidence).discard_orphans(time.time_ns() + 10**9) == 0
    assert len(list(evidence.digests())) == 3


@pytest.mark.parametrize("left", ["open", "keys", "sealed"])
def test_what_a_worker_left_that_ended_before_it_said_so_is_erased_when_its_record_comes_again(
    bus: LocalBus, evidence: EvidenceFolder, enforcer: Enforcer, left: str
) -> None:
    slow = passage(2, 60.0, pictures=PICTURES)
    for item in items(slow, PICTURES):
        evidence.put(item.digest, item.content, item.media_type, item.sealed)
    for path in evidence.path.glob("*/??/??/*"):
        if left not in path.parts:
            path.unlink()
    publish(bus, *items(slow, PICTURES), slow)
    enforcer.drain(0.0)
    assert files(evidence.path) == []


def test_a_piece_that_another_worker_stores_while_it_is_erased_counts_as_there(
    store: Store, evidence: EvidenceFolder
) -> None:
    item = items(passage(5, pictures=(b"frame",)), (b"frame",))[0]
    index = EvidenceIndex(store, evidence)

    class Meanwhile(EvidenceFolder):
        def discard(self, digest: str) -> None:
            super().discard(digest)
            evidence.put(item.digest, item.content, item.media_type, item.sealed)
            index.record([index.stored(item)])

    EvidenceIndex(store, Meanwhile(evidence.path)).erase([(item.digest, item.camera_id)])
    assert index.discard_orphans(time.time_ns() + 10**9) == 1
    assert files(evidence.path) == []


@pytest.mark.parametrize(("days", "left"), [(1000, 3), (1096, 0)])
def test_evidence_of_a_case_goes_when_its_time_is_up(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, enforcer: Enforcer, days: int, left: int
) -> None:
    publish(bus, *items(SPEEDER, PICTURES), SPEEDER)
    enforcer.drain(0.0)
    later = Enforcer(
        bus, store, evidence, {CAMERA: policy()}, clock=lambda: time.time_ns() + days * 86_400 * 10**9
    )
    later.sweep()
    assert len(list(evidence.digests())) == left
