"""The ground truth of a simulated clip, and its file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from roadwitness.simulator.errors import TruthError

Box = tuple[float, float, float, float]
Corner = tuple[float, float]


class FrameTruth(msgspec.Struct, frozen=True):
    """One vehicle in one frame; boxes are (x, y, w, h) pixels, null where that thing cannot be seen whole.

    ``plate_corners`` run clockwise from the top left; ``visible`` is the share of the outline that shows.
    """

    frame: int
    vehicle: Box
    plate: Box | None
    plate_corners: tuple[Corner, Corner, Corner, Corner] | None
    face: Box | None
    visible: float


class VehicleTruth(msgspec.Struct, frozen=True):
    """One vehicle; ``plate`` is normalised, ``keeper_id`` null where the register does not know it."""

    vehicle_id: str
    vehicle_class: str = msgspec.field(name="class")
    plate: str
    plate_display: str
    country: str
    keeper_id: str | None
    speed_kmh: float
    lane: int
    colour: str
    first_frame: int
    last_frame: int
    speeding: bool
    boxes: tuple[FrameTruth, ...]


class Truth(msgspec.Struct, frozen=True):
    """Everything that is known about a simulated clip."""

    seed: int
    fps: int
    width: int
    height: int
    frames: int
    limit_kmh: float
    threshold_kmh: float
    vehicles: tuple[VehicleTruth, ...]

    @property
    def speeders(self) -> tuple[VehicleTruth, ...]:
        """The vehicles that a violation is expected for."""
        return tuple(vehicle for vehicle in self.vehicles if vehicle.speeding)


def save_truth(path: Path, truth: Truth) -> None:
    """Write ``truth`` as JSON."""
    path.write_bytes(msgspec.json.encode(truth))


def load_truth(path: Path) -> Truth:
    """Read a truth file; raises ``TruthError`` where it is missing or not one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Truth)
    except OSError as error:
        raise TruthError(
            f"The ground truth {path} cannot be read ({error.strerror}): simulate the site again."
        ) from error
    except msgspec.MsgspecError as error:
        raise TruthError(f"The ground truth {path} is broken ({error}): simulate the site again.") from error
