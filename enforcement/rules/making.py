"""How rules of a place make their findings: the numbers, the sentence's end, the worst of several."""

from __future__ import annotations

from collections.abc import Iterable

from enforcement.policy import Policy
from enforcement.rules.finding import Finding, Moment
from enforcement.stretch import Stretch
from enforcement.way import Way
from streams.messages import LampPhase

VEHICLES = {"car": "A car", "motorcycle": "A motorcycle", "bus": "A bus", "truck": "A truck"}


def make(
    offence: str,
    policy: Policy,
    sentence: str,
    *,
    measured: float = 0.0,
    unit: str = "",
    subtracted: float = 0.0,
    allowed: float = 0.0,
    moments: tuple[Moment, ...] = (),
    places: tuple[str, ...] = (),
    lamps: tuple[LampPhase, ...] = (),
) -> Finding:
    """A finding whose uncertainty is what was subtracted, or added where less is worse."""
    return Finding(
        offence=offence,
        measured=round(measured, 6),
        unit=unit,
        uncertainty=round(abs(subtracted), 6) if unit else None,
        subtracted=round(subtracted, 6),
        enforced=round(measured - subtracted, 6),
        allowed=allowed,
        policy_id=policy.id,
        policy_version=policy.version,
        explanation=f"{sentence} (policy {policy.id}, version {policy.version}).",
        moments=moments,
        places=places,
        lamps=lamps,
    )


def worst(findings: Iterable[Finding | None]) -> Finding | None:
    """The finding that lies furthest on the forbidden side, if there is one."""
    found = [finding for finding in findings if finding is not None]
    return max(found, key=lambda finding: finding.excess) if found else None


def mildest(findings: Iterable[Finding | None]) -> Finding | None:
    """The finding that holds whichever of several possibilities is true; None where one of them is none."""
    every = list(findings)
    found = [finding for finding in every if finding is not None]
    return min(found, key=lambda finding: finding.excess) if found and len(found) == len(every) else None


def seen_at(way: Way, name: str, i: int) -> Moment:
    """A moment at a point of the way."""
    return Moment(name, way.at_ns(way.t[i]), way.x[i], way.y[i])


def first_and_last(way: Way, stretch: Stretch, place: str) -> tuple[Moment, Moment]:
    """The two moments of a stretch in a zone."""
    first = seen_at(way, f"first surely in {place}", stretch.first)
    return first, seen_at(way, f"last surely in {place}", stretch.last)


def named(vehicle: str) -> str:
    """A vehicle's class at the beginning of a sentence."""
    return VEHICLES.get(vehicle, "A vehicle")
