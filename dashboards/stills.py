"""What a case has to look at: its stills in the order of time, and its clip."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.formatting import NANOSECONDS
from dashboards.overlay import best_frame
from enforcement.casebook import Case
from streams.messages import EvidenceReference, Passage

_NAMES = {"frame": "evidence picture", "before": "first position", "after": "second position"}
CLIP = "clip"


@dataclass(frozen=True)
class Still:
    """A picture of the case; ``when`` it was taken, in words, and whether by the passage's ``own`` camera."""

    reference: EvidenceReference
    name: str
    when: str
    is_here: bool
    own: bool

    @property
    def digest(self) -> str:
        """Its address among the evidence."""
        return self.reference.digest


@dataclass(frozen=True)
class Clip:
    """The clip of a case; ``moment_s``: when what was measured happens in it, None if that is not known."""

    digest: str
    media_type: str
    width_px: int
    height_px: int
    is_here: bool
    moment_s: float | None
    frames_per_s: float = 12.5


def stills_of(case: Case, here: set[str]) -> list[Still]:
    """The full pictures of a case, the other camera's too. ``here``: the digests that came."""
    passage, other = case.passage, case.finding.other
    found = [
        Still(piece, _NAMES[piece.kind], _after(piece, passage), piece.digest in here, own=True)
        for piece in passage.evidence
        if piece.kind in _NAMES and not piece.sealed
    ]
    for piece in other.evidence if other else ():
        if piece.kind in _NAMES and not piece.sealed and other is not None:
            name = f"{_NAMES[piece.kind]} of {other.camera_id}"
            found.append(Still(piece, name, "", piece.digest in here, own=False))
    return sorted(found, key=lambda still: still.reference.captured_at_ns)


def chosen_still(stills: list[Still], digest: str, passage: Passage) -> Still | None:
    """The still that was asked for, else the one on which the plate was read; None where none is here."""
    present = [still for still in stills if still.is_here]
    best = best_frame(passage)
    usual = next((still for still in present if best and still.digest == best.digest), None)
    return next((still for still in present if still.digest == digest), usual)


def clip_of(passage: Passage, here: set[str]) -> Clip | None:
    """The clip of a passage, None where the roadside made none."""
    piece = next((one for one in passage.evidence if one.kind == CLIP and not one.sealed), None)
    if piece is None:
        return None
    at_ns = passage.speed.at_ns
    moment_s = None if at_ns is None else (at_ns - piece.captured_at_ns) / NANOSECONDS
    return Clip(
        digest=piece.digest,
        media_type=piece.media_type,
        width_px=piece.width_px,
        height_px=piece.height_px,
        is_here=piece.digest in here,
        moment_s=moment_s if moment_s is not None and moment_s >= 0 else None,
    )


def _after(piece: EvidenceReference, passage: Passage) -> str:
    return f"after {(piece.captured_at_ns - passage.started_at_ns) / NANOSECONDS:.2f} s"
