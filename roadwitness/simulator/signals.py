"""Traffic signals: their programme, and the heads that show it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from roadwitness.simulator.camera import Camera, Floats
from roadwitness.simulator.compositing import Fixture, Lamp
from roadwitness.simulator.light import Light
from roadwitness.simulator.standing import Drawing, disc, pole, prism

RED, RED_AMBER, AMBER, GREEN = "red", "red_amber", "amber", "green"
HOUSING_M = (0.40, 1.16, 0.22)
LENS_M = 0.145
_LENSES = (RED, AMBER, GREEN)
_LIT = {RED: (45.0, 45.0, 255.0), AMBER: (20.0, 175.0, 255.0), GREEN: (150.0, 240.0, 40.0)}
_DARK = {RED: (0.008, 0.008, 0.05), AMBER: (0.006, 0.03, 0.05), GREEN: (0.03, 0.04, 0.006)}
_SHOWS = {RED: (RED,), RED_AMBER: (RED, AMBER), AMBER: (AMBER,), GREEN: (GREEN,)}


@dataclass(frozen=True)
class Phase:
    """A stretch of time, in seconds of the scene, in which a signal shows one state."""

    state: str
    from_s: float
    until_s: float


@dataclass(frozen=True)
class Programme:
    """A signal's cycle: red and amber together, green, amber, red; ``green_at_s`` is one start of green."""

    green_at_s: float
    green_s: float
    red_s: float
    amber_s: float = 3.0
    red_amber_s: float = 1.0

    @property
    def cycle_s(self) -> float:
        """How long it all takes."""
        return self.green_s + self.amber_s + self.red_s + self.red_amber_s

    def phases(self, from_s: float, until_s: float) -> list[Phase]:
        """All phases that touch a stretch of time, in order."""
        found = []
        start = self.green_at_s + self.cycle_s * ((from_s - self.green_at_s) // self.cycle_s)
        while start < until_s:
            for state, lasts in (
                (GREEN, self.green_s),
                (AMBER, self.amber_s),
                (RED, self.red_s),
                (RED_AMBER, self.red_amber_s),
            ):
                if start + lasts > from_s and start < until_s:
                    found.append(Phase(state, round(start, 6), round(start + lasts, 6)))
                start += lasts
        return found

    def state_at(self, at_s: float) -> str:
        """What it shows at a time."""
        return self.phases(at_s, at_s + 1e-9)[0].state

    def into_red(self, at_s: float) -> float | None:
        """Seconds since red began, None where it is not red."""
        phase = self.phases(at_s, at_s + 1e-9)[0]
        return at_s - phase.from_s if phase.state == RED else None

    def reds(self, from_s: float, until_s: float) -> list[float]:
        """When red begins between two times."""
        return [p.from_s for p in self.phases(from_s, until_s) if p.state == RED and p.from_s >= from_s]


@dataclass(frozen=True)
class SignalHead:
    """One head at (x, y) for the traffic of ``heading_deg`` (0: along +y); ``foot_m`` its height."""

    signal_id: str
    programme: Programme
    x_m: float
    y_m: float
    foot_m: float = 2.1
    heading_deg: float = 0.0

    @cached_property
    def middle(self) -> Floats:
        """The housing's centre, (3,)."""
        return np.array([self.x_m, self.y_m, self.foot_m + HOUSING_M[1] / 2])

    @cached_property
    def axes(self) -> tuple[Floats, Floats]:
        """Unit vectors (3,) to the right as its traffic sees it, and towards that traffic."""
        turn = np.radians(self.heading_deg)
        return np.array([np.cos(turn), -np.sin(turn), 0.0]), np.array([-np.sin(turn), -np.cos(turn), 0.0])

    def lens(self, number: int) -> Floats:
        """The centre of a lens, (3,): 0 the red one on top, 1 amber, 2 green."""
        _, towards = self.axes
        up = np.array([0.0, 0.0, (1 - number) * (HOUSING_M[1] / 3 - 0.01)])
        return np.asarray(self.middle + up + towards * (HOUSING_M[2] / 2 + 0.01))

    def region(self, camera: Camera) -> tuple[float, float, float, float] | None:
        """The housing's face in the picture as (x, y, w, h) px; None where it is not whole in it."""
        right, towards = self.axes
        centre = self.middle + towards * HOUSING_M[2] / 2
        corners = [
            centre + right * (a * HOUSING_M[0] / 2) + np.array([0, 0, b * HOUSING_M[1] / 2])
            for a in (-1, 1)
            for b in (-1, 1)
        ]
        pixels, depth = camera.project(np.array(corners))
        low, high = pixels.min(axis=0), pixels.max(axis=0)
        if depth.min() < 1 or np.any(low < 0) or np.any(high > [camera.width, camera.height]):
            return None
        return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def head_fixtures(head: SignalHead, camera: Camera, light: Light) -> dict[str, Fixture]:
    """The head as it looks in each state; the same but for its lamps."""
    return {state: _fixture(head, camera, light, shown) for state, shown in _SHOWS.items()}


def _fixture(head: SignalHead, camera: Camera, light: Light, shown: tuple[str, ...]) -> Fixture:
    right, towards = head.axes
    faces_us = float(towards @ (camera.position - head.middle)) > 0
    drawing = Drawing(camera, light)
    pole(drawing, head.x_m, head.y_m, head.foot_m + HOUSING_M[1], 0.055, behind=0.16 * towards)
    prism(
        drawing,
        head.middle,
        right * HOUSING_M[0],
        towards * HOUSING_M[2],
        HOUSING_M[1],
        (0.012, 0.013, 0.012),
    )
    lamps = []
    if faces_us:
        for number, colour in enumerate(_LENSES):
            lens = head.lens(number)
            disc(drawing, lens, right, LENS_M * 1.12, albedo=(0.02, 0.02, 0.02))
            if colour not in shown:
                disc(drawing, lens, right, LENS_M, albedo=_DARK[colour])
                continue
            lit = np.array(_LIT[colour])
            disc(drawing, lens, right, LENS_M, shine=tuple(lit))
            disc(drawing, lens, right, LENS_M * 0.62, shine=tuple(lit * 0.55 + 255 * 0.45))
            lamps.append(
                Lamp(lens, 0.75 if light.is_dark else 0.34, tuple(lit * (0.9 if light.lamps_on else 0.55)))
            )
    return drawing.fixture(np.array([head.x_m, head.y_m]), 0.2, tuple(lamps))
