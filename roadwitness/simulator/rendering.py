"""Renders a plan: its frames one after the other, and what each of them shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from roadwitness.simulator.background import Road, paint_background
from roadwitness.simulator.camera import Camera, Image
from roadwitness.simulator.compositing import Fixture, Sighting, StandingSprites, compose
from roadwitness.simulator.grounds import paint_ground
from roadwitness.simulator.noise import NoiseBank
from roadwitness.simulator.plan import Plan
from roadwitness.simulator.shaking import moved, turned
from roadwitness.simulator.signals import head_fixtures
from roadwitness.simulator.truth import FrameTruth
from roadwitness.simulator.weather import Rain, veiled


class _View:
    """The scene from one place of the camera: the empty picture, and all that stands in it."""

    def __init__(self, plan: Plan, camera: Camera, rng: np.random.Generator) -> None:
        self.camera = camera
        light = plan.weather.light
        if isinstance(plan.ground, Road):
            self.background = paint_background(camera, light, plan.ground, rng)
        else:
            self.background = paint_ground(camera, light, plan.ground, plan.weather, rng)
        self.stands = [stand(camera, light) for stand in plan.stands]
        self.heads = [(head, head_fixtures(head, camera, light)) for head in plan.signals]
        self.standing: StandingSprites = {}

    def fixtures(self, at_s: float) -> list[Fixture]:
        """What stands there at a time, signals in the state that they show then."""
        return self.stands + [shown[head.programme.state_at(at_s)] for head, shown in self.heads]


class _Studio:
    """Renders single moments of a plan, in any order."""

    def __init__(self, plan: Plan) -> None:
        rng = np.random.default_rng([plan.seed, 4])
        self._plan = plan
        self._view = _View(plan, plan.camera, rng)
        weather = plan.weather
        self._noise = NoiseBank(rng, plan.width, plan.height, weather.noise)
        self._rain = (
            Rain(rng, plan.width, plan.height, weather.rain, weather.light.is_dark) if weather.rain else None
        )
        self._turns_at_s = plan.shake.turned_at_s(plan.duration_s)

    def look(self, at_s: float) -> tuple[Image, list[tuple[int, Sighting]]]:
        """The picture at a time, and what it shows: (number of the vehicle, sighting)."""
        plan, weather = self._plan, self._plan.weather
        if self._turns_at_s is not None and at_s >= self._turns_at_s:
            rng = np.random.default_rng([plan.seed, 4])
            self._view, self._turns_at_s = _View(plan, turned(plan.camera), rng), None
        view = self._view
        present = [i for i, v in enumerate(plan.vehicles) if v.enters_s <= at_s <= v.leaves_s]
        image, sightings = compose(
            view.background,
            view.camera,
            weather.light,
            [plan.vehicles[i].actor(at_s) for i in present],
            weather.exposure_s,
            view.fixtures(at_s),
            weather.wet,
            view.standing,
            weather.air,
        )
        image = moved(veiled(image, weather), plan.shake.offset_px(at_s))
        image = self._noise.apply(self._rain.apply(image) if self._rain else image)
        return image, [(i, s) for i, s in zip(present, sightings, strict=True) if s is not None]


def render(plan: Plan, seen: Sequence[list[FrameTruth]]) -> Iterator[Image]:
    """The clip's frames, BGR (height, width, 3); what each shows goes to ``seen``, a list a vehicle."""
    studio = _Studio(plan)
    for number, time in enumerate(plan.times()):
        image, sightings = studio.look(time.taken_s)
        offset = plan.shake.offset_px(time.taken_s)
        for index, sighting in sightings:
            frame = _frame_truth(number, sighting, offset, plan.width, plan.height)
            if frame is not None:
                seen[index].append(frame)
        yield image


def picture_at(plan: Plan, at_s: float) -> Image:
    """What the camera sees at one time, BGR (height, width, 3)."""
    return _Studio(plan).look(at_s)[0]


def _rounded(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(float(value), 2) for value in values)


def _frame_truth(
    frame: int, sighting: Sighting, offset: tuple[float, float], width: int, height: int
) -> FrameTruth | None:
    """The truth of one vehicle in one frame whose picture was moved by ``offset`` px; None if it left it."""
    shift = np.array(offset)

    def placed(box: np.ndarray | None) -> tuple[float, ...] | None:
        return None if box is None else _rounded([*(box[:2] + shift), *box[2:]])

    vehicle = sighting.vehicle
    if offset != (0.0, 0.0):
        low = np.clip(vehicle[:2] + shift, 0, [width, height])
        high = np.clip(vehicle[:2] + shift + vehicle[2:], 0, [width, height])
        if np.any(high - low < 1):
            return None
        vehicle = np.concatenate([low, high - low])
    corners = sighting.plate_corners
    return msgspec.convert(
        {
            "frame": frame,
            "vehicle": _rounded(vehicle.tolist()),
            "plate": placed(sighting.plate),
            "plate_corners": None
            if corners is None
            else tuple(_rounded(c) for c in (corners + shift).tolist()),
            "face": placed(sighting.face),
            "visible": round(sighting.visible, 3),
        },
        FrameTruth,
    )
