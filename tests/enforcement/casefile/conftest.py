"""A case of an invented passage, its unit's statement, and the keys of both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from enforcement.case_plate import CasePlate
from enforcement.case_queue import CaseSummary
from enforcement.casebook import Case, CaseEvent
from enforcement.casefile.receipt import countersign
from enforcement.casefile.writing import write_package
from enforcement.circumstances import Circumstances
from enforcement.evidence import EvidenceFolder
from enforcement.rules import speeding
from streams.encoding import encode
from streams.key_archive import KeyArchive
from streams.messages import EvidenceItem, Passage
from streams.signing import Signer, create_signer
from streams.statement_chain import StatementChain
from streams.statements import SignedStatement, read_signed
from tests.enforcement.samples import T0, passage, policy

MADE_AT = T0 + 3600 * 10**9
RECEIVED_AT = T0 + 60 * 10**9
NOTHING_KNOWN = CasePlate(None, 0.0, None, False, None, 0.0, None, 0.0, None, None, "", "")


@dataclass
class Desk:
    """A unit that states, and a centre that packs."""

    folder: Path
    unit: Signer
    centre: Signer
    archive: KeyArchive
    evidence: EvidenceFolder
    chain: StatementChain

    def stated(
        self, number: int, pictures: tuple[bytes, ...] = (b"frame", b"plate")
    ) -> tuple[Passage, bytes]:
        """A passage with its evidence in the folder, and the unit's statement of it as bytes."""
        seen = passage(number, pictures=tuple(picture + str(number).encode() for picture in pictures))
        items = []
        for reference, picture in zip(seen.evidence, pictures, strict=True):
            content = picture + str(number).encode()
            assert hashlib.sha256(content).hexdigest() == reference.digest
            self.evidence.put(reference.digest, content, reference.media_type, reference.sealed)
            items.append(
                EvidenceItem(
                    reference.digest,
                    reference.media_type,
                    reference.sealed,
                    seen.passage_id,
                    seen.camera_id,
                    content,
                )
            )
        signed: SignedStatement = self.chain.state(seen.camera_id, encode(seen), items)
        return seen, msgspec.json.encode(signed)

    def packed(
        self,
        number: int = 0,
        *,
        statement: bytes | None = None,
        signer: Signer | None = None,
        received_at_ns: int | None = RECEIVED_AT,
        receipt: bytes | None = None,
        time_stamp: bytes = b"",
    ) -> bytes:
        """The package of the case of passage ``number``, with the centre's receipt of its statement."""
        seen, stated = self.stated(number)
        if receipt is None and received_at_ns is not None:
            receipt = self.receipt(stated, received_at_ns)
        return self.pack(seen, statement or stated, signer, receipt or b"", time_stamp)

    def receipt(
        self, statement: bytes, received_at_ns: int = RECEIVED_AT, signer: Signer | None = None
    ) -> bytes:
        """The centre's receipt of a statement."""
        signed = read_signed(statement)
        made = countersign(signed, signed.read(), signer or self.centre, received_at_ns, "0.1.0")
        return msgspec.json.encode(made)

    def pack(
        self,
        seen: Passage,
        statement: bytes,
        signer: Signer | None = None,
        receipt: bytes = b"",
        time_stamp: bytes = b"",
    ) -> bytes:
        """The package of the case of ``seen``, with that statement."""
        return write_package(
            case_of(seen),
            statement,
            self.evidence,
            signer or self.centre,
            self.archive,
            software="0.1.0",
            written_at_ns=MADE_AT,
            receipt=receipt,
            time_stamp=time_stamp,
        )


def case_of(seen: Passage) -> Case:
    """The case of a speeding passage, still open."""
    finding = speeding.judge(Circumstances(seen), policy())
    assert finding is not None
    fields = dict.fromkeys(field.name for field in CaseSummary.__dataclass_fields__.values())
    known = {
        "case_id": f"case-{seen.passage_id}",
        "offence": "speeding",
        "status": "open",
        "camera_id": seen.camera_id,
        "occurred_at_ns": seen.started_at_ns,
    }
    summary = CaseSummary(**{**fields, **known})
    event = CaseEvent(seen.ended_at_ns, "opened", None, None, finding.explanation)
    return Case(summary, replace(NOTHING_KNOWN), seen, finding, None, (event,), ())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    unit = create_signer(tmp_path / "unit" / "signing.key", "unit:cam-1")
    centre = create_signer(tmp_path / "centre" / "signing.key", "centre")
    archive = KeyArchive().with_key(unit.public(T0 - 1)).with_key(centre.public(T0 - 1))
    ticks = iter(range(T0, T0 + 10**6))
    chain = StatementChain(tmp_path / "unit" / "chain.sqlite", unit, "0.1.0", clock=lambda: next(ticks))
    return Desk(tmp_path, unit, centre, archive, EvidenceFolder(tmp_path / "evidence"), chain)


@pytest.fixture
def other_signer(tmp_path: Path) -> Callable[[str], Signer]:
    return lambda owner: create_signer(tmp_path / f"other-{owner.replace(':', '-')}.key", owner)
