"""A passage without what names or shows a vehicle: what is kept in memory where nothing more is needed."""

from __future__ import annotations

from msgspec.structs import replace

from streams.messages import Passage


def stripped(passage: Passage) -> Passage:
    """The passage without plate, track and leader; its pictures, which it only names, stay named."""
    return replace(passage, plate=None, track=(), leader=None)
