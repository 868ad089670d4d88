"""The kinds of vehicle that the simulator knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from roadwitness.simulator.cars import build_car
from roadwitness.simulator.heavy import build_bus, build_truck
from roadwitness.simulator.model import Model
from roadwitness.simulator.motorcycle import build_motorcycle
from roadwitness.simulator.shapes import HATCHBACK, SALOON, SUV, VAN


def _motorcycle(rng: np.random.Generator, plate: tuple[float, float]) -> Model:
    mesh, rear, head = build_motorcycle(rng, plate)
    return Model("motorcycle", "motorcycle", 2.1, 0.8, 1.65, mesh, None, rear, head, head)


_MAKERS: Mapping[str, Callable[[np.random.Generator, tuple[float, float]], Model]] = {
    "hatchback": lambda rng, plate: build_car("hatchback", HATCHBACK, rng, plate),
    "saloon": lambda rng, plate: build_car("saloon", SALOON, rng, plate),
    "suv": lambda rng, plate: build_car("suv", SUV, rng, plate),
    "van": lambda rng, plate: build_car("van", VAN, rng, plate),
    "bus": build_bus,
    "truck": build_truck,
    "motorcycle": _motorcycle,
}
KINDS = tuple(_MAKERS)


def build_model(kind: str, rng: np.random.Generator, plate_size_m: tuple[float, float]) -> Model:
    """A vehicle of ``kind`` (one of ``KINDS``), slightly varied, with room for a plate of (width, height)."""
    return _MAKERS[kind](rng, plate_size_m)
