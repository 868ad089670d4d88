"""What a unit states under its signature: one passage and the evidence that belongs to it, in a chain.

Each statement names the digest of the one before it from the same camera, so that a case that is missing, or
was put in another's place, shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from streams.errors import RoadwitnessError
from streams.messages import EvidenceItem, Passage
from streams.signing import Signature, Signer

#: What a statement is called among the evidence, and the type of its bytes.
KIND = "statement"
MEDIA_TYPE = "application/vnd.roadwitness.statement+json"
#: What the first statement of a camera names as the one before it.
BEGINNING = "0" * 64


class StatementDamaged(RoadwitnessError):
    """Bytes that should be a signed statement are none."""


class StatedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of evidence: the SHA-256 of its bytes, what it is, and how long."""

    digest: str
    media_type: str
    size_bytes: int
    sealed: bool


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``passage`` is the message exactly as it was sent; ``previous`` the digest of the statement before."""

    camera_id: str
    sequence: int
    previous: str
    signed_at_ns: int
    software: str
    files: tuple[StatedFile, ...]
    passage: msgspec.Raw
    version: int = 1

    def read_passage(self) -> Passage:
        """The passage as a message.

        Raises:
            StatementDamaged: when it is none.
        """
        try:
            return msgspec.json.decode(self.passage, type=Passage)
        except msgspec.MsgspecError as error:
            raise StatementDamaged(f"The statement holds no passage ({error}).") from error


class SignedStatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bytes of a statement, as text, and the unit's signature of exactly these bytes."""

    statement: str
    signature: Signature

    @property
    def digest(self) -> str:
        """SHA-256 of the statement's bytes: what the next one names as ``previous``."""
        return hashlib.sha256(self.statement.encode()).hexdigest()

    def read(self) -> Statement:
        """The statement.

        Raises:
            StatementDamaged: when the text is none.
        """
        try:
            return msgspec.json.decode(self.statement, type=Statement)
        except msgspec.MsgspecError as error:
            raise StatementDamaged(f"What was signed is no statement ({error}).") from error


def state(
    signer: Signer,
    passage: bytes,
    files: Iterable[EvidenceItem],
    *,
    camera_id: str,
    sequence: int,
    previous: str,
    signed_at_ns: int,
    software: str,
) -> SignedStatement:
    """State and sign that ``passage`` (its encoded message) was seen, with these pieces of evidence."""
    statement = Statement(
        camera_id=camera_id,
        sequence=sequence,
        previous=previous,
        signed_at_ns=signed_at_ns,
        software=software,
        files=tuple(StatedFile(f.digest, f.media_type, len(f.content), f.sealed) for f in files),
        passage=msgspec.Raw(passage),
    )
    text = msgspec.json.encode(statement)
    return SignedStatement(text.decode(), signer.sign(text))


def read_signed(content: bytes) -> SignedStatement:
    """The signed statement in ``content``.

    Raises:
        StatementDamaged: when it is none, or is written in another way than ours (each has one form only).
    """
    try:
        signed = msgspec.json.decode(content, type=SignedStatement)
    except msgspec.MsgspecError as error:
        raise StatementDamaged(f"This is no signed statement ({error}).") from error
    if msgspec.json.encode(signed) != content:
        raise StatementDamaged("The signed statement was rewritten: its bytes are not as they were made.")
    return signed
