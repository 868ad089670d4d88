"""The ground truth of a simulated clip, and its file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from enforcement.road import Road
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


class PathPoint(msgspec.Struct, frozen=True, array_like=True):
    """Where the middle of a vehicle's front was on the road when a frame was taken; in a list, in this order.

    ``heading_deg`` runs clockwise from +y; a negative speed is one backwards.
    """

    frame: int
    x_m: float
    y_m: float
    heading_deg: float
    speed_kmh: float


class OffenceTruth(msgspec.Struct, frozen=True):
    """What a driver did wrong, by the name of the rule, and its facts; times are seconds of the scene."""

    offence: str
    facts: dict[str, float | str] = {}


class VehicleTruth(msgspec.Struct, frozen=True):
    """One vehicle; ``plate`` is normalised, ``keeper_id`` null where the register does not know it.

    ``speed_kmh`` is its speed where the scene measures it; ``behaviour`` says what its driver does.
    """

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
    behaviour: str = ""
    length_m: float | None = None
    width_m: float | None = None
    path: tuple[PathPoint, ...] = ()
    offences: tuple[OffenceTruth, ...] = ()


class PhaseTruth(msgspec.Struct, frozen=True):
    """A stretch of the scene, in seconds, in which a signal showed one state."""

    signal_id: str
    state: str
    from_s: float
    until_s: float


class ClockTruth(msgspec.Struct, frozen=True):
    """What is wrong with a clip's times. ``taken_s`` and ``stamped_s`` are the seconds, by frame, at which
    it was taken and that the clip gives it; empty where both are frame / fps.

    The clock of the whole unit is ahead of the true time by ``offset_s``.
    """

    fault: str = "right"
    offset_s: float = 0.0
    taken_s: tuple[float, ...] = ()
    stamped_s: tuple[float, ...] = ()


class Truth(msgspec.Struct, frozen=True):
    """Everything that is known about a simulated clip.

    ``recorded_at`` is the true time of second 0 of the scene. ``camera_turned_at_s`` is when the camera was
    turned for good.
    """

    seed: int
    fps: int
    width: int
    height: int
    frames: int
    limit_kmh: float
    threshold_kmh: float
    vehicles: tuple[VehicleTruth, ...]
    scene: str = "straight"
    weather: str = "clear"
    shake: str = "none"
    camera_turned_at_s: float | None = None
    recorded_at: str = ""
    phases: tuple[PhaseTruth, ...] = ()
    road: Road | None = None
    clock: ClockTruth = ClockTruth()

    @property
    def speeders(self) -> tuple[VehicleTruth, ...]:
        """The vehicles that a violation is expected for."""
        return tuple(vehicle for vehicle in self.vehicles if vehicle.speeding)

    def offenders(self, offence: str) -> tuple[VehicleTruth, ...]:
        """The vehicles whose drivers do this wrong."""
        return tuple(v for v in self.vehicles if any(o.offence == offence for o in v.offences))


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
