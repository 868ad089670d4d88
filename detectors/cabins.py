"""Where people sit in a vehicle: the band of its box in which the glass lies."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.tracking import TrackedVehicle
from streams.messages import Box

#: On a narrower vehicle a face is under six pixels wide: nobody can recognise it.
LEAST_FACED_PX = 60.0
#: Where the windscreen lies in a vehicle's box, from its top, and how far in from its sides.
_GLASS = {"car": (0.08, 0.52), "truck": (0.05, 0.65), "bus": (0.08, 0.75), "motorcycle": (0.0, 0.4)}
_PILLAR = 0.06


def glass_of(vehicle: TrackedVehicle) -> Box:
    """The band of a vehicle's box in which its glass lies, or the rider (px)."""
    box = vehicle.box
    top, bottom = _GLASS.get(vehicle.label, _GLASS["car"])
    side = _PILLAR * box.w
    return Box(box.x + side, box.y + top * box.h, box.w - 2 * side, (bottom - top) * box.h)


def is_inside(face: Box, vehicle: Box) -> bool:
    """Whether the middle of a face lies in a vehicle's box."""
    x, y = face.x + face.w / 2, face.y + face.h / 2
    return vehicle.x <= x <= vehicle.x + vehicle.w and vehicle.y <= y <= vehicle.y + vehicle.h


def hidden_cabins(vehicles: Sequence[TrackedVehicle], faces: Sequence[Box]) -> list[Box]:
    """The glass of every vehicle near enough to show a face, in which none of ``faces`` was found.

    A vehicle on the road has a driver. Where the face detector found nobody, it overlooked somebody, so the
    whole band in which the windscreen lies is hidden.
    """
    return [
        glass_of(vehicle)
        for vehicle in vehicles
        if vehicle.box.w >= LEAST_FACED_PX and not any(is_inside(face, vehicle.box) for face in faces)
    ]
