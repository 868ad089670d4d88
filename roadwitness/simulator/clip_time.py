"""When each frame of a clip was taken, and when the clip says it was: recorders' faults."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadwitness.simulator.errors import SimulatorError

FAULTS = {
    "right": "every frame carries its time",
    "jitter": "frames are stamped up to 8 ms early or late",
    "drift": "the clip's clock runs 3 % slow",
    "dropped": "one frame in six is missing, and half a second at once; the others carry their times",
    "dropped-unnoticed": "the same frames are missing, and the others are stamped as if none were",
    "fast-rate": "stamped at a rate 20 % higher than that at which the frames were taken",
    "jump": "the clip's clock jumps ahead by 0.7 s in the middle",
}
DRIFT = 0.97
FAST = 1.2
JUMP_S = 0.7


@dataclass(frozen=True)
class FrameTime:
    """A frame of the clip: seconds of the scene at which it was taken, and seconds that the clip gives it."""

    taken_s: float
    stamped_s: float


def frame_times(fault: str, frames: int, fps: int, seed: int) -> list[FrameTime]:
    """The frames of a clip of a scene that lasts ``frames`` at ``fps``; raises ``SimulatorError``."""
    if fault not in FAULTS:
        raise SimulatorError(f"There is no clock fault {fault}: choose from {', '.join(FAULTS)}.")
    rng = np.random.default_rng([seed, 8])
    taken = np.arange(frames) / fps
    if fault.startswith("dropped"):
        keep = rng.random(frames) > 1 / 6
        hole = frames // 2
        keep[hole : hole + fps // 2] = False
        keep[0] = True
        taken = taken[keep]
    stamped = taken.copy()
    if fault == "jitter":
        stamped = stamped + np.clip(rng.normal(0, 0.004, frames), -0.008, 0.008) + 0.008
        stamped = np.maximum.accumulate(stamped)
    elif fault == "drift":
        stamped = stamped * DRIFT
    elif fault == "dropped-unnoticed":
        stamped = np.arange(len(taken)) / fps
    elif fault == "fast-rate":
        stamped = stamped / FAST
    elif fault == "jump":
        stamped = stamped + np.where(np.arange(frames) >= frames // 2, JUMP_S, 0.0)
    return [FrameTime(float(a), round(float(b), 5)) for a, b in zip(taken, stamped, strict=True)]
