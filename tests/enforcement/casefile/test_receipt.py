"""The centre's receipt of a statement, an authority's time-stamp of it, and what the manifest tells."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from enforcement.casefile.canonical_zip import pack, unpack
from enforcement.casefile.manifest import (
    CENTRE_SIGNATURE,
    FIRST_FORMAT,
    MANIFEST,
    RECEIPT,
    TIME_STAMP,
    CentreSignature,
    Manifest,
    PackedFile,
    canonical,
)
from enforcement.casefile.time_stamps import (
    TimeStampAway,
    TimeStamper,
    TimeStampSettingsError,
    check_time_stamp,
    load_roots,
)
from enforcement.casefile.verifying import verify_package
from enforcement.errors import CaseFileError
from tests.enforcement.casefile.conftest import MADE_AT, RECEIVED_AT, Desk
from tests.enforcement.samples import T0

pytest.importorskip("rfc3161_client", reason="rfc3161-client is missing: pip install 'roadwitness[test]'")
pytest.importorskip("asn1crypto", reason="asn1crypto is missing: pip install 'roadwitness[test]'")

from tests.enforcement.casefile.time_stamp_authority import Authority, serving


@dataclass
class Stamps:
    """An authority that answers, its address, and its certificates as a file."""

    authority: Authority
    url: str
    certificate: Path

    def stamper(self) -> TimeStamper:
        return TimeStamper(self.url, load_roots(self.certificate))


@pytest.fixture
def stamps(tmp_path: Path) -> Iterator[Stamps]:
    authority = Authority()
    certificate = tmp_path / "authority.pem"
    certificate.write_bytes(authority.root_pem)
    with serving(authority) as url:
        yield Stamps(authority, url, certificate)


def resigned(
    desk: Desk, package: bytes, change: dict[str, object], drop: frozenset[str] = frozenset()
) -> bytes:
    """The package with its manifest changed and signed again by the centre itself."""
    members = {name: content for name, content in unpack(package).items() if name not in drop}
    manifest = msgspec.json.decode(members[MANIFEST], type=Manifest)
    files: tuple[PackedFile, ...] = tuple(file for file in manifest.files if file.path not in drop)
    content = canonical(msgspec.structs.replace(manifest, files=files, **change))
    signature = canonical(CentreSignature(desk.centre.sign(content)))
    return pack({**members, MANIFEST: content, CENTRE_SIGNATURE: signature})


class TestTheReceipt:
    def test_says_when_the_centre_had_the_statement(self, desk: Desk) -> None:
        assert verify_package(desk.packed(), desk.archive).received_at_ns == RECEIVED_AT
        assert verify_package(desk.packed(received_at_ns=None), desk.archive).received_at_ns is None

    def test_of_another_statement(self, desk: Desk) -> None:
        other = desk.receipt(desk.stated(5)[1])
        with pytest.raises(CaseFileError, match=r"receipt is of another statement .* swapped"):
            verify_package(desk.packed(1, receipt=other), desk.archive)

    def test_not_by_the_centre(self, desk: Desk) -> None:
        forged = desk.receipt(desk.stated(1)[1], signer=desk.unit)
        with pytest.raises(
            CaseFileError, match="receipt is signed with a key of unit:cam-1, and only centre"
        ):
            verify_package(desk.packed(1, receipt=forged), desk.archive)

    @pytest.mark.parametrize("received_at_ns", [T0 - 3600 * 10**9, MADE_AT + 1])
    def test_at_a_time_that_cannot_be(self, desk: Desk, received_at_ns: int) -> None:
        archive = desk.archive
        early = msgspec.structs.replace(archive.keys[1], valid_from_ns=0)
        desk.archive = msgspec.structs.replace(archive, keys=(archive.keys[0], early))
        with pytest.raises(CaseFileError, match="the times are wrong"):
            verify_package(desk.packed(received_at_ns=received_at_ns), desk.archive)

    def test_written_in_another_form(self, desk: Desk) -> None:
        spaced = desk.receipt(desk.stated(1)[1]).replace(b"{", b"{ ", 1)
        with pytest.raises(CaseFileError, match=r"receipt\.json was written again in another form"):
            verify_package(desk.packed(1, receipt=spaced), desk.archive)


class TestTheManifest:
    def test_tells_measurement_calibration_law_and_versions(self, desk: Desk) -> None:
        manifest = msgspec.json.decode(unpack(desk.packed())[MANIFEST], type=Manifest)
        seen = desk.stated(0)[0]
        facts = manifest.facts
        assert facts is not None
        assert facts.measurement == seen.speed
        assert (facts.calibration_id, facts.models) == (seen.calibration_id, seen.models)
        assert (facts.from_ns, facts.until_ns) == (seen.started_at_ns, seen.ended_at_ns)
        assert facts.unit_software == "0.1.0"
        assert ", version " in facts.policy

    def test_that_tells_of_another_speed_than_the_unit_is_found_even_signed(self, desk: Desk) -> None:
        package = desk.packed()
        facts = msgspec.json.decode(unpack(package)[MANIFEST], type=Manifest).facts
        assert facts is not None
        faster = msgspec.structs.replace(facts.measurement, speed_kmh=199.0)
        changed = msgspec.structs.replace(facts, measurement=faster)
        with pytest.raises(CaseFileError, match="tells of another measurement than the unit stated"):
            verify_package(resigned(desk, package, {"facts": changed}), desk.archive)

    def test_of_the_first_format_still_holds(self, desk: Desk) -> None:
        package = desk.packed(received_at_ns=None)
        old = resigned(desk, package, {"facts": None, "format": FIRST_FORMAT})
        assert b'"facts"' not in unpack(old)[MANIFEST]
        assert verify_package(old, desk.archive).received_at_ns is None

    def test_cannot_pass_for_the_first_format(self, desk: Desk) -> None:
        with pytest.raises(CaseFileError, match="does not tell what its format tells"):
            verify_package(resigned(desk, desk.packed(), {"format": FIRST_FORMAT}), desk.archive)


class TestTimeStamp:
    def stamped(self, desk: Desk, stamps: Stamps, number: int = 0) -> bytes:
        receipt = desk.receipt(desk.stated(number)[1])
        return desk.packed(number, receipt=receipt, time_stamp=stamps.stamper().request(receipt))

    def test_is_checked_offline_against_the_authoritys_certificate(self, desk: Desk, stamps: Stamps) -> None:
        package = self.stamped(desk, stamps)
        stamp = verify_package(package, desk.archive, load_roots(stamps.certificate)).time_stamp
        assert stamp is not None
        assert stamp.is_checked
        unchecked = verify_package(package, desk.archive).time_stamp
        assert unchecked is not None
        assert not unchecked.is_checked
        assert stamps.authority.asked == 1

    def test_of_another_receipt(self, desk: Desk, stamps: Stamps) -> None:
        strange = stamps.stamper().request(b"something else")
        with pytest.raises(CaseFileError, match="of something else than the centre's receipt"):
            verify_package(desk.packed(time_stamp=strange), desk.archive)

    def test_of_an_authority_that_nobody_named(self, desk: Desk, stamps: Stamps, tmp_path: Path) -> None:
        other = tmp_path / "other.pem"
        other.write_bytes(Authority().root_pem)
        with pytest.raises(CaseFileError, match="not by the authority whose certificate was given"):
            verify_package(self.stamped(desk, stamps), desk.archive, load_roots(other))

    def test_without_its_receipt(self, desk: Desk, stamps: Stamps) -> None:
        left = resigned(desk, self.stamped(desk, stamps), {}, frozenset({RECEIPT}))
        with pytest.raises(CaseFileError, match="a time-stamp and no receipt"):
            verify_package(left, desk.archive)

    def test_one_flipped_bit_anywhere_in_receipt_and_time_stamp_is_found(
        self, desk: Desk, stamps: Stamps
    ) -> None:
        package, roots = self.stamped(desk, stamps), load_roots(stamps.certificate)
        members = unpack(package)
        draw = random.Random(3)
        for name in (RECEIPT, TIME_STAMP):
            begin = package.index(members[name])
            for _ in range(150):
                flipped = bytearray(package)
                flipped[begin + draw.randrange(len(members[name]))] ^= 1 << draw.randrange(8)
                with pytest.raises(CaseFileError):
                    verify_package(bytes(flipped), desk.archive, roots)

    def test_a_bit_flipped_in_the_time_stamp_alone_never_passes_as_another_time(self, stamps: Stamps) -> None:
        """Even without the manifest: what still reads as a time-stamp reads as the same one."""
        token, roots = stamps.stamper().request(b"receipt"), load_roots(stamps.certificate)
        known, draw = check_time_stamp(token, b"receipt", roots), random.Random(4)
        for _ in range(100):
            flipped = bytearray(token)
            flipped[draw.randrange(len(token))] ^= 1 << draw.randrange(8)
            try:
                assert check_time_stamp(bytes(flipped), b"receipt", roots) == known
            except CaseFileError:
                continue

    @pytest.mark.parametrize(
        "spoil",
        [
            pytest.param(lambda _: b"not a time-stamp", id="rubbish"),
            pytest.param(lambda answer: answer[:-20], id="cut off"),
            pytest.param(lambda answer: answer[:-1] + bytes([answer[-1] ^ 1]), id="another signature"),
        ],
    )
    def test_what_is_none_is_not_taken(self, stamps: Stamps, spoil: object) -> None:
        stamps.authority.spoil = spoil  # type: ignore[assignment]
        with pytest.raises(TimeStampAway, match="of no use"):
            stamps.stamper().request(b"receipt")

    def test_an_authority_that_does_not_answer(self, stamps: Stamps) -> None:
        roots = load_roots(stamps.certificate)
        with pytest.raises(TimeStampAway, match="does not answer"):
            TimeStamper("http://127.0.0.1:9/", roots).request(b"receipt")

    def test_an_answer_to_an_earlier_question_is_not_taken(self, stamps: Stamps) -> None:
        earlier = stamps.stamper().request(b"receipt")
        stamps.authority.spoil = lambda _: earlier
        with pytest.raises(TimeStampAway, match="another question"):
            stamps.stamper().request(b"receipt")

    def test_settings_that_cannot_be_used(self, tmp_path: Path) -> None:
        (tmp_path / "no.pem").write_text("nothing")
        with pytest.raises(TimeStampSettingsError, match="no certificate in PEM form"):
            load_roots(tmp_path / "no.pem")
        with pytest.raises(TimeStampSettingsError, match="no address of a time-stamp authority"):
            TimeStamper("tsa.example", ())
