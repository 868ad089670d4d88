"""What a plate detector must not take for a plate: stickers, signs, grilles, lamps and badges, drawn."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.plateart.lettering import Lettering

Picture = NDArray[np.uint8]
Colour = tuple[int, ...]


class Decoys:
    """What is taken for a plate and is none: stickers, signs, grilles, lamps."""

    def __init__(self, lettering: Lettering) -> None:
        self._lettering = lettering
        self._kinds: tuple[Callable[[np.random.Generator], Picture], ...] = (
            self._sticker, self._sticker, self._sign, self._slats, self._blank, self._badge,
        )  # fmt: skip

    def draw(self, rng: np.random.Generator) -> Picture:
        """A flat picture of one."""
        return self._kinds[int(rng.random() * len(self._kinds))](rng)

    def _sticker(self, rng: np.random.Generator) -> Picture:
        """Two to four lines of words of several sizes: no plate has so many."""
        height = int(70 + 60 * rng.random())
        width = int(height * (1.0 + 2.2 * rng.random()))
        ground, ink = _contrast(rng)
        flat = sheet(height, width, ground)
        lines = 2 + int(rng.random() * 3)
        for line in range(lines):
            tall = int(height / (lines + 0.6) * (0.5 + 0.4 * rng.random()))
            mask = self._lettering.words(
                rng, _words(rng, 1 + int(rng.random() * 3)), "any", tall, int(width * 0.86)
            )
            _stamp(flat, mask, width / 2, height * (line + 0.8) / (lines + 0.6), ink)
        return flat

    def _sign(self, rng: np.random.Generator) -> Picture:
        """A direction board, a shop's front or a taxi's roof: words or an arrow on strong colours."""
        height = int(60 + 60 * rng.random())
        width = int(height * (1.5 + 3.5 * rng.random()))
        hue = np.uint8(
            [[[int(rng.random() * 180), int(150 + 100 * rng.random()), int(70 + 150 * rng.random())]]]
        )
        ground = tuple(int(v) for v in cv2.cvtColor(hue, cv2.COLOR_HSV2BGR)[0, 0])
        ink = (245, 245, 245) if sum(ground) < 420 else (15, 15, 15)
        flat = sheet(height, width, ground)
        mask = self._lettering.words(
            rng,
            _words(rng, 1 + int(rng.random() * 2)),
            "sans",
            int(height * (0.25 + 0.25 * rng.random())),
            int(width * 0.7),
        )
        _stamp(flat, mask, width * 0.45, height * (0.4 + 0.2 * rng.random()), ink)
        if rng.random() < 0.6:
            tip = (int(width * 0.9), int(height * 0.5))
            cv2.arrowedLine(
                flat, (tip[0], int(height * 0.85)), (tip[0], int(height * 0.2)), ink, 4, tipLength=0.4
            )
        return flat

    def _slats(self, rng: np.random.Generator) -> Picture:
        """A grille or a vent: stripes."""
        height, width = int(40 + 50 * rng.random()), int(120 + 160 * rng.random())
        dark, light = sorted(rng.random(2) * 200)
        flat = sheet(height, width, (int(dark),) * 3)
        step = int(6 + 16 * rng.random())
        for at in range(0, width if rng.random() < 0.5 else height, step):
            if width > 2 * height and rng.random() < 0.97:
                cv2.line(flat, (0, at), (width, at), (int(light),) * 3, max(1, step // 3))
                cv2.line(flat, (at, 0), (at, height), (int(0.7 * light),) * 3, max(1, step // 5))
        return flat

    def _blank(self, rng: np.random.Generator) -> Picture:
        """A lamp, a reflector, a window, the empty holder of a plate."""
        height, width = int(30 + 50 * rng.random()), int(90 + 150 * rng.random())
        colour = tuple(int(v) for v in rng.random(3) * 255)
        flat = sheet(height, width, colour)
        cv2.ellipse(
            flat,
            (width // 2, height // 2),
            (int(width * 0.3), int(height * 0.3)),
            0,
            0,
            360,
            (255, 255, 255),
            -1,
        )
        return np.asarray(cv2.GaussianBlur(flat, (0, 0), 4 + 12 * rng.random()), np.uint8)

    def _badge(self, rng: np.random.Generator) -> Picture:
        """A model's name in chrome on paint, or a watermark."""
        height, width = 60, int(140 + 120 * rng.random())
        grey = int(rng.random() * 160)
        flat = sheet(height, width, (grey, grey, grey))
        mask = self._lettering.words(
            rng, _words(rng, 1).lower() if rng.random() < 0.5 else _words(rng, 1), "any", 34, int(width * 0.9)
        )
        _stamp(flat, mask, width / 2, height / 2, (grey + 80,) * 3)
        return flat


_LETTERS = "babecodadoelfagohainjokalamaminoolpararisasotatoulvawexoyazu"
_SYLLABLES = tuple(_LETTERS[at : at + 2] for at in range(0, len(_LETTERS), 2))


def _words(rng: np.random.Generator, count: int) -> str:
    """Words that no language has, capitalised in one of the usual ways, now and then a number among them."""
    made = []
    for _ in range(count):
        if rng.random() < 0.15:
            made.append(str(int(rng.random() * 10 ** (1 + int(rng.random() * 3)))))
        else:
            made.append(
                "".join(
                    _SYLLABLES[int(rng.random() * len(_SYLLABLES))] for _ in range(1 + int(rng.random() * 4))
                )
            )
    text = " ".join(made)
    return (text.upper, text.title, text.lower)[int(rng.random() * 3)]()


def _contrast(rng: np.random.Generator) -> tuple[Colour, Colour]:
    dark, light = tuple(int(v) for v in rng.random(3) * 110), tuple(int(v) for v in 150 + rng.random(3) * 105)
    return (dark, light) if rng.random() < 0.6 else (light, dark)


def sheet(height: int, width: int, colour: Colour) -> Picture:
    """A picture of one BGR colour."""
    flat = np.empty((height, width, 3), np.uint8)
    flat[:] = colour
    return flat


def _stamp(flat: Picture, mask: Picture, x: float, y: float, ink: Colour) -> None:
    left, top = int(x - mask.shape[1] / 2), int(y - mask.shape[0] / 2)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(flat.shape[1], left + mask.shape[1]), min(flat.shape[0], top + mask.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    alpha = mask[y0 - top : y1 - top, x0 - left : x1 - left, None].astype(np.float32) / 255
    part = flat[y0:y1, x0:x1]
    part[:] = (part + (np.float32(ink) - part) * alpha).astype(np.uint8)
