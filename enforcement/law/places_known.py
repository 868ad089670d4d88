"""Whether the lines and zones that a policy names are drawn on the road."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from enforcement.errors import PolicyError
from enforcement.road import LineKind, Road, ZoneKind

if TYPE_CHECKING:
    from enforcement.policy import Policy

#: A place that a policy names: in which field, its id, and of which kinds it may be.
_Named = tuple[str, str, tuple[LineKind | ZoneKind, ...]]


def check_places(policy: Policy, roads: Sequence[Road]) -> None:
    """Check that each line and zone that ``policy`` names is on one of the roads, and of the right kind.

    Raises:
        PolicyError: naming the field, and the nearest id or those that there are.
    """
    known: dict[str, str] = {}
    for road in roads:
        known |= {line.id: line.kind for line in road.lines} | {zone.id: zone.kind for zone in road.zones}
    for field, name, kinds in _named_by(policy):
        fitting = [each for each, kind in known.items() if kind in kinds]
        if name in fitting:
            continue
        what = " or ".join(f"'{kind}'" for kind in kinds)
        if name in known:
            raise PolicyError(
                f"{field} is '{name}', which is drawn as '{known[name]}' and not as {what}; name another or "
                "draw it again."
            )
        near = difflib.get_close_matches(name, fitting, n=1, cutoff=0.5)
        there = f"there are {', '.join(sorted(fitting))}" if fitting else f"nothing is drawn as {what}"
        advice = f"did you mean '{near[0]}'?" if near else f"{there}."
        raise PolicyError(f"{field} is '{name}', which is not drawn on the road; {advice}")


def _named_by(policy: Policy) -> Iterator[_Named]:
    for number, lane in enumerate(policy.reserved_lanes, start=1):
        yield f"reserved_lanes {number}.zone", lane.zone, ("reserved",)
    for number, stopping in enumerate(policy.stopping, start=1):
        yield f"stopping {number}.zone", stopping.zone, ("no_stopping", "box")
    for number, ban in enumerate(policy.vehicle_bans, start=1):
        yield f"vehicle_bans {number}.zone", ban.zone, ("ban",)
    for number, line in enumerate(policy.solid_lines, start=1):
        yield f"solid_lines {number}.line", line.line, ("solid",)
    for number, movement in enumerate(policy.movements, start=1):
        yield f"movements {number}.enters", movement.enters, ("gate",)
        yield f"movements {number}.leaves", movement.leaves, ("gate",)
