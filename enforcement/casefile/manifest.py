"""What a case package says it holds: the manifest, and the centre's signature of it."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from enforcement.errors import CaseFileError
from streams.signing import Signature

MANIFEST = "manifest.json"
CENTRE_SIGNATURE = "manifest.signature.json"
STATEMENT = "statement.json"
KEYS = "keys.json"
CASE = "case.json"
PAPER = "case.pdf"
FILES = "files/"
FORMAT = "roadwitness-case-1"

_T = TypeVar("_T", bound=msgspec.Struct)


class PackedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One member of the package: its path, the SHA-256 of its bytes, how many they are."""

    path: str
    sha256: str
    size_bytes: int
    media_type: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every member of the package but the manifest itself and its signature; times in UTC ns.

    ``statement`` is the digest of the unit's signed statement: the centre countersigns it with the rest.
    """

    case_id: str
    camera_id: str
    written_at_ns: int
    software: str
    statement: str
    sequence: int
    previous: str
    files: tuple[PackedFile, ...]
    format: str = FORMAT


class CentreSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The centre's signature of the manifest's bytes."""

    signature: Signature


def canonical(message: msgspec.Struct) -> bytes:
    """The one form in which ``message`` is written."""
    return msgspec.json.encode(message)


def read_canonical(content: bytes, kind: type[_T], name: str) -> _T:
    """The message in the member ``name``.

    Raises:
        CaseFileError: when it is none, or is written in another form than ours.
    """
    try:
        message = msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as error:
        raise CaseFileError(f"{name} cannot be read ({error}): it was changed.") from error
    if canonical(message) != content:
        raise CaseFileError(f"{name} was written again in another form: it was changed.")
    return message
