"""What is forbidden at a place: lines, lanes and zones of the road, named by their ids.

What all of these rules share. The track counts only where it has places on the road with ``sigma_m``, and
is not known across a gap of more than a second or a jump that no vehicle makes. *Surely* means by more than
the expanded uncertainty (k = 2): two ``sigma_m`` for the tracked point; for the other end of the vehicle
also two ``length_sigma_m`` and the doubt of its heading. A line is passed only between seen points: at
least two surely before it, at least two surely behind it, inside its ends throughout. Where it is not known
whether the tracked point is the front or the rear, a finding must hold for either. Nothing applies outside
``scope``, and nothing that rests on the vehicle's class, its length included, applies to one whose
``vehicle_confidence`` is below 0.8.
"""

from __future__ import annotations

from enforcement.law.table import Scope, Table


class RedLight(Table, frozen=True):
    """Driving on at red. The front must pass the stop line later than ``grace_s`` into red, beyond doubt.

    Concerns every ``stop`` line of the road. The earliest time at which the front can have passed is
    compared with the latest at which red can have begun; one and the same ``red`` phase must be known to
    cover the whole of the time in which the front can have passed, and no phase of that signal may say
    otherwise. The times of a ``controller`` count only if the unit's ``clock_sigma_ms`` is known, and with
    two of it.

    The law wants two positions: at the line, and then the front surely ``least_beyond_m`` or more behind it
    and, where the road has ``junction`` zones, surely in one. A vehicle that stands still in between is not
    one that drove on, whatever it does afterwards: see :class:`StopLine`. A ``red_amber`` lamp is not red.
    """

    grace_s: float = 0.5
    least_beyond_m: float = 5.0
    scope: Scope = Scope()


class StopLine(Table, frozen=True):
    """Stopping behind the line at red: the front passes it and the vehicle halts before the junction.

    The front passes as for :class:`RedLight`, later than ``grace_s`` into red; then the vehicle stands
    still for at least a second while its front is surely ``least_beyond_m`` or more behind the line and
    surely in no ``junction`` zone, in none before either. Without a ``junction`` zone on the road there is
    no such offence. Such a passage is never one of driving on at red.
    """

    least_beyond_m: float = 0.5
    grace_s: float = 0.5
    scope: Scope = Scope()


class WrongWay(Table, frozen=True):
    """Driving against a lane's heading for ``least_distance_m`` or more, faster than ``least_speed_kmh``.

    Concerns every ``lane`` zone with a heading. The tracked point is surely in one lane all the way and in
    no lane whose heading agrees; the way from where it was first seen in the lane to where it was last lies
    within 45 degrees of the opposite heading. Distance and mean speed are lower bounds. Draw lanes with a
    heading only where the other direction is forbidden: an overtaking vehicle is in the other lane, too.
    """

    least_distance_m: float = 12.0
    least_speed_kmh: float = 8.0
    scope: Scope = Scope()


class ReservedLane(Table, frozen=True):
    """Driving in a lane that is reserved: ``allowed`` vehicles may; others for up to ``least_distance_m``.

    ``zone`` is a ``reserved`` zone. The distance is straight from where the tracked point was first surely
    in the lane to where it was last, without leaving it in between, less the uncertainty of both places.
    """

    zone: str
    allowed: tuple[str, ...]
    least_distance_m: float = 20.0
    hours: tuple[str, ...] = ()


class Movement(Table, frozen=True):
    """A movement that is forbidden: through the gate ``enters`` and then through the gate ``leaves``.

    ``name`` is what it is called, such as ``left turn``. The tracked point surely passes both, one surely
    before the other, and is seen all the way in between. A gate with a heading counts only for vehicles
    that pass within 90 degrees of it, one without for both directions.
    """

    enters: str
    leaves: str
    name: str
    scope: Scope = Scope()


class Stopping(Table, frozen=True):
    """Standing in a zone for longer than ``longest_s``; ``no_stopping`` and ``box`` zones alike.

    Standing is staying in one place, with one end of the vehicle surely in the zone, for whatever reason: a
    red lamp or a queue is none. Rolling, however slowly, is not standing (more than 0.6 m ends it). The last
    decimetres of a halt cannot be told from standing: what they take at the braking that was seen, 0.8
    seconds at least, is subtracted at either end of the measured time; a second where it was not seen.
    """

    zone: str
    longest_s: float
    scope: Scope = Scope()


class Following(Table, frozen=True):
    """Driving too close: less than ``least_gap_s`` behind the leader for ``least_distance_m`` on end.

    The gap is the time from the leader's rear to one's own front at the same place, with places and lengths
    in the driver's favour, and it must be too short surely and at every place of that distance. Asked only
    where the speed is surely above ``least_speed_kmh`` all the way. Not asked if the leader slows down by
    more than 2 m/s² or moves sideways (it has just cut in), or if one's own track does.
    """

    least_gap_s: float
    least_speed_kmh: float = 60.0
    least_distance_m: float = 20.0
    scope: Scope = Scope()


class SolidLine(Table, frozen=True):
    """Crossing a solid line: the tracked point was ``least_beyond_m`` on one side and gets as far over.

    Surely, in either direction, and within the line's ends from where it may first have touched the line to
    where it was surely that far beyond.
    """

    line: str
    least_beyond_m: float = 0.5
    scope: Scope = Scope()


class VehicleBan(Table, frozen=True):
    """A zone closed to the vehicles of ``scope``, driven for at least ``least_distance_m``.

    ``zone`` is a ``ban`` zone. The distance is measured as for :class:`ReservedLane`.
    """

    zone: str
    scope: Scope
    least_distance_m: float = 5.0
