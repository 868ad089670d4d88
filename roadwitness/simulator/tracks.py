"""Tracks as a detector would give them, without rendering: many sites, surveys and vehicles in seconds.

Nothing here uses what the measurement uses: the boxes come from a camera's full projection of a vehicle's
corners, the survey's and the boxes' errors are drawn, and the truth is kept beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadwitness.simulator.camera import Camera, aim

Floats = npt.NDArray[np.float64]

#: Usual distances from box to box along the picture, in box heights, over which a detector errs alike.
_REACH = 0.6


@dataclass(frozen=True)
class Pose:
    """A site: a camera, its frame rate, and the stretch of road (from, to in m) on which it measures."""

    name: str
    height_m: float
    x_m: float
    at_x_m: float
    near_y_m: float
    focal_px: float
    stretch_m: tuple[float, float]
    size: tuple[int, int] = (1920, 1080)
    fps: float = 25.0
    edge_px: float = 1.1
    receding: bool = False

    def camera(self) -> Camera:
        """The camera of the site."""
        return aim(
            x_m=self.x_m,
            height_m=self.height_m,
            near_y_m=self.near_y_m,
            at_x_m=self.at_x_m,
            focal_px=self.focal_px,
            width=self.size[0],
            height=self.size[1],
        )


#: Ten places of the usual kinds: over the lanes and beside them, near and far, coming and going.
POSES = (
    Pose("gantry 7 m, two lanes", 7.0, 3.5, 3.5, 15.0, 2800, (17, 60)),
    Pose("gantry 8 m, long lens", 8.0, 3.5, 3.5, 22.0, 4000, (24, 75)),
    Pose("bridge 9 m", 9.0, 3.5, 3.5, 18.0, 3200, (20, 70)),
    Pose("gantry 7 m, 50 frames/s", 7.0, 3.5, 3.5, 14.0, 2700, (17, 58), fps=50.0),
    Pose("gantry 7 m, vehicles going away", 7.0, 3.5, 3.5, 15.0, 2800, (17, 60), receding=True),
    Pose("pole 7 m, left", 7.0, -1.5, 3.5, 14.0, 2600, (17, 58)),
    Pose("pole 8 m, right", 8.0, 9.5, 3.5, 16.0, 2900, (18, 62)),
    Pose("mast 10 m, left", 10.0, -2.5, 3.5, 18.0, 3100, (20, 70)),
    Pose("pole 9 m, right", 9.0, 10.5, 3.5, 20.0, 3300, (22, 70)),
    Pose("pole 6.5 m, right, 1280x720", 6.5, 9.0, 3.5, 13.0, 1800, (16, 50), (1280, 720), 30.0, 1.0),
)


@dataclass(frozen=True)
class Survey:
    """Surveyed points: where they were clicked (N, 2) px and measured (N, 2) m, and how well, one sigma."""

    image: Floats
    road: Floats
    sigma_px: float
    sigma_m: float


@dataclass(frozen=True)
class SimulatedTrack:
    """What a detector gives of one vehicle: boxes (N, 4) as x, y, w, h in px at ``times`` (N,) in s.

    At ``entered_s`` the vehicle drives at ``speed_ms``, and from then on it gains ``acceleration_ms2``.
    """

    times: Floats
    boxes: Floats
    kind: str
    speed_ms: float
    acceleration_ms2: float
    entered_s: float

    def speed_kmh_at(self, time_s: float) -> float:
        """The true speed at a time on the track's own scale."""
        return 3.6 * (self.speed_ms + self.acceleration_ms2 * (time_s - self.entered_s))


def survey(pose: Pose, rng: np.random.Generator) -> Survey:
    """Points on lane markings over the stretch, clicked to 0.5 to 1 px and measured to 1 to 3 cm."""
    camera = pose.camera()
    sigma_px, sigma_m = float(rng.uniform(0.5, 1.0)), float(rng.uniform(0.01, 0.03))
    near, far = pose.stretch_m
    rows = np.linspace(near - 0.5, far + 2.0, 7)
    true = np.array([(x, y, 0.0) for y in rows for x in (0.0, 3.5, 7.0)])
    pixels, _ = camera.project(true)
    inside = np.all((pixels > 2) & (pixels < np.array(pose.size) - 2), axis=1)
    clicked = pixels[inside] + rng.normal(0, sigma_px, (int(inside.sum()), 2))
    measured = true[inside, :2] + rng.normal(0, sigma_m, (int(inside.sum()), 2))
    return Survey(clicked, measured, sigma_px, sigma_m)


def drives(
    pose: Pose, rng: np.random.Generator, count: int, kmh: tuple[float, float] = (20.0, 180.0)
) -> Iterator[SimulatedTrack]:
    """``count`` vehicles at even chances of any speed of ``kmh`` when they enter, speeding up or braking."""
    for _ in range(count):
        kind = str(rng.choice(["car", "truck"], p=[0.88, 0.12]))
        speed = float(rng.uniform(*kmh)) / 3.6
        # Nobody brakes so hard that he stands before the stretch ends.
        least = -0.3 * speed**2 / (pose.stretch_m[1] - pose.stretch_m[0])
        acceleration = float(np.clip(rng.normal(0, 1.2), max(least, -4.0), 4.0))
        yield _track(pose, rng, kind, speed, acceleration)


def _track(
    pose: Pose, rng: np.random.Generator, kind: str, speed: float, acceleration: float
) -> SimulatedTrack:
    camera, (near, far) = pose.camera(), pose.stretch_m
    # A quick vehicle is looked at on every frame, others twelve times a second.
    every = 1 if speed > 25.0 or pose.fps < 20 else max(1, round(pose.fps / 12.5))
    step = every / pose.fps
    times = np.arange(0.0, 12.0, step) + float(rng.uniform(0, step))
    entered = float(times[0])
    gone = speed * (times - entered) + acceleration * (times - entered) ** 2 / 2
    end = far - 0.5 - gone if not pose.receding else near + 0.5 + gone
    body = _body(kind, rng)
    lane = float(rng.choice([1.75, 5.25])) + float(rng.normal(0, 0.2))
    seen = (end > near) & (end < far)
    times, end = times[seen], end[seen]
    # The end that faces the camera is at ``end``; the body lies beyond it.
    corners = body[None] + np.stack([np.full_like(end, lane), end, np.zeros_like(end)], axis=1)[:, None]
    pixels, _ = camera.project(corners.reshape(-1, 3))
    pixels = pixels.reshape(len(end), -1, 2)
    low, high = pixels.min(axis=1), pixels.max(axis=1)
    boxes = np.column_stack([low, high - low])
    # A box that reaches the picture's border on the left, right or below is not measured at.
    whole = (low[:, 0] > 2) & (high < np.array(pose.size) - 2).all(axis=1)
    times, boxes = times[whole], boxes[whole]
    return SimulatedTrack(times, _as_detected(boxes, pose, rng), kind, speed, acceleration, entered)


def _body(kind: str, rng: np.random.Generator) -> Floats:
    """The corners (V, 3) of a vehicle whose near end is at y = 0, in metres; every vehicle is another."""
    if kind == "car":
        length, width, tall = rng.uniform(3.9, 4.9), rng.uniform(1.7, 1.95), rng.uniform(1.42, 1.75)
        skirt, axle = rng.uniform(0.14, 0.26), rng.uniform(0.2, 0.7)
    else:
        length, width, tall = rng.uniform(6.5, 12.0), rng.uniform(2.2, 2.55), rng.uniform(2.6, 3.8)
        skirt, axle = rng.uniform(0.2, 0.45), rng.uniform(0.4, 1.3)
    half, back = width / 2, rng.uniform(0.1, 0.3)
    shapes = [(0.0, 0.0, skirt), (0.0, 0.0, skirt + 0.4)]
    for side in (-half, half):
        shapes += [
            (0.93 * side, back, skirt),
            (side, back, 0.55),
            (0.97 * side, axle, 0.0),
            (0.97 * side, length - axle, 0.0),
            (side, length - back, 0.55),
            (0.8 * side, 0.45 * length, tall),
            (0.8 * side, 0.8 * length, tall),
        ]
    return np.array(shapes, dtype=np.float64)


def _as_detected(boxes: Floats, pose: Pose, rng: np.random.Generator) -> Floats:
    """Boxes with the errors of a detector: boxes that show a vehicle alike share half of them."""
    if len(boxes) == 0:
        return boxes
    heights = boxes[:, 3]
    foot = np.column_stack([boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + heights])
    moves = np.linalg.norm(np.diff(foot, axis=0), axis=1) / heights[1:]
    reach = _REACH * float(np.exp(rng.normal(0, 0.3)))
    sigma = np.hypot(pose.edge_px, 0.0075 * heights)[:, None] * float(np.exp(rng.normal(0, 0.2)))
    slow = np.zeros((len(boxes), 4))
    slow[0] = rng.normal(size=4)
    for i, move in enumerate(moves, start=1):
        keeps = np.exp(-move / reach)
        slow[i] = keeps * slow[i - 1] + np.sqrt(1 - keeps**2) * rng.normal(size=4)
    errors = sigma * (np.sqrt(0.5) * slow + np.sqrt(0.5) * rng.normal(size=slow.shape))
    edges = np.column_stack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]]) + errors
    return np.column_stack([edges[:, :2], edges[:, 2:] - edges[:, :2]])
