"""The two positions that the law wants at a red light: both pictures, and how long it had been red."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.drawings.phase_diagram import into_red_s
from enforcement.rules.finding import Finding
from streams.messages import Box, EvidenceReference, Passage

_CAPTIONS = {"before": "First position", "after": "Second position"}


@dataclass(frozen=True)
class Position:
    """One of the two pictures; ``into_red_s`` None where the lamps are not known at its time."""

    caption: str
    digest: str
    width_px: int
    height_px: int
    vehicle: Box | None
    captured_at_ns: int
    into_red_s: float | None
    is_here: bool


def two_positions(passage: Passage, finding: Finding, here: set[str]) -> list[Position]:
    """Before and after, in this order, as far as there are any. ``here``: digests that arrived."""
    pieces = {piece.kind: piece for piece in passage.evidence if not piece.sealed}
    return [
        position(caption, pieces[kind], finding, here)
        for kind, caption in _CAPTIONS.items()
        if kind in pieces
    ]


def position(caption: str, piece: EvidenceReference, finding: Finding, here: set[str]) -> Position:
    """A picture with its caption, and how long it had been red where the finding rests on lamps."""
    return Position(
        caption=caption,
        digest=piece.digest,
        width_px=piece.width_px,
        height_px=piece.height_px,
        vehicle=piece.vehicle_box,
        captured_at_ns=piece.captured_at_ns,
        into_red_s=into_red_s(finding, piece.captured_at_ns),
        is_here=piece.digest in here,
    )
