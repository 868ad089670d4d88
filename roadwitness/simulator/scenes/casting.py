"""Invents the vehicles of a scene, each with its own plate."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from roadwitness.simulator.looks import Look, invent_look
from roadwitness.simulator.model import Model
from roadwitness.simulator.plates import FORMATS, Plate, invent_plate
from roadwitness.simulator.vehicles import build_model

CAR_KINDS = {"hatchback": 0.35, "saloon": 0.33, "suv": 0.24, "van": 0.08}
COUNTRIES = ("DE", "FR", "GB", "NL", "PL", "ES", "RU")


@dataclass(frozen=True)
class Role:
    """A vehicle that has no way yet."""

    vehicle_id: str
    model: Model
    look: Look
    plate: Plate


@dataclass
class Cast:
    """Hands out vehicles in order; the same for the same ``seed``."""

    seed: int
    lamps_on: bool = False
    _taken: set[str] = field(default_factory=set)
    _count: int = 0

    def vehicle(self, kind: str | None = None) -> Role:
        """The next vehicle, of ``kind`` or some car."""
        self._count += 1
        own = np.random.default_rng([self.seed, 6, self._count])
        chosen = kind or str(own.choice(list(CAR_KINDS), p=list(CAR_KINDS.values())))
        plate = invent_plate(own, str(own.choice(COUNTRIES)))
        while plate.text in self._taken:
            plate = invent_plate(own, plate.country)
        self._taken.add(plate.text)
        made = FORMATS[plate.country]
        model = build_model(chosen, own, (made.width_m, made.height_m))
        return Role(f"v{self._count:03d}", model, invent_look(own, chosen, self.lamps_on), plate)
