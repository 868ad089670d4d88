"""Signal heads drawn with light: lamps bloom, the sun shines on lenses, LEDs pulse, lorries pass in front."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from detectors.frames import Frame
from detectors.lamps import LAMPS, SignalHead
from streams.messages import Box

START_NS = 1_777_881_600_000_000_000
WIDTH, HEIGHT = 88, 112
#: Linear light of each lamp and of its unlit lens, BGR, 1.0 fills the sensor.
_LIT = {"red": (0.05, 0.08, 1.0), "amber": (0.02, 0.45, 1.0), "green": (0.55, 1.0, 0.1)}
_LENS = {"red": (0.02, 0.02, 0.10), "amber": (0.02, 0.06, 0.10), "green": (0.05, 0.07, 0.03)}
SHOWS = {"red": {"red"}, "red_amber": {"red", "amber"}, "amber": {"amber"}, "green": {"green"}, "dark": set()}


@dataclass(frozen=True)
class Scene:
    """How a head looks. ``cell_px`` is one lamp's size, ``ambient`` the daylight on everything, 0 to 1.

    ``lamp`` is the lamps' strength against the exposure (above 1 they saturate), ``bloom`` the part of their
    light that the lens scatters; ``phantom`` the sunlight that comes back through each lens in its colour,
    ``veil`` stray light over the picture; ``blur_px`` rain on the glass; ``noise`` grey levels.
    """

    cell_px: float = 12.0
    ambient: float = 0.5
    lamp: float = 0.9
    bloom: float = 0.05
    phantom: float = 0.0
    veil: float = 0.0
    blur_px: float = 0.0
    noise: float = 2.0
    vertical: bool = True
    lamps: tuple[str, ...] = LAMPS

    def head(self) -> SignalHead:
        long, short = self.cell_px * len(self.lamps), self.cell_px
        w, h = (short, long) if self.vertical else (long, short)
        return SignalHead(
            "s1",
            Box(WIDTH / 2 - w / 2, HEIGHT / 2 - h / 2, w, h),
            self.lamps,
            "vertical" if self.vertical else "horizontal",
        )

    def picture(self, state: str, rng: np.random.Generator, dx: float = 0.0, dy: float = 0.0) -> np.ndarray:
        """One frame, (HEIGHT, WIDTH, 3), BGR, the whole scene moved by (dx, dy) px."""
        grey = _exposed(self, state, round(dx, 1), round(dy, 1)) + rng.normal(
            0, self.noise, (HEIGHT, WIDTH, 1)
        )
        return np.clip(grey, 0, 255).astype(np.uint8)

    def light(self, state: str, dx: float, dy: float) -> np.ndarray:
        """The light that falls on the sensor, (HEIGHT, WIDTH, 3)."""
        light = np.full((HEIGHT, WIDTH, 3), 0.0, np.float32)
        light[:] = self.ambient * _BACKGROUND
        box, r = self.head().region, 0.4 * self.cell_px
        border = 0.25 * self.cell_px
        _rectangle(light, box, border, dx, dy, 0.75 * self.ambient)
        _rectangle(light, box, 0.0, dx, dy, 0.03 * self.ambient + 0.003)
        burning = np.zeros_like(light)
        for i, lamp in enumerate(self.lamps):
            along = (i + 0.5) * self.cell_px
            x, y = (box.w / 2, along) if self.vertical else (along, box.h / 2)
            centre = (round((box.x + x + dx) * 16), round((box.y + y + dy) * 16))
            lens = np.array(_LENS[lamp]) * self.ambient + self.phantom * np.array(_LIT[lamp])
            cv2.circle(light, centre, round(r * 16), lens.tolist(), -1, cv2.LINE_AA, 4)
            if lamp in SHOWS[state]:
                cv2.circle(burning, centre, round(r * 16), _LIT[lamp], -1, cv2.LINE_AA, 4)
        burning *= self.lamp
        scattered = sum(cv2.GaussianBlur(burning, (0, 0), s * self.cell_px) for s in (0.35, 0.8, 1.6)) / 3
        light += burning + self.bloom * 10 * scattered + self.veil
        if self.blur_px:
            light = cv2.GaussianBlur(light, (0, 0), self.blur_px)
        return light


@lru_cache(maxsize=64)
def _exposed(scene: Scene, state: str, dx: float, dy: float) -> np.ndarray:
    return 255 * np.clip(scene.light(state, dx, dy), 0, 1) ** (1 / 2.2)


def _rectangle(light: np.ndarray, box: Box, border: float, dx: float, dy: float, level: float) -> None:
    corners = [
        (box.x - border + dx, box.y - border + dy),
        (box.x + box.w + border + dx, box.y + box.h + border + dy),
    ]
    one, other = (tuple(round(v * 16) for v in corner) for corner in corners)
    cv2.rectangle(light, one, other, (level,) * 3, -1, cv2.LINE_AA, 4)


_BACKGROUND = cv2.GaussianBlur(
    np.random.default_rng(3).uniform(0.0, 1.0, (HEIGHT, WIDTH, 3)).astype(np.float32), (0, 0), 3.0
)


def frames(
    scene: Scene, script: str, fps: float = 25.0, seed: int = 1, shake_px: float = 0.0
) -> Iterator[Frame]:
    """Frames of a script such as ``green 2 amber 3 red 5`` (states and seconds)."""
    rng = np.random.default_rng(seed)
    words = script.split()
    at_s = until_s = 0.0
    index = 0
    for state, lasts in zip(words[::2], words[1::2], strict=True):
        until_s += float(lasts)
        while at_s < until_s - 1e-9:
            dx, dy = rng.uniform(-shake_px, shake_px, 2) if shake_px else (0.0, 0.0)
            yield Frame(index, START_NS + round(at_s * 1e9), scene.picture(state, rng, dx, dy))
            index += 1
            at_s = index / fps
