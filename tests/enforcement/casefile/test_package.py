"""A case package: what holds is said to hold, and whatever was done to it is found, with a sentence."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest

from enforcement.casefile.canonical_zip import pack, unpack
from enforcement.casefile.chain import chain_faults
from enforcement.casefile.manifest import CASE, CENTRE_SIGNATURE, KEYS, MANIFEST, RECEIPT, STATEMENT
from enforcement.casefile.verifying import verify_package
from enforcement.errors import CaseFileError, EvidenceMissing
from streams.signing import Signer
from tests.enforcement.casefile.conftest import RECEIVED_AT, Desk
from tests.enforcement.samples import T0


def changed(package: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    members = unpack(package)
    return pack({**members, name: change(members[name])})


def turned_round(package: bytes) -> bytes:
    """The same members the other way round."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name, content in reversed(unpack(package).items()):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return whole.getvalue()


def without(package: bytes, name: str) -> bytes:
    return pack({path: content for path, content in unpack(package).items() if path != name})


def first_picture(package: bytes) -> str:
    return next(path for path in unpack(package) if path.startswith("files/"))


class TestAPackageThatHolds:
    def test_says_what_it_is_and_who_signed(self, desk: Desk) -> None:
        verdict = verify_package(desk.packed(), desk.archive)
        assert (verdict.camera_id, verdict.sequence, verdict.files) == ("cam-1", 1, 2)
        assert verdict.unit_key.key_id == desk.unit.key_id
        assert verdict.centre_key.key_id == desk.centre.key_id
        assert not verdict.own_keys

    def test_without_an_archive_says_that_the_keys_are_its_own(self, desk: Desk) -> None:
        assert verify_package(desk.packed()).own_keys

    def test_is_the_same_each_time_it_is_made(self, desk: Desk) -> None:
        assert desk.packed() == desk.packed()


def in_capitals(signature: bytes) -> bytes:
    """The same signature with other digits for the same bytes."""
    return re.sub(rb'(?<="signature":")[0-9a-f]+', lambda found: found[0].upper(), signature)


@pytest.mark.parametrize(
    ("forge", "says"),
    [
        pytest.param(lambda p: p[: len(p) // 2], "no whole case package", id="cut in half"),
        pytest.param(lambda p: p[:-1], "no whole case package|packed again", id="one byte short"),
        pytest.param(lambda p: p + b"\0", "packed again", id="one byte longer"),
        pytest.param(lambda p: b"", "no whole case package", id="empty"),
        pytest.param(lambda p: turned_round(p), "packed again", id="re-ordered"),
        pytest.param(
            lambda p: changed(p, first_picture(p), lambda c: c + b"!"), "digest differs", id="picture"
        ),
        pytest.param(lambda p: without(p, first_picture(p)), "taken out", id="picture taken out"),
        pytest.param(lambda p: pack({**unpack(p), "files/x": b"?"}), "was put in", id="file put in"),
        pytest.param(lambda p: without(p, MANIFEST), "has no manifest.json", id="no manifest"),
        pytest.param(lambda p: without(p, STATEMENT), "taken out", id="no statement"),
        pytest.param(lambda p: without(p, CENTRE_SIGNATURE), "has no manifest.signature", id="no signature"),
        pytest.param(
            lambda p: changed(p, MANIFEST, lambda c: c.replace(b'"sequence":1', b'"sequence":7')),
            "changed after it was signed",
            id="another number",
        ),
        pytest.param(
            lambda p: changed(p, MANIFEST, lambda c: c.replace(b"{", b"{ ", 1)), "another form", id="spaces"
        ),
        pytest.param(
            lambda p: changed(p, CASE, lambda c: c.replace(b"93.4", b"99.4")), "digest", id="faster"
        ),
        pytest.param(lambda p: changed(p, KEYS, lambda c: c + b" "), "digest differs", id="keys"),
        pytest.param(
            lambda p: without(p, RECEIPT), "receipt.json is in the manifest and not", id="no receipt"
        ),
        pytest.param(
            lambda p: changed(p, CENTRE_SIGNATURE, in_capitals),
            "changed after it was signed",
            id="the signature written otherwise",
        ),
        pytest.param(
            lambda p: changed(p, MANIFEST, lambda c: c.replace(b'"speed_kmh":', b'"speed_kmh":1')),
            "changed after it was signed",
            id="faster in the manifest",
        ),
    ],
)
def test_what_was_done_to_it_is_said(desk: Desk, forge: Callable[[bytes], bytes], says: str) -> None:
    with pytest.raises(CaseFileError, match=says) as error:
        verify_package(forge(desk.packed()), desk.archive)
    assert "\n" not in str(error.value)


def test_one_flipped_bit_anywhere_is_found(desk: Desk) -> None:
    package = desk.packed()
    draw = random.Random(1)
    for _ in range(1000):
        place, bit = draw.randrange(len(package)), draw.randrange(8)
        flipped = bytearray(package)
        flipped[place] ^= 1 << bit
        with pytest.raises(CaseFileError):
            verify_package(bytes(flipped), desk.archive)


def test_one_flipped_bit_is_found_by_the_packages_own_keys_too(desk: Desk) -> None:
    package = desk.packed()
    for place in range(0, len(package), max(1, len(package) // 300)):
        flipped = bytearray(package)
        flipped[place] ^= 1
        with pytest.raises(CaseFileError):
            verify_package(bytes(flipped))


class TestSignedByAnother:
    def test_a_stranger(self, desk: Desk, other_signer: Callable[[str], Signer]) -> None:
        stranger = other_signer("centre")
        mine = desk.archive
        desk.archive = mine.with_key(stranger.public(T0))
        forged = desk.packed(signer=stranger)
        with pytest.raises(CaseFileError, match="which no archive knows"):
            verify_package(forged, mine)

    def test_a_unit_in_the_centres_place(self, desk: Desk) -> None:
        forged = desk.packed(signer=desk.unit)
        with pytest.raises(CaseFileError, match="a key of unit:cam-1, and only centre may sign"):
            verify_package(forged, desk.archive)

    def test_a_key_that_was_revoked_before(self, desk: Desk) -> None:
        archive = desk.archive.with_revoked(desk.unit.key_id, T0, "the unit was stolen")
        with pytest.raises(CaseFileError, match="revoked: the unit was stolen"):
            verify_package(desk.packed(), archive)

    def test_a_key_that_was_revoked_after_the_centre_had_the_statement_still_counts(self, desk: Desk) -> None:
        archive = desk.archive.with_revoked(desk.unit.key_id, RECEIVED_AT + 1, "replaced")
        assert verify_package(desk.packed(), archive).sequence == 1

    @pytest.mark.parametrize("received_at_ns", [RECEIVED_AT, None])
    def test_a_thief_cannot_date_back(self, desk: Desk, received_at_ns: int | None) -> None:
        """The statement says that it was signed before the theft; when the centre had it tells better."""
        archive = desk.archive.with_revoked(desk.unit.key_id, T0 + 10**9, "the unit was stolen")
        with pytest.raises(CaseFileError, match=r"before its key was revoked \(revoked: the unit was stolen"):
            verify_package(desk.packed(received_at_ns=received_at_ns), archive)

    def test_a_key_that_was_followed_by_another_counts_for_what_arrives_later(
        self, desk: Desk, other_signer: Callable[[str], Signer]
    ) -> None:
        archive = desk.archive.with_key(other_signer("unit:cam-1").public(T0 + 10**9))
        assert verify_package(desk.packed(), archive).unit_key.key_id == desk.unit.key_id
        with pytest.raises(CaseFileError, match="did not count"):
            verify_package(desk.packed(), desk.archive.with_key(other_signer("centre").public(T0 + 10**9)))

    def test_a_signature_of_other_bytes(self, desk: Desk) -> None:
        package, other = desk.packed(1), desk.packed(2)
        swapped = changed(package, CENTRE_SIGNATURE, lambda _: unpack(other)[CENTRE_SIGNATURE])
        with pytest.raises(CaseFileError, match="changed after it was signed"):
            verify_package(swapped, desk.archive)


class TestSwapped:
    def test_the_statement_of_another_passage_is_not_packed(self, desk: Desk) -> None:
        _, other = desk.stated(5)
        with pytest.raises(CaseFileError, match="of another passage"):
            desk.packed(1, statement=other)

    def test_evidence_of_another_case(self, desk: Desk) -> None:
        package, other = unpack(desk.packed(1)), unpack(desk.packed(2))
        pictures = sorted(path for path in package if path.startswith("files/"))
        strange = next(content for path, content in sorted(other.items()) if path.startswith("files/"))
        with pytest.raises(CaseFileError, match="digest differs"):
            verify_package(pack({**package, pictures[0]: strange}), desk.archive)

    def test_evidence_that_is_missing_stops_the_packing(self, desk: Desk) -> None:
        seen, stated = desk.stated(3)
        desk.evidence.discard(seen.evidence[0].digest)
        with pytest.raises(EvidenceMissing):
            desk.pack(seen, stated)


class TestTheChain:
    def test_whole(self, desk: Desk) -> None:
        verdicts = [verify_package(desk.packed(n), desk.archive) for n in (1, 2, 3)]
        assert chain_faults(verdicts) == []
        assert [v.sequence for v in verdicts] == [1, 2, 3]

    def test_one_is_missing(self, desk: Desk) -> None:
        verdicts = [verify_package(desk.packed(n), desk.archive) for n in (1, 2, 3)]
        (fault,) = chain_faults([verdicts[0], verdicts[2]])
        assert fault.sentence == "Camera cam-1: the statement 2 is not among these packages."
        assert not fault.is_wrong

    def test_one_was_replaced(self, desk: Desk) -> None:
        verdicts = [verify_package(desk.packed(n), desk.archive) for n in (1, 2)]
        other = replace(verdicts[1], previous="f" * 64)
        (broken,) = chain_faults([verdicts[0], other])
        assert "one of them was replaced" in broken.sentence
        forked, *_ = chain_faults([*verdicts, replace(verdicts[1], statement="e" * 64)])
        assert "two different statements number 2" in forked.sentence
        (turned,) = chain_faults([verdicts[0], replace(verdicts[1], signed_at_ns=T0 - 10**9)])
        assert "was signed before number 1" in turned.sentence
        third = verify_package(desk.packed(3), desk.archive)
        _, behind = chain_faults([verdicts[0], replace(third, signed_at_ns=T0 - 10**9)])
        assert "Statement 3 of camera cam-1 was signed before number 1" in behind.sentence
        assert broken.is_wrong
        assert forked.is_wrong
        assert turned.is_wrong

    def test_a_passage_that_comes_again_has_the_statement_that_it_had(self, desk: Desk) -> None:
        first = desk.stated(1)[1]
        desk.stated(2)
        assert desk.stated(1)[1] == first
