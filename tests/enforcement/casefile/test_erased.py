"""Of a case that was erased its place in the camera's chain is left, so its neighbours still verify."""

from __future__ import annotations

import hashlib
import time
from dataclasses import asdict, replace

import msgspec
import pytest

from enforcement.casefile.chain import chain_faults
from enforcement.casefile.tombstones import read_links
from enforcement.casefile.verifying import verify_package
from enforcement.erasing.erasing import Erasing
from enforcement.erasing.tombstone import read_tombstones
from enforcement.errors import CaseFileError
from enforcement.evidence_index import EvidenceIndex
from enforcement.rows import violation_id
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from streams.messages import EvidenceItem, EvidenceReference
from streams.statements import MEDIA_TYPE
from tests.enforcement.casefile.conftest import Desk
from tests.enforcement.samples import CAMERA, decision, items, policy, publish

DAY = 24 * 3600 * 10**9


def erased_lines(desk: Desk, bus: LocalBus, store: Store) -> list[bytes]:
    """Let passage 2 become a case, reject and erase it; its tombstone as a line of JSON."""
    seen, stated = desk.stated(2)
    digest = hashlib.sha256(stated).hexdigest()
    reference = EvidenceReference("statement", digest, MEDIA_TYPE, seen.started_at_ns, 0, 0)
    whole = msgspec.structs.replace(seen, evidence=(*seen.evidence, reference))
    pictures = tuple(desk.evidence.get(piece.digest) for piece in seen.evidence)
    publish(
        bus, *items(seen, pictures), EvidenceItem(digest, MEDIA_TYPE, False, seen.passage_id, CAMERA, stated)
    )
    publish(bus, whole, decision(violation_id(seen.passage_id, "speeding"), 1, "rejected"))
    Enforcer(bus, store, desk.evidence, {CAMERA: policy()}).drain(0.0)
    index = EvidenceIndex(store, desk.evidence)
    assert Erasing(store, index, clock=lambda: time.time_ns() + 31 * DAY).run().cases == 1
    assert not desk.evidence.has(digest)
    return [msgspec.json.encode(asdict(stone)) for stone in read_tombstones(store)]


def test_the_neighbours_of_an_erased_case_hold_and_are_neighbours(
    desk: Desk, bus: LocalBus, embedded: Store
) -> None:
    first, second = verify_package(desk.packed(1)), desk.stated(2)
    third = verify_package(desk.packed(3))
    assert [fault.sentence for fault in chain_faults([first, third])] == [
        f"Camera {first.camera_id}: the statement 2 is not among these packages."
    ]
    lines = erased_lines(desk, bus, embedded)
    assert b"AB123CD" not in b"".join(lines).replace(b"-", b"")
    [link] = read_links(lines)
    assert (link.sequence, link.previous) == (2, first.statement)
    assert third.previous == link.statement
    assert chain_faults([first, link, third]) == []
    assert second  # it was stated between the two
    forged = replace(link, statement="f" * 64)
    assert [fault.is_wrong for fault in chain_faults([first, forged, third])] == [True]


@pytest.mark.parametrize("line", [b"", b"{}", b'{"case_id": 1}'])
def test_a_line_that_is_no_tombstone_is_refused(line: bytes) -> None:
    with pytest.raises(CaseFileError, match="Line 1 is no tombstone"):
        read_links([line])
