"""The evidence that a case needs, piece by piece: what is here, what is not, and since when."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dashboards.formatting import NANOSECONDS, lasting, utc_text
from dashboards.office import Office
from enforcement.casebook import Case
from enforcement.completeness import Whereabouts
from enforcement.errors import EvidenceError
from streams.messages import EvidenceReference

#: ``away``: the place of the evidence cannot be reached or refuses, so nobody can look at the piece now.
State = Literal["here", "sealed", "awaited", "damaged", "lost", "erased", "away"]

_FRAME = "frame"
_KINDS = {
    _FRAME: "evidence picture",
    "plate": "plate crop",
    "original": "sealed original",
    "driver": "sealed picture of the driver",
    "before": "first position",
    "after": "second position",
    "clip": "clip",
    "statement": "the unit's signed statement",
}
_LACKS: dict[State, str] = {
    "awaited": "has not arrived",
    "damaged": "arrived damaged and lies among the dead letters: it has to be sent again",
    "lost": "was here and is gone, or was changed: it has to be restored",
    "erased": "was discarded",
    "away": "cannot be looked at now: where the evidence is kept cannot be reached",
}


@dataclass(frozen=True)
class Piece:
    """One piece of evidence in the list of the case; ``since_ns`` is since when it is in that state."""

    name: str
    digest: str
    captured_at_ns: int
    state: State
    since_ns: int | None = None

    @property
    def is_here(self) -> bool:
        """Whether the case has it."""
        return self.state in ("here", "sealed")


def list_pieces(office: Office, case: Case) -> list[Piece]:
    """Every piece of evidence that the case needs, and whether it is really there."""
    places = _Places(office, case)
    return [
        Piece(
            name,
            reference.digest,
            reference.captured_at_ns,
            places.state_of(reference),
            case.whereabouts[reference.digest].since_ns,
        )
        for name, reference in _needed(case)
    ]


def lacking(pieces: list[Piece], now_ns: int | None = None) -> list[str]:
    """What keeps a case from being confirmed, sentences without their full stop; empty when nothing does."""
    now_ns = time.time_ns() if now_ns is None else now_ns
    sentences = [
        f"{_article(piece.name)} ({piece.digest[:12]}…) {_LACKS[piece.state]}{_since(piece, now_ns)}"
        for piece in pieces
        if not piece.is_here
    ]
    if not any(piece.name == _KINDS[_FRAME] for piece in pieces):
        sentences.append("no evidence picture was sent with this passage")
    return sentences


class _Places:
    """Asks the place of the evidence, and no more once it has failed."""

    def __init__(self, office: Office, case: Case) -> None:
        self._office = office
        self._known = case.whereabouts
        self._away = False

    def state_of(self, piece: EvidenceReference) -> State:
        known: Whereabouts = self._known[piece.digest]
        if known.state != "here":
            return known.state
        if not self._away:
            try:
                if not self._office.evidence.has(piece.digest):
                    return "lost"
                return "sealed" if piece.sealed else "here"
            except EvidenceError:
                self._away = True
        return "away"


def _needed(case: Case) -> Iterator[tuple[str, EvidenceReference]]:
    for piece in case.passage.evidence:
        yield _KINDS.get(piece.kind, piece.kind), piece
    other = case.finding.other
    for piece in other.evidence if other else ():
        yield f"{_KINDS.get(piece.kind, piece.kind)} of {other.camera_id if other else ''}", piece


def _article(name: str) -> str:
    return name if name.startswith("the ") else f"the {name}"


def _since(piece: Piece, now_ns: int) -> str:
    if piece.since_ns is None or piece.state in ("away", "lost"):
        return ""
    ago = lasting((now_ns - piece.since_ns) / NANOSECONDS)
    if piece.state == "awaited":
        return f"; awaited since {utc_text(piece.since_ns)}, for {ago}"
    return f" ({utc_text(piece.since_ns)}, {ago} ago)"
