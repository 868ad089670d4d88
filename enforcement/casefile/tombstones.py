"""Tombstones as links of a camera's chain: the statement of an erased case still has its place there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from enforcement.errors import CaseFileError


@dataclass(frozen=True)
class ErasedLink:
    """A statement whose case was erased: what it was called, and which one it named before it."""

    case_id: str
    camera_id: str
    sequence: int
    statement: str
    previous: str
    signed_at_ns: int


class _Chain(msgspec.Struct):
    statement: str
    sequence: int
    previous: str
    signed_at_ns: int | None = None


class _Tombstone(msgspec.Struct):
    case_id: str
    camera_id: str
    chain: _Chain


def read_links(lines: Iterable[bytes]) -> list[ErasedLink]:
    """The links in JSON lines as ``roadwitness retention tombstones --jsonl`` writes them.

    Raises:
        CaseFileError: for a line that is none.
    """
    links = []
    for number, line in enumerate(lines, start=1):
        try:
            stone = msgspec.json.decode(line, type=_Tombstone)
        except msgspec.MsgspecError as error:
            raise CaseFileError(f"Line {number} is no tombstone ({error}): export them again.") from error
        if stone.chain.sequence:
            links.append(
                ErasedLink(
                    stone.case_id,
                    stone.camera_id,
                    stone.chain.sequence,
                    stone.chain.statement,
                    stone.chain.previous,
                    stone.chain.signed_at_ns or 0,
                )
            )
    return links
