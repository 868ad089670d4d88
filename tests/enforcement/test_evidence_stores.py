"""What every place for evidence does, be it a folder or a bucket on a real S3 server."""

from __future__ import annotations

import threading

import pytest

from enforcement.errors import EvidenceCorrupt, EvidenceMissing
from enforcement.evidence_store import EvidenceStore
from streams.sealing import KEY_BYTES, CannotOpen, PrivateKey, open_sealed, seal
from tests.enforcement.places import Hands, evidence, hands, place
from tests.enforcement.samples import digest

__all__ = ["evidence", "hands", "place"]

CONTENT = b"a picture"
DIGEST = digest(CONTENT)
ABSENT = ["0" * 64, "", "..", "../../../etc/passwd", DIGEST[:-1], DIGEST.upper()]


@pytest.mark.parametrize(("sealed", "roots"), [(False, ["open"]), (True, ["keys", "sealed"])])
def test_a_piece_lies_under_its_digest(
    evidence: EvidenceStore, hands: Hands, sealed: bool, roots: list[str]
) -> None:
    evidence.put(DIGEST, CONTENT, "image/jpeg", sealed)
    assert hands.names() == [f"{root}/{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}" for root in roots]
    assert evidence.get(DIGEST) == CONTENT
    assert evidence.has(DIGEST)
    assert evidence.is_sealed(DIGEST) is sealed


@pytest.mark.parametrize("sealed", [False, True])
def test_half_a_piece_is_begun(evidence: EvidenceStore, hands: Hands, sealed: bool) -> None:
    assert not evidence.begun(DIGEST, sealed)
    evidence.put(DIGEST, CONTENT, "image/jpeg", sealed)
    for name in hands.names():
        assert evidence.begun(DIGEST, sealed)
        hands.remove(name)
    assert not evidence.begun(DIGEST, sealed)


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


class TestSealedOriginals:
    """Each has a key of its own, which lies apart and is the first that is erased."""

    AUTHORITY = PrivateKey(bytes(range(32)))
    BOX = seal(b"an unblurred picture", AUTHORITY.public_key)
    NAME = digest(BOX)

    @pytest.fixture(autouse=True)
    def _stored(self, evidence: EvidenceStore) -> None:
        evidence.put(self.NAME, self.BOX, "image/jpeg", True)

    def parts(self, hands: Hands) -> tuple[str, str]:
        key, rest = hands.names()
        return key, rest

    def test_the_box_comes_back_whole(self, evidence: EvidenceStore) -> None:
        assert open_sealed(evidence.get(self.NAME), self.AUTHORITY) == b"an unblurred picture"
        assert list(evidence.digests()) == [self.NAME]

    def test_without_its_own_key_not_even_the_authority_opens_the_rest(self, hands: Hands) -> None:
        rest = hands.content(self.parts(hands)[1])
        for guess in (b"", bytes(KEY_BYTES), bytes(self.AUTHORITY.public_key)):
            with pytest.raises(CannotOpen):
                open_sealed(guess + rest, self.AUTHORITY)

    def test_a_destroyed_key_is_told_from_a_spoilt_piece(self, evidence: EvidenceStore, hands: Hands) -> None:
        key, rest = self.parts(hands)
        hands.change(rest, hands.content(rest)[:-1] + b"x")
        with pytest.raises(EvidenceCorrupt, match="was changed"):
            evidence.get(self.NAME)
        for destroy in (lambda: hands.change(key, bytes(KEY_BYTES)), lambda: hands.remove(key)):
            destroy()
            with pytest.raises(EvidenceMissing, match="its key is destroyed"):
                evidence.get(self.NAME)

    def test_erasing_leaves_neither(self, evidence: EvidenceStore, hands: Hands) -> None:
        evidence.discard(self.NAME)
        assert hands.names() == []

    def test_an_erasing_that_was_cut_short_is_finished_by_the_next(
        self, evidence: EvidenceStore, hands: Hands
    ) -> None:
        hands.remove(self.parts(hands)[0])
        evidence.discard(self.NAME)
        assert hands.names() == []

    def test_a_half_that_is_missing_is_written_again(self, evidence: EvidenceStore, hands: Hands) -> None:
        for part in self.parts(hands):
            hands.remove(part)
            evidence.put(self.NAME, self.BOX, "image/jpeg", True)
            assert evidence.get(self.NAME) == self.BOX

    def test_a_box_that_an_earlier_version_kept_whole_can_be_read(
        self, evidence: EvidenceStore, hands: Hands
    ) -> None:
        key, rest = self.parts(hands)
        hands.remove(key)
        hands.change(rest, self.BOX)
        assert evidence.get(self.NAME) == self.BOX
        evidence.put(self.NAME, self.BOX, "image/jpeg", True)
        assert evidence.get(self.NAME) == self.BOX
