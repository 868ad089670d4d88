"""The centre's receipt of a unit's statement: what came and when, countersigned as it arrived.

A unit says itself when it signed. Whoever steals its key can say any time; that a statement was here before
the key was revoked is shown by the receipt alone.
"""

from __future__ import annotations

import msgspec

from enforcement.errors import CaseFileError
from streams.signing import Signature, Signer
from streams.statements import SignedStatement, Statement


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which statement the centre had at ``received_at_ns`` (UTC): its digest and its place in its chain."""

    statement: str
    camera_id: str
    sequence: int
    previous: str
    received_at_ns: int
    software: str
    version: int = 1


class SignedReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bytes of a receipt, as text, and the centre's signature of exactly these bytes."""

    receipt: str
    signature: Signature

    def read(self) -> Receipt:
        """The receipt.

        Raises:
            CaseFileError: when the text is none.
        """
        try:
            return msgspec.json.decode(self.receipt, type=Receipt)
        except msgspec.MsgspecError as error:
            raise CaseFileError(f"What the centre countersigned is no receipt ({error}).") from error


def countersign(
    signed: SignedStatement, stated: Statement, signer: Signer, received_at_ns: int, software: str
) -> SignedReceipt:
    """The centre's receipt of ``signed``, which reads as ``stated``."""
    receipt = Receipt(
        statement=signed.digest,
        camera_id=stated.camera_id,
        sequence=stated.sequence,
        previous=stated.previous,
        received_at_ns=received_at_ns,
        software=software,
    )
    text = msgspec.json.encode(receipt)
    return SignedReceipt(text.decode(), signer.sign(text))
