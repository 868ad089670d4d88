"""What is true of a passage: the drive, the vehicle, the lamps, the papers; and how it is to be seen."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

import numpy as np

from enforcement.circumstances import RegisterStatus
from enforcement.policy import Policy
from enforcement.road import Road
from tests.scenarios.motion import Drive, Reals

#: A Monday, 12:00 in Berlin.
NOON = datetime.datetime(2026, 5, 4, 10, tzinfo=datetime.UTC)
#: Length of a class, and the standard uncertainty with which a vehicle of the class has it, m.
LENGTHS_M = {
    "car": (4.4, 0.45),
    "motorcycle": (2.1, 0.2),
    "bicycle": (1.8, 0.1),
    "bus": (12.0, 2.0),
    "truck": (9.0, 3.5),
}


@dataclass(frozen=True)
class Vehicle:
    """A vehicle; without a length it has that of its class."""

    kind: str = "car"
    own_length_m: float | None = None

    @property
    def length_m(self) -> float:
        return LENGTHS_M[self.kind][0] if self.own_length_m is None else self.own_length_m


@dataclass(frozen=True)
class Lamp:
    """What a signal really showed from ``from_s`` until ``until_s`` of the scene."""

    state: str
    from_s: float
    until_s: float
    signal: str = "main"


@dataclass(frozen=True)
class Reading:
    """What was read of the plate; ``instead`` (place, character, probability) is the likeliest other text."""

    text: str | None = "AB123CD"
    probability: float = 0.998
    instead: tuple[int, str, float] | None = None


@dataclass(frozen=True)
class Entered:
    """When the vehicle really passed the entry of a section, and how the entry's unit saw it.

    ``at_s`` is when its front did; ``part`` is what the entry tracked. The section is really
    ``metres_longer`` than the policy says.
    """

    at_s: float
    section: str = "a-b"
    camera: str = "entry"
    probability: float = 0.999
    sigma_ms: float = 5.0
    error_ms: float | None = None
    metres_longer: float = 0.0
    part: str = "front"
    conditions: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Elsewhere:
    """A sighting of the plate at another camera, with the errors of that unit's clock."""

    at_s: float
    distance_m: float
    probability: float = 0.999
    camera: str = "far-away"
    sigma_ms: float = 5.0
    error_ms: float | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Sight:
    """How the roadside saw it, where that is special.

    ``part`` is what is really tracked and ``said`` what the passage says of it; ``seen`` and ``hidden`` are
    times, ``window`` is (left, right, near, far) of the road that the camera sees. ``clock_error_ms`` is how
    far the unit's clock is ahead (None: by chance within its uncertainty).
    """

    part: str = "front"
    said: str | None = None
    seen: tuple[float, float] = (-np.inf, np.inf)
    hidden: tuple[tuple[float, float], ...] = ()
    window: tuple[float, float, float, float] = (-45.0, 45.0, -45.0, 45.0)
    read_as: tuple[str, float] | None = None
    length_known: bool = True
    on_road: bool = True
    clock_error_ms: float | None = None
    clock_sigma_ms: float | None = 5.0
    lamps_from: str = "camera"
    lamps_known: bool = True
    extra_lamps: tuple[Lamp, ...] = ()
    speed_error_kmh: float | None = None
    speed_uncertainty_kmh: float | None = None
    void: str | None = None
    conditions: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Scene:
    """One passage as it really was, under a policy. Its times are seconds from ``at``."""

    name: str
    policy: Policy
    drive: Drive
    road: Road = field(default_factory=Road)
    vehicle: Vehicle = Vehicle()
    sight: Sight = Sight()
    at: datetime.datetime = NOON
    lamps: tuple[Lamp, ...] = ()
    conditions: tuple[str, ...] = ()
    reading: Reading | None = Reading()
    leader: Drive | None = None
    leader_vehicle: Vehicle = Vehicle()
    entered: Entered | None = None
    elsewhere: Elsewhere | None = None
    registered: RegisterStatus | None = None
    camera: str = "cam"

    @property
    def at_ns(self) -> int:
        return round(self.at.timestamp() * 1e3) * 10**6

    def moment_ns(self, t: float) -> int:
        """The true time ``t`` seconds into the scene."""
        return self.at_ns + round(t * 1e9)

    def times(self) -> Reals:
        """The seconds of the scene in steps of 20 ms: the whole drive with 40 s before and after."""
        return np.arange(self.drive.at_s - 40.0, max(self.drive.ends_s, self.drive.at_s) + 40.0, 0.02)
