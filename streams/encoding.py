"""Messages to bytes and back, with errors that name the field that was wrong."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from streams.errors import RoadwitnessError

T = TypeVar("T", bound=msgspec.Struct)

_encoder = msgspec.json.Encoder()


class UndecodableMessage(RoadwitnessError):
    """The bytes are not a message of the expected type."""


def encode(message: msgspec.Struct) -> bytes:
    """JSON bytes of a message; ``bytes`` fields become base64."""
    return _encoder.encode(message)


def decode(content: bytes, kind: type[T]) -> T:
    """The message in ``content``; unknown fields are ignored.

    Raises:
        UndecodableMessage: when the bytes are not valid JSON or a field has the wrong type.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as error:
        raise UndecodableMessage(f"not a {kind.__name__}: {error}") from error
