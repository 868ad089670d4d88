"""A junction for the tables about its lamps: two lanes, two stop lines, the conflict area behind them."""

from __future__ import annotations

from enforcement.road import Line, Road, Zone
from tests.scenarios.motion import Drive
from tests.scenarios.scene import Lamp
from tests.scenarios.tables.shared import box

FOREVER_S = 200.0


def junction(near_y: float = 4.0, *, zone: bool = True) -> Road:
    """The right lane (x 0 to 3.5) has the signal ``main``, the left one ``left``; they stop at y = 0."""
    zones = (Zone("conflict", "junction", box(-14.0, 14.0, near_y, near_y + 22.0)),) if zone else ()
    return Road(
        "junction",
        (
            Line("stop", "stop", ((0.0, 0.0), (3.5, 0.0)), "main", 0.0),
            Line("stop-left", "stop", ((-3.5, 0.0), (0.0, 0.0)), "left", 0.0),
        ),
        zones,
    )


def red_since(
    drive: Drive, into_s: float, *, signal: str = "main", at_y: float = 0.0, red_s: float = FOREVER_S
) -> tuple[Lamp, ...]:
    """The lamps of a signal that is red for ``into_s`` when the front first gets to ``at_y`` (of a path from -60).

    Before it amber for 3 s and green; after ``red_s`` of red, red and amber for a second, and green.
    """
    red = drive.when(at_y + 60.0) - into_s
    return (
        Lamp("green", red - 33.0, red - 3.0, signal),
        Lamp("amber", red - 3.0, red, signal),
        Lamp("red", red, red + red_s, signal),
        Lamp("red_amber", red + red_s, red + red_s + 1.0, signal),
        Lamp("green", red + red_s + 1.0, red + red_s + FOREVER_S, signal),
    )


def green(drive: Drive, signal: str = "main") -> tuple[Lamp, ...]:
    """A signal that is green all the time."""
    return (Lamp("green", drive.at_s - 60.0, drive.ends_s + FOREVER_S, signal),)


#: The arms of a junction as gates: south at y = -5, north at 26, west and east at x = -14 and 14.
GATES = (
    Line("south", "gate", ((-7.0, -5.0), (7.0, -5.0))),
    Line("north", "gate", ((-7.0, 26.0), (7.0, 26.0))),
    Line("west", "gate", ((-14.0, 4.0), (-14.0, 22.0))),
    Line("east", "gate", ((14.0, 4.0), (14.0, 22.0))),
)
