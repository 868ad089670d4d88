"""A suspended rule: what it finds at the camera is counted and opens no case."""

from __future__ import annotations

import pytest

from enforcement.casebook import CaseBook
from enforcement.errors import QualityError
from enforcement.evidence import EvidenceFolder
from enforcement.quality.suspensions import Suspensions
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from tests.enforcement.samples import PICTURES, SPEEDER, SPEEDER_ID, items, passage, policy, publish


def drain(bus: LocalBus, store: Store, evidence: EvidenceFolder) -> None:
    Enforcer(bus, store, evidence, {"cam-1": policy(), "cam-2": policy()}).drain(0.0)


def findings(store: Store) -> list[tuple[str, str, str]]:
    return store.query("SELECT camera_id, became, exemption FROM findings FINAL ORDER BY camera_id")  # type: ignore[return-value]


def test_what_it_finds_is_counted_and_opens_no_case(
    bus: LocalBus, embedded: Store, evidence: EvidenceFolder
) -> None:
    Suspensions(embedded).set("cam-1", "speeding", True, "S. Vargas", "The lens is dirty.")
    publish(bus, *items(SPEEDER, PICTURES), SPEEDER, passage(1, 99.0, camera="cam-2"))
    drain(bus, embedded, evidence)
    assert [case.camera_id for case in CaseBook(embedded).queue()] == ["cam-2"]
    assert findings(embedded) == [("cam-1", "set_aside", "suspended"), ("cam-2", "case", "")]
    assert embedded.query("SELECT exemption, findings FROM v_suppressed") == [("suspended", 1)]


def test_a_case_that_is_there_stays_when_its_passage_comes_again(
    bus: LocalBus, embedded: Store, evidence: EvidenceFolder
) -> None:
    publish(bus, SPEEDER)
    drain(bus, embedded, evidence)
    Suspensions(embedded).set("cam-1", "speeding", True, "S. Vargas", "The lens is dirty.")
    publish(bus, SPEEDER)
    drain(bus, embedded, evidence)
    assert [case.case_id for case in CaseBook(embedded).queue()] == [SPEEDER_ID]
    assert findings(embedded) == [("cam-1", "case", "")]


def test_once_allowed_again_it_opens_cases(bus: LocalBus, embedded: Store, evidence: EvidenceFolder) -> None:
    suspensions = Suspensions(embedded)
    suspensions.set("cam-1", "speeding", True, "S. Vargas", "The lens is dirty.")
    suspensions.set("cam-1", "speeding", False, "S. Vargas", "It was cleaned.")
    publish(bus, SPEEDER)
    drain(bus, embedded, evidence)
    assert len(CaseBook(embedded).queue()) == 1
    [last] = suspensions.newest()
    assert (last.is_suspended, last.by, last.reason) == (False, "S. Vargas", "It was cleaned.")


@pytest.mark.parametrize(
    ("is_suspended", "reason", "sentence"),
    [
        (True, "  ", "Write why"),
        (False, "It was cleaned.", "not suspended at this camera; nothing was changed"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    embedded: Store, is_suspended: bool, reason: str, sentence: str
) -> None:
    with pytest.raises(QualityError, match=sentence):
        Suspensions(embedded).set("cam-1", "speeding", is_suspended, "S. Vargas", reason)
