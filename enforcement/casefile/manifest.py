"""What a case package says it holds: the manifest, and the centre's signature of it."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from enforcement.errors import CaseFileError
from streams.messages import Passage, SpeedMeasurement, TrackPoint
from streams.signing import Signature

MANIFEST = "manifest.json"
CENTRE_SIGNATURE = "manifest.signature.json"
STATEMENT = "statement.json"
KEYS = "keys.json"
CASE = "case.json"
PAPER = "case.pdf"
RECEIPT = "receipt.json"
TIME_STAMP = "receipt.tsr"
FILES = "files/"
FORMAT = "roadwitness-case-2"
#: Before units' statements were countersigned as they came, and the manifest told of the measurement.
FIRST_FORMAT = "roadwitness-case-1"

_T = TypeVar("_T", bound=msgspec.Struct)


class PackedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One member of the package: its path, the SHA-256 of its bytes, how many they are."""

    path: str
    sha256: str
    size_bytes: int
    media_type: str


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the case rests on, for whoever reads the manifest alone; it is as the unit's statement has it.

    ``places`` are the first and the last point of the track; times in UTC ns. ``policy`` is the law's file by
    which the centre found it, with its version.
    """

    passage_id: str
    site_id: str
    from_ns: int
    until_ns: int
    measurement: SpeedMeasurement
    places: tuple[TrackPoint, ...]
    calibration_id: str | None
    models: dict[str, str]
    unit_software: str
    policy: str

    @classmethod
    def of(cls, passage: Passage, unit_software: str, policy: str) -> Facts:
        """The facts of a passage as it was stated."""
        return cls(
            passage_id=passage.passage_id,
            site_id=passage.site_id,
            from_ns=passage.started_at_ns,
            until_ns=passage.ended_at_ns,
            measurement=passage.speed,
            places=(passage.track[0], passage.track[-1]) if passage.track else (),
            calibration_id=passage.calibration_id,
            models=passage.models,
            unit_software=unit_software,
            policy=policy,
        )


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Every member of the package but the manifest itself and its signature; times in UTC ns.

    ``statement`` is the digest of the unit's signed statement: the centre countersigns it with the rest.
    ``facts`` are there from the second format on.
    """

    case_id: str
    camera_id: str
    written_at_ns: int
    software: str
    statement: str
    sequence: int
    previous: str
    files: tuple[PackedFile, ...]
    format: str
    facts: Facts | None = None


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
