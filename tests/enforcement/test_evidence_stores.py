"""What every place for evidence does, be it a folder or a bucket on a real S3 server."""

from __future__ import annotations

import threading

import pytest

from enforcement.errors import EvidenceCorrupt, EvidenceMissing
from enforcement.evidence_store import EvidenceStore
from tests.enforcement.places import Hands, evidence, hands, place
from tests.enforcement.samples import digest

__all__ = ["evidence", "hands", "place"]

CONTENT = b"a picture"
DIGEST = digest(CONTENT)
ABSENT = ["0" * 64, "", "..", "../../../etc/passwd", DIGEST[:-1], DIGEST.upper()]


@pytest.mark.parametrize(("sealed", "root"), [(False, "open"), (True, "sealed")])
def test_a_piece_lies_under_its_digest(
    evidence: EvidenceStore, hands: Hands, sealed: bool, root: str
) -> None:
    evidence.put(DIGEST, CONTENT, "image/jpeg", sealed)
    assert hands.names() == [f"{root}/{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"]
    assert evidence.get(DIGEST) == CONTENT
    assert evidence.has(DIGEST)
    assert evidence.is_sealed(DIGEST) is sealed


def test_a_piece_may_be_put_and_discarded_again(evidence: EvidenceStore, hands: Hands) -> None:
    for _ in range(2):
        evidence.put(DIGEST, CONTENT, "image/jpeg", False)
    assert evidence.get(DIGEST) == CONTENT
    for _ in range(2):
        evidence.discard(DIGEST)
    assert not evidence.has(DIGEST)
    assert hands.names() == []


@pytest.mark.parametrize("name", ["0" * 64, DIGEST.upper(), "", "../../etc/passwd"])
def test_bytes_that_do_not_fit_their_name_are_refused(
    evidence: EvidenceStore, hands: Hands, name: str
) -> None:
    with pytest.raises(EvidenceCorrupt, match="does not have the digest"):
        evidence.put(name, CONTENT, "image/jpeg", False)
    assert hands.names() == []


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_not_there_is_missing(evidence: EvidenceStore, name: str) -> None:
    assert not evidence.has(name)
    assert not evidence.is_sealed(name)
    with pytest.raises(EvidenceMissing):
        evidence.get(name)
    evidence.discard(name)


@pytest.mark.parametrize("instead", [b"another picture", b"a picturE", b""])
def test_what_was_changed_is_not_returned(evidence: EvidenceStore, hands: Hands, instead: bytes) -> None:
    evidence.put(DIGEST, CONTENT, "image/jpeg", False)
    hands.change(hands.names()[0], instead)
    with pytest.raises(EvidenceCorrupt, match="was changed"):
        evidence.get(DIGEST)


def test_threads_may_put_the_same_piece(evidence: EvidenceStore, hands: Hands) -> None:
    failures: list[BaseException] = []

    def put() -> None:
        try:
            evidence.put(DIGEST, CONTENT, "image/jpeg", False)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(hands.names()) == 1
    assert evidence.get(DIGEST) == CONTENT


def test_it_lists_what_it_holds(evidence: EvidenceStore) -> None:
    pieces = [bytes([number]) * 10 for number in range(20)]
    for number, piece in enumerate(pieces):
        evidence.put(digest(piece), piece, "image/jpeg", number % 3 == 0)
    assert sorted(evidence.digests()) == sorted(map(digest, pieces))


def test_a_large_piece_comes_back_whole(evidence: EvidenceStore) -> None:
    content = bytes(range(256)) * 50_000
    evidence.put(digest(content), content, "video/mp4", False)
    assert evidence.get(digest(content)) == content
