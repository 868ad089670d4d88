"""Two cameras and the way between them: a section's entry and exit, or one plate at two places."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.formatting import NANOSECONDS
from dashboards.two_positions import Position, position
from enforcement.rules.finding import Finding, OtherPassage
from streams.messages import Passage


@dataclass(frozen=True)
class Stop:
    """One end of the way: which camera saw the plate, when (UTC ns), and how sure that time is (k = 2)."""

    role: str
    camera_id: str
    at_ns: int
    uncertainty_ms: float | None


@dataclass(frozen=True)
class Journey:
    """The way from ``first`` to ``second``: its least length (m), its time (s), and the speed of both."""

    first: Stop
    second: Stop
    distance_m: float
    duration_s: float
    is_same_vehicle: bool
    pictures: tuple[Position, ...] = ()

    @property
    def speed_kmh(self) -> float | None:
        """The average speed that the way needs, km/h; None where no time lies between."""
        return self.distance_m / self.duration_s * 3.6 if self.duration_s > 0.0 else None


def view_journey(passage: Passage, finding: Finding, here: set[str]) -> Journey | None:
    """The two ends of a finding that rests on another passage; None where it rests on one alone.

    ``here`` are the digests of the evidence that arrived.
    """
    other = finding.other
    if other is None:
        return None
    here_ns, here_ms = _moment_here(passage, finding)
    there_ms = next((m.uncertainty_ms for m in finding.moments if m.at_ns == other.at_ns), None)
    is_section = finding.offence == "average_speed"
    roles = ("Entry", "Exit") if is_section else ("First place", "Second place")
    ends = sorted(
        [(other.at_ns, other.camera_id, there_ms), (here_ns, passage.camera_id, here_ms)],
        key=lambda end: end[0],
    )
    first, second = (Stop(role, end[1], end[0], end[2]) for role, end in zip(roles, ends, strict=True))
    return Journey(
        first=first,
        second=second,
        distance_m=other.distance_m,
        duration_s=(second.at_ns - first.at_ns) / NANOSECONDS,
        is_same_vehicle=is_section,
        pictures=_pictures(passage, finding, other, here),
    )


def _pictures(
    passage: Passage, finding: Finding, other: OtherPassage, here: set[str]
) -> tuple[Position, ...]:
    """The whole picture of each place in the order of time; nothing unless both are there to be compared."""
    ends = [
        (other.at_ns, other.camera_id, other.evidence),
        (passage.started_at_ns, passage.camera_id, passage.evidence),
    ]
    found = [
        position(camera_id, piece, finding, here)
        for _, camera_id, pieces in sorted(ends, key=lambda end: end[0])
        for piece in pieces
        if piece.kind == "frame" and not piece.sealed and piece.digest in here
    ]
    return tuple(found) if len({one.caption for one in found}) == len(ends) else ()


def _moment_here(passage: Passage, finding: Finding) -> tuple[int, float | None]:
    """When the vehicle was here: the finding's own moment at this camera, else when it came into view."""
    there_ns = finding.other.at_ns if finding.other else None
    here = [moment for moment in finding.moments if moment.at_ns != there_ns]
    return (here[-1].at_ns, here[-1].uncertainty_ms) if here else (passage.started_at_ns, None)
