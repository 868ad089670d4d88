"""One vehicle's way through a scene along a path, as free as the scene needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from roadwitness.simulator.compositing import Actor
from roadwitness.simulator.looks import Look
from roadwitness.simulator.model import Model
from roadwitness.simulator.motion import Motion
from roadwitness.simulator.paths import Path
from roadwitness.simulator.plates import Plate
from roadwitness.simulator.posing import Pose
from roadwitness.simulator.truth import OffenceTruth

BRAKING_MS2 = -0.7
HAZARD_BEAT_S = 0.75


class Moving(Protocol):
    """A vehicle of a scene, however it moves."""

    @property
    def vehicle_id(self) -> str:
        """Its name in the truth."""
        ...

    @property
    def model(self) -> Model:
        """Its shape."""
        ...

    @property
    def look(self) -> Look:
        """Its colours and people."""
        ...

    @property
    def plate(self) -> Plate:
        """Its plate."""
        ...

    @property
    def lane(self) -> int:
        """The lane that it keeps to, from 1; 0 for none."""
        ...

    @property
    def speed_kmh(self) -> float:
        """Its speed where the scene measures it."""
        ...

    @property
    def enters_s(self) -> float:
        """From when on it is in the scene."""
        ...

    @property
    def leaves_s(self) -> float:
        """Until when."""
        ...

    @property
    def behaviour(self) -> str:
        """In words what its driver does."""
        ...

    @property
    def offences(self) -> tuple[OffenceTruth, ...]:
        """What its driver does wrong."""
        ...

    def pose(self, at_s: float) -> Pose:
        """Where it is at a time of the scene."""
        ...

    def speed_ms_at(self, at_s: float) -> float:
        """Its speed at a time, m/s; negative when it drives backwards."""
        ...

    def actor(self, at_s: float) -> Actor:
        """What is painted of it at a time."""
        ...


@dataclass(frozen=True, eq=False)
class Trip:
    """A vehicle on ``path`` with ``motion``; ``measured_at_m`` is the length at which its speed is stated.

    ``hazard`` are the times (from, until) at which its hazard lamps flash.
    """

    vehicle_id: str
    model: Model
    look: Look
    plate: Plate
    lane: int
    path: Path
    motion: Motion
    enters_s: float
    leaves_s: float
    measured_at_m: float
    behaviour: str = ""
    offences: tuple[OffenceTruth, ...] = ()
    hazard: tuple[float, float] | None = None

    @property
    def speed_kmh(self) -> float:
        """Its speed when its front is where the scene measures; its fastest if it never is."""
        passes = self.motion.when(self.measured_at_m)
        if passes is None or not self.enters_s <= passes <= self.leaves_s:
            return round(float(abs(self.motion.speeds_ms).max()) * 3.6, 3)
        return round(abs(self.motion.at(passes)[1]) * 3.6, 3)

    def pose(self, at_s: float) -> Pose:
        """Where it is at a time of the scene."""
        return self.path.pose(self.motion.at(at_s)[0], self.model.length)

    def speed_ms_at(self, at_s: float) -> float:
        """Its speed at a time, m/s; negative when it drives backwards."""
        return self.motion.at(at_s)[1]

    def actor(self, at_s: float) -> Actor:
        """What is painted of it at a time."""
        arc, speed, rate = self.motion.at(at_s)
        flashing = self.hazard is not None and self.hazard[0] <= at_s <= self.hazard[1]
        return Actor(
            self.model,
            self.look,
            self.plate,
            self.path.pose(arc, self.model.length),
            speed,
            braking=rate < BRAKING_MS2 or speed == 0.0,
            hazard=flashing and (at_s % HAZARD_BEAT_S) < HAZARD_BEAT_S / 2,
        )
