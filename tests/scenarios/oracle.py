"""What a scene is guilty of, by the law tables' docstrings applied to the truth itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.scenarios import oracle_lines as lines
from tests.scenarios import oracle_papers as papers
from tests.scenarios import oracle_zones as zones
from tests.scenarios.oracle_lines import Truth, Verdict
from tests.scenarios.scene import Scene

__all__ = ["ORACLES", "Truth", "Verdict", "verdict_on"]

#: By offence, in the order of the law's tables.
ORACLES: dict[str, Callable[[Truth], Verdict]] = {
    "speeding": papers.speeding,
    "average_speed": papers.average_speed,
    "red_light": lines.red_light,
    "stop_line": lines.stop_line,
    "wrong_way": zones.wrong_way,
    "reserved_lane": zones.reserved_lane,
    "forbidden_movement": lines.forbidden_movement,
    "stopping": partial(zones.stopping, kind="no_stopping"),
    "box_junction": partial(zones.stopping, kind="box"),
    "following": zones.following,
    "solid_line": lines.solid_line,
    "vehicle_ban": zones.vehicle_ban,
    "unregistered": partial(papers.papers, paper="unregistered"),
    "uninsured": partial(papers.papers, paper="uninsured"),
    "inspection_expired": partial(papers.papers, paper="inspection_expired"),
    "stolen": partial(papers.papers, paper="stolen"),
    "cloned_plate": papers.cloned_plate,
}


def verdict_on(scene: Scene, offence: str) -> Verdict:
    """The truth's own verdict on one offence."""
    return ORACLES[offence](Truth(scene))
