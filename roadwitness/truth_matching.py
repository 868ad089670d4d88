"""Which simulated vehicle a passage was: by where both were in the picture, not by the plate read."""

from __future__ import annotations

from dataclasses import dataclass

from roadwitness.simulator import Truth, VehicleTruth
from streams.messages import Passage


@dataclass(frozen=True)
class Comparison:
    """One simulated vehicle and the passages that were seen of it (one, if all is well)."""

    vehicle: VehicleTruth
    passages: tuple[Passage, ...]

    @property
    def speed_error_kmh(self) -> float | None:
        """Measured less true speed of its first passage with a speed; None where none has one."""
        for passage in self.passages:
            if passage.speed.speed_kmh is not None:
                return passage.speed.speed_kmh - self.vehicle.speed_kmh
        return None


def compare(
    truth: Truth, passages: list[Passage], recorded_at_ns: int
) -> tuple[list[Comparison], list[Passage]]:
    """Give each passage to the vehicle whose true boxes hold most of its track points.

    Returns:
        A comparison a vehicle, in the truth's order, and the passages that were no vehicle of the truth.
    """
    boxes: dict[int, list[tuple[str, tuple[float, float, float, float]]]] = {}
    for vehicle in truth.vehicles:
        for sighting in vehicle.boxes:
            boxes.setdefault(sighting.frame, []).append((vehicle.vehicle_id, sighting.vehicle))
    seen: dict[str, list[Passage]] = {vehicle.vehicle_id: [] for vehicle in truth.vehicles}
    strangers: list[Passage] = []
    for passage in passages:
        votes: dict[str, int] = {}
        for point in passage.track:
            frame = round((point.captured_at_ns - recorded_at_ns) / 1e9 * truth.fps)
            for vehicle_id, box in boxes.get(frame, ()):
                if _near(point.x_px, point.y_px, box):
                    votes[vehicle_id] = votes.get(vehicle_id, 0) + 1
        best = max(votes, key=lambda name: votes[name], default=None)
        if best is None or votes[best] < len(passage.track) / 2:
            strangers.append(passage)
        else:
            seen[best].append(passage)
    return [Comparison(vehicle, tuple(seen[vehicle.vehicle_id])) for vehicle in truth.vehicles], strangers


def _near(x: float, y: float, box: tuple[float, float, float, float]) -> bool:
    """Inside the box, with a tenth of its height to spare: the tracked point lies on its lower edge."""
    left, top, width, height = box
    return left <= x <= left + width and top <= y <= top + 1.1 * height
