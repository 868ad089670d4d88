"""Ids that are a function of what they name, so that a replay writes the same rows."""

from __future__ import annotations

import uuid

_NAMESPACE = uuid.UUID("5d5a5b5e-63a8-5f0c-9f0e-7d0c6d1a0a01")


def identify(kind: str, *parts: str | int) -> str:
    """The UUIDv5 of ``kind`` and ``parts`` (RFC 9562), as text."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join([kind, *map(str, parts)])))
