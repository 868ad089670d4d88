"""What the fault harness looks for a month after a seed: it must notice whatever erasing leaves or takes."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from enforcement.erasing import erasing
from enforcement.evidence import EvidenceFolder
from enforcement.evidence_index import EvidenceIndex
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.encoding import encode
from streams.local import LocalBus
from streams.messages import Decision
from streams.topics import Topic
from tests.enforcement.samples import policy
from tests.faults.erasing import not_erased_in_time
from tests.faults.truth import Seen, camera_name, traffic

REJECTED = 2

Spoil = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture
def seen(bus: LocalBus, embedded: Store, evidence: EvidenceFolder) -> list[Seen]:
    """Five seconds of a camera in the store, the first cases rejected today."""
    [passed] = traffic(1, 1, 5.0, 8.0, section=False)
    worker = Enforcer(bus, embedded, evidence, {camera_name(0): policy()})
    bus.publish_many([record for one in passed for record in (*one.evidence_records, one.passage_record)])
    worker.drain(0.0)
    for number, case in enumerate(sorted(_rejected(passed))):
        rejection = Decision(f"d-{number}", case, "officer-1", "rejected", time.time_ns(), "plate_wrong")
        bus.publish(Topic.DECISIONS, case, encode(rejection))
    worker.drain(0.0)
    return passed


def _rejected(seen: list[Seen]) -> set[str]:
    return set([case for one in seen for case in one.cases][:REJECTED])


def _keeps_rows(patch: pytest.MonkeyPatch) -> None:
    patch.delitem(erasing.DELETED, "violations")  # type: ignore[arg-type]


def _keeps_plates(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(erasing.BLANKED, "cases", {"erased_at": "{erased_at}"})  # type: ignore[arg-type]


def _keeps_pictures(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(EvidenceIndex, "erase", lambda _index, pieces: len(pieces))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (None, set()),
        (_keeps_rows, {"violations a month later", "table violations holds the plate"}),
        (_keeps_plates, {"table cases holds the plate"}),
        (_keeps_pictures, {"the evidence a month later"}),
    ],
    ids=["nothing is left", "rows are left", "plates are left", "pictures are left"],
)
def test_what_erasing_leaves_is_noticed(
    seen: list[Seen],
    embedded: Store,
    evidence: EvidenceFolder,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Spoil | None,
    says: set[str],
) -> None:
    if spoil is not None:
        spoil(monkeypatch)
    found = list(not_erased_in_time(embedded, evidence, seen, _rejected(seen)))
    assert {sign for sign in says if any(sign in sentence for sentence in found)} == says
    assert bool(found) == bool(says), found
