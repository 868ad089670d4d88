"""What is forbidden at a place: lines, lanes and zones of the road, named by their ids."""

from __future__ import annotations

from enforcement.law.table import Scope, Table


class RedLight(Table, frozen=True):
    """Driving on at red. The front must pass the stop line later than ``grace_s`` into red, beyond doubt.

    The law wants two positions: at the line, and at least ``least_beyond_m`` behind it (into the junction).
    """

    grace_s: float = 0.5
    least_beyond_m: float = 5.0
    scope: Scope = Scope()


class StopLine(Table, frozen=True):
    """Stopping behind the line at red: the front passes it and the vehicle halts before the junction.

    ``least_beyond_m`` is how far the front must be behind the line to count.
    """

    least_beyond_m: float = 0.5
    grace_s: float = 0.5
    scope: Scope = Scope()


class WrongWay(Table, frozen=True):
    """Driving against a lane's heading for ``least_distance_m`` or more, faster than ``least_speed_kmh``."""

    least_distance_m: float = 12.0
    least_speed_kmh: float = 8.0
    scope: Scope = Scope()


class ReservedLane(Table, frozen=True):
    """Driving in a lane that is reserved: ``allowed`` vehicles may; others for up to ``least_distance_m``."""

    zone: str
    allowed: tuple[str, ...]
    least_distance_m: float = 20.0
    hours: tuple[str, ...] = ()


class Movement(Table, frozen=True):
    """A movement that is forbidden: through the gate ``enters`` and then through the gate ``leaves``.

    ``name`` is what it is called, such as ``left turn``.
    """

    enters: str
    leaves: str
    name: str
    scope: Scope = Scope()


class Stopping(Table, frozen=True):
    """Standing in a zone for longer than ``longest_s``; ``no_stopping`` and ``box`` zones alike."""

    zone: str
    longest_s: float
    scope: Scope = Scope()


class Following(Table, frozen=True):
    """Driving too close: less than ``least_gap_s`` behind the leader for ``least_distance_m`` on end.

    Asked only from ``least_speed_kmh`` on.
    """

    least_gap_s: float
    least_speed_kmh: float = 60.0
    least_distance_m: float = 20.0
    scope: Scope = Scope()


class SolidLine(Table, frozen=True):
    """Crossing a solid line: the tracked point gets ``least_beyond_m`` to the other side."""

    line: str
    least_beyond_m: float = 0.5
    scope: Scope = Scope()


class VehicleBan(Table, frozen=True):
    """A zone closed to the vehicles of ``scope``, driven for at least ``least_distance_m``."""

    zone: str
    scope: Scope
    least_distance_m: float = 5.0
