"""Single pictures with labels from random sites, to help train detectors beside real pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from roadwitness.simulator.background import Road, paint_background
from roadwitness.simulator.camera import Camera, Floats, Image, aim
from roadwitness.simulator.compositing import Actor, compose
from roadwitness.simulator.light import Light
from roadwitness.simulator.looks import invent_look
from roadwitness.simulator.noise import NoiseBank
from roadwitness.simulator.painting import NEAREST_M
from roadwitness.simulator.plates import FORMATS, invent_plate
from roadwitness.simulator.posing import AWAY_FROM_CAMERA_DEG, TOWARDS_CAMERA_DEG, Pose
from roadwitness.simulator.vehicles import build_model

KIND_SHARES = {
    "hatchback": 0.26,
    "saloon": 0.24,
    "suv": 0.18,
    "van": 0.09,
    "truck": 0.09,
    "bus": 0.07,
    "motorcycle": 0.07,
}
FRAMES_A_SITE = 4
MOTORCYCLE_TOP_M = 1.2


@dataclass(frozen=True)
class LabelledFrame:
    """A BGR picture (h, w, 3); boxes are (x, y, w, h) in pixels; labels are car, motorcycle, bus or truck."""

    image: Image
    boxes: tuple[tuple[str, Floats], ...]
    plates: tuple[Floats, ...]


def random_light(rng: np.random.Generator) -> Light:
    """Noon, a low sun, an overcast sky, dusk or night."""
    azimuth = float(rng.uniform(0, 2 * np.pi))
    mood = rng.choice(["sunny", "low", "overcast", "dusk", "night"], p=[0.35, 0.2, 0.25, 0.12, 0.08])
    if mood == "sunny":
        return Light(
            azimuth,
            float(rng.uniform(0.6, 1.2)),
            float(rng.uniform(0.5, 0.75)),
            float(rng.uniform(0.34, 0.5)),
        )
    if mood == "low":
        return Light(azimuth, float(rng.uniform(0.25, 0.5)), 0.55, 0.30, warmth=1.0)
    grey = (0.80, 0.79, 0.77)
    if mood == "overcast":
        return Light(
            azimuth,
            0.9,
            0.05,
            float(rng.uniform(0.45, 0.7)),
            zenith=grey,
            horizon=grey,
            lamps_on=bool(rng.random() < 0.4),
        )
    if mood == "dusk":
        return Light(
            azimuth,
            0.1,
            0.03,
            float(rng.uniform(0.12, 0.22)),
            zenith=(0.42, 0.25, 0.2),
            horizon=(0.6, 0.55, 0.7),
            lamps_on=True,
        )
    return Light(
        azimuth,
        0.9,
        0.0,
        float(rng.uniform(0.035, 0.08)),
        zenith=(0.08, 0.05, 0.05),
        horizon=(0.2, 0.2, 0.24),
        lamps_on=True,
    )


def random_camera(rng: np.random.Generator, road: Road, width: int, height: int) -> Camera:
    """A camera 3 to 8 m up, beside or above the road."""
    tall = float(rng.uniform(3.0, 8.0))
    across = road.lanes * road.lane_width_m
    focal = float(rng.uniform(0.8, 1.9)) * width
    near = float(rng.uniform(1.4, 2.6)) * tall
    beside = float(rng.uniform(-2.0, across + 3.0))
    return aim(
        x_m=beside,
        height_m=tall,
        near_y_m=near,
        at_x_m=float(rng.uniform(0.2, 0.8)) * across,
        focal_px=focal,
        width=width,
        height=height,
    )


def _fill_road(rng: np.random.Generator, road: Road, light: Light, near_m: float) -> list[Actor]:
    actors = []
    kinds, shares = list(KIND_SHARES), list(KIND_SHARES.values())
    for lane in range(-road.opposite, road.lanes):
        y = near_m + float(rng.uniform(-4, 14))
        busy = float(rng.choice([6.0, 14.0, 30.0]))
        while y < 130:
            kind = str(rng.choice(kinds, p=shares))
            plate = invent_plate(rng, str(rng.choice(list(FORMATS))))
            made = FORMATS[plate.country]
            model = build_model(kind, rng, (made.width_m, made.height_m))
            approaching = lane >= 0
            front = y if approaching else y + model.length
            heading = TOWARDS_CAMERA_DEG if approaching else AWAY_FROM_CAMERA_DEG
            pose = Pose(road.centre(lane) + float(rng.normal(0, 0.25)), front, heading)
            actors.append(
                Actor(model, invent_look(rng, kind, light.lamps_on), plate, pose, float(rng.uniform(8, 32)))
            )
            y += model.length + 3.0 + float(rng.exponential(busy))
    return actors


def _labelled_box(camera: Camera, actor: Actor, box: Floats) -> Floats:
    """``box``, for a motorcycle without its rider's upper half: real training pictures are labelled so."""
    if actor.model.kind != "motorcycle":
        return box
    vertices = actor.model.mesh.vertices
    pixels, depth = camera.project(actor.pose.to_world(vertices[vertices[:, 2] < MOTORCYCLE_TOP_M]))
    if depth.min() <= NEAREST_M:
        return box
    low = np.maximum(pixels.min(axis=0), box[:2])
    high = np.minimum(pixels.max(axis=0), box[:2] + box[2:])
    return box if np.any(high - low < 2) else np.concatenate([low, high - low])


def training_frames(count: int, seed: int, width: int = 1280, height: int = 720) -> Iterator[LabelledFrame]:
    """``count`` labelled pictures from random sites, a new site every few; the same for the same seed.

    Vehicles of which less than a fifth shows, or that are narrower than 10 pixels, carry no label.
    """
    rng = np.random.default_rng(seed)
    for number in range(count):
        if number % FRAMES_A_SITE == 0:
            road = Road(
                lanes=int(rng.integers(1, 4)),
                lane_width_m=float(rng.uniform(3.2, 3.75)),
                opposite=int(rng.integers(0, 3)),
                median_m=float(rng.choice([0.35, 0.35, 2.5])),
                trees=bool(rng.random() < 0.85),
                rail=bool(rng.random() < 0.6),
                asphalt=float(rng.uniform(0.07, 0.2)),
                dash_m=float(rng.choice([3.0, 4.0, 6.0])),
            )
            light, camera = random_light(rng), random_camera(rng, road, width, height)
            background = paint_background(camera, light, road, rng)
            noise = NoiseBank(
                rng, width, height, float(rng.uniform(1.0, 5.0 if light.sky > 0.1 else 9.0)), fields=1
            )
        near = float(camera.road_at(np.array([[width / 2, float(height)]]))[0, 1])
        actors = _fill_road(rng, road, light, near)
        image, sightings = compose(background, camera, light, actors, float(rng.uniform(0.0005, 0.003)))
        if rng.random() < 0.4:
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.5, 1.1))))
        image = noise.apply(image)
        _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 96))])
        boxes, plates = [], []
        for actor, sighting in zip(actors, sightings, strict=True):
            if sighting is None or sighting.visible < 0.2 or sighting.vehicle[2] < 10:
                continue
            boxes.append((actor.model.label, _labelled_box(camera, actor, sighting.vehicle)))
            if sighting.plate is not None and sighting.plate[2] >= 12:
                plates.append(sighting.plate)
        yield LabelledFrame(np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR)), tuple(boxes), tuple(plates))
