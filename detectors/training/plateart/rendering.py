"""Printing plates: a layout, a drawn text and everything around it become a flat picture with its label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.plateart.bands import bgr, paint_band
from detectors.training.plateart.emblems import VARIANTS, emblem
from detectors.training.plateart.fittings import fit
from detectors.training.plateart.glyphs import GlyphLibrary
from detectors.training.plateart.layouts import Layout, LayoutError, Paint
from detectors.training.plateart.lettering import Lettering
from detectors.training.plateart.patterns import plain_text
from detectors.training.plateart.relief import Colour, blend, paste, plain, press, stamp
from detectors.training.plateart.states import decoy_ink, dress_state, state_ground
from detectors.training.plateart.typeset import Setting, Typesetter

Thing = TypeVar("Thing")

#: Pictures' heights in pixels where a layout asks for none: one line, two lines.
HEIGHTS_PX = (96, 136)
#: Longer texts than this stand on no plate of these layouts; a draw that is longer is drawn again.
MOST_CHARACTERS = 10


@dataclass(frozen=True)
class RenderedPlate:
    """A flat plate: BGR picture (h, w, 3) whose edge is the plate's edge, and what a register would hold."""

    image: NDArray[np.uint8]
    text: str
    country: str
    layout: str
    lines: int


class PlatePrinter:
    """Prints plates of many layouts. The generator given to :meth:`print` alone decides what comes out."""

    def __init__(
        self,
        layouts: Sequence[Layout],
        glyphs: GlyphLibrary,
        *,
        weights: Mapping[str, float] | None = None,
        lettering: Lettering | None = None,
    ) -> None:
        """Print ``layouts``; ``weights`` replaces countries' weights by ISO code (0 leaves a country out).

        Raises :class:`LayoutError` when no layout with a weight is left.
        """
        self._layouts = tuple(layouts)
        shares = np.array([layout.weight for layout in self._layouts], np.float64)
        for country, weight in (weights or {}).items():
            members = np.array([layout.country == country for layout in self._layouts])
            if members.any() and shares[members].sum() > 0:
                shares[members] *= weight / shares[members].sum()
        if not len(shares) or shares.sum() <= 0:
            raise LayoutError("No layout has a weight above zero: give layouts to print.")
        self._steps = np.cumsum(shares / shares.sum())
        self._typesetter = Typesetter(glyphs)
        self._lettering = lettering or _system_lettering()

    def print(self, rng: np.random.Generator, layout: Layout | None = None) -> RenderedPlate:
        """Print one plate, of ``layout`` or of one drawn by the weights."""
        if layout is None:
            number = int(np.searchsorted(self._steps, rng.random()))
            layout = self._layouts[min(number, len(self._layouts) - 1)]
        display = draw_display(rng, layout)
        style = self._typesetter.style(rng, pick(rng, tuple(layout.looks), tuple(layout.looks.values())))
        paint = pick(rng, layout.paints, tuple(paint.weight for paint in layout.paints))
        picture, ink = self._ground(rng, layout, paint)
        area = self._bands(rng, layout, picture)
        if layout.scene == "states":
            die = partial(self._typesetter.glyph, style)
            area = dress_state(rng, layout, picture, ink, area, self._lettering, die)
        setting = self._typesetter.set(
            rng, display, layout, style, (picture.shape[0], picture.shape[1]), area
        )
        self._decoys(rng, layout, picture, ink)
        self._ink(rng, layout, picture, setting, ink)
        self._seals(rng, layout, picture, setting)
        picture = fit(rng, layout, picture, setting, self._lettering)
        _round_corners(rng, layout, picture)
        return RenderedPlate(picture, plain_text(display), layout.country, layout.key, len(layout.rows))

    def _ground(
        self, rng: np.random.Generator, layout: Layout, paint: Paint
    ) -> tuple[NDArray[np.uint8], Colour]:
        height = layout.height_px or HEIGHTS_PX[min(len(layout.rows), 2) - 1]
        width = round(height * layout.size_mm[0] / layout.size_mm[1])
        if layout.scene == "states":
            picture, ink = state_ground(rng, layout, paint, height, width)
        else:
            ink = _varied(rng, bgr(paint.ink), 18)
            picture = plain(height, width, _varied(rng, bgr(paint.plate), 14))
            if paint.to:
                fade = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
                picture[:] = (picture * (1 - fade) + np.array(bgr(paint.to), np.float32) * fade).astype(
                    np.uint8
                )
        if layout.border_mm and rng.random() < layout.border_chance:
            scale = height / layout.size_mm[1]
            thick = max(1, round(layout.border_mm * scale))
            inset = round(layout.border_mm * scale * rng.random())
            colour = bgr(paint.border) if paint.border else ink
            corner = (inset, inset), (width - 1 - inset, height - 1 - inset)
            _rounded_frame(picture, corner[0], corner[1], round(layout.corner_mm * scale), colour, thick)
        return picture, ink

    def _bands(self, rng: np.random.Generator, layout: Layout, picture: NDArray[np.uint8]) -> tuple[int, int]:
        """Paint the side bands; the columns between which the characters may stand."""
        height, width = picture.shape[:2]
        scale = height / layout.size_mm[1]
        margin = max(3, round(0.03 * height * (1 + 1.3 * rng.random()) + layout.border_mm * 1.5 * scale))
        left, right = margin, width - margin
        for band in layout.bands:
            if rng.random() >= band.chance:
                continue
            paint_band(picture, band, scale, rng, self._lettering)
            reach = round(band.width_mm * scale)
            if band.side == "left":
                left = max(left, reach + margin)
            elif band.side == "right":
                right = min(right, width - reach - margin)
        return left, right

    def _decoys(
        self, rng: np.random.Generator, layout: Layout, picture: NDArray[np.uint8], ink: Colour
    ) -> None:
        height, width = picture.shape[:2]
        for decoy, pattern in zip(layout.decoys, layout.small_print, strict=True):
            if rng.random() >= decoy.chance:
                continue
            tall = max(4, round(decoy.height_mm * height / layout.size_mm[1] * (0.85 + 0.3 * rng.random())))
            mask = self._lettering.words(rng, pattern.draw(rng), decoy.face, tall, int(width * 0.9))
            x = decoy.at[0] * width - mask.shape[1] / 2
            y = decoy.at[1] * height - mask.shape[0] / 2
            stamp(picture, mask, int(x), int(y), decoy_ink(rng, decoy.ink, ink, picture))

    def _ink(
        self,
        rng: np.random.Generator,
        layout: Layout,
        picture: NDArray[np.uint8],
        setting: Setting,
        ink: Colour,
    ) -> None:
        """Blend the characters and their marks, and shade the pressed edges."""
        shape = np.maximum(setting.characters, setting.marks)
        x, y, width, height = cv2.boundingRect(shape)
        if not width:
            return
        x0, y0 = max(0, x - 3), max(0, y - 3)
        place = picture[y0 : y + height + 3, x0 : x + width + 3]
        pressed = shape[y0 : y + height + 3, x0 : x + width + 3]
        if rng.random() < 0.35:
            pressed = _reweighted(rng, pressed)
        low, high = layout.emboss
        strength = 70 * (low + (high - low) * rng.random() ** 1.5)
        light = (int(rng.random() * 3) - 1, -1 if rng.random() < 0.8 else 1)
        slip = rng.random()
        inked = pressed
        if slip < 0.12:  # the ink roller missed the relief by a little
            shift = np.array([[1, 0, 2 * rng.random() - 1], [0, 1, 2 * rng.random() - 1]], np.float32)
            moved = cv2.warpAffine(pressed, shift, (pressed.shape[1], pressed.shape[0]))
            inked = np.asarray(moved, np.uint8)
        elif slip < 0.25:  # worn: a thinner or paler coat
            inked = np.asarray(cv2.convertScaleAbs(pressed, alpha=0.7 + 0.3 * rng.random()), np.uint8)
        blend(place, inked, ink)
        press(place, pressed, strength, light)

    def _seals(
        self, rng: np.random.Generator, layout: Layout, picture: NDArray[np.uint8], setting: Setting
    ) -> None:
        kinds = layout.marks.seal
        for gap in setting.gaps:
            kind = kinds[int(rng.random() * len(kinds))]
            if kind == "none":
                continue
            tall = int(min(gap.height * (0.75 + 0.35 * rng.random()), gap.width * 2.0))
            wide = int(min(gap.width, tall * (0.62 if kind == "german" else 1.0)))
            if kind in ("round", "diamond", "disc", "crest"):
                tall = wide = int(min(wide, tall * (0.3 + 0.5 * rng.random())))
            middle = gap.y
            if kind == "divider":
                tall, wide = int(picture.shape[0] * 0.94), max(2, picture.shape[0] // 45)
                middle = picture.shape[0] // 2
            variant = int(rng.random() * VARIANTS)
            left, top = gap.x - wide // 2, middle - tall // 2
            paste(picture, emblem(kind, variant, max(3, wide), max(3, tall)), left, top)


@lru_cache(maxsize=1)
def _system_lettering() -> Lettering:
    return Lettering()


def draw_display(rng: np.random.Generator, layout: Layout) -> str:
    """A text with separators, of one of the layout's formats; never longer than :data:`MOST_CHARACTERS`."""
    weights = tuple(wording.weight for wording in layout.wordings)
    for _ in range(50):
        display = pick(rng, layout.patterns, weights).draw(rng)
        if 0 < len(plain_text(display)) <= MOST_CHARACTERS:
            return display
    raise LayoutError(
        f"The formats of {layout.key} give no text of 1 to {MOST_CHARACTERS} characters: shorten them."
    )


def pick(rng: np.random.Generator, things: Sequence[Thing], weights: Sequence[float]) -> Thing:
    """One of ``things``, by their relative ``weights``."""
    left = rng.random() * sum(weights)
    for thing, weight in zip(things, weights, strict=True):
        left -= weight
        if left < 0:
            return thing
    return things[-1]


def _varied(rng: np.random.Generator, colour: Colour, spread: int) -> Colour:
    """A colour near another: print lots, sheeting and age differ."""
    common = (rng.random() - 0.5) * spread
    blue, green, red = (
        int(min(255, max(0, value + common + (rng.random() - 0.5) * spread))) for value in colour
    )
    return blue, green, red


def _reweighted(rng: np.random.Generator, shape: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same characters in a bolder or a thinner stroke: blurred, and cut at another level than half."""
    blurred = cv2.GaussianBlur(shape, (5, 5), 0.8 + 0.6 * rng.random())
    level = 255 * (0.3 + 0.28 * rng.random())
    ramp = np.clip(127 + 2.2 * (np.arange(256) - level), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(blurred, ramp), np.uint8)


def _rounded_frame(
    picture: NDArray[np.uint8],
    low: tuple[int, int],
    high: tuple[int, int],
    radius: int,
    colour: Colour,
    thick: int,
) -> None:
    x0, y0, x1, y1 = *low, *high
    radius = max(2, radius)
    for start, end in (
        ((x0 + radius, y0), (x1 - radius, y0)),
        ((x0 + radius, y1), (x1 - radius, y1)),
        ((x0, y0 + radius), (x0, y1 - radius)),
        ((x1, y0 + radius), (x1, y1 - radius)),
    ):
        cv2.line(picture, start, end, colour, thick, cv2.LINE_AA)
    for x, y, angle in (
        (x0 + radius, y0 + radius, 180),
        (x1 - radius, y0 + radius, 270),
        (x1 - radius, y1 - radius, 0),
        (x0 + radius, y1 - radius, 90),
    ):
        cv2.ellipse(picture, (x, y), (radius, radius), angle, 0, 90, colour, thick, cv2.LINE_AA)


@lru_cache(maxsize=400)
def _outside(height: int, width: int, radius: int) -> tuple[NDArray[np.uint8], int]:
    """What lies outside a corner rounded by ``radius``: the upper left quarter's mask, and its side."""
    side = radius + 1
    mask = np.full((side, side), 255, np.uint8)
    cv2.circle(mask, (radius, radius), radius, 0, -1, cv2.LINE_AA)
    return mask, side


def _round_corners(rng: np.random.Generator, layout: Layout, picture: NDArray[np.uint8]) -> None:
    height, width = picture.shape[:2]
    radius = round(layout.corner_mm * height / layout.size_mm[1])
    grey = 255 * rng.random()
    surround = _varied(rng, (int(grey), int(grey), int(grey)), 60)
    if radius < 2:
        return
    mask, side = _outside(height, width, radius)
    stamp(picture, mask, 0, 0, surround)
    stamp(picture, mask[:, ::-1], width - side, 0, surround)
    stamp(picture, mask[::-1], 0, height - side, surround)
    stamp(picture, mask[::-1, ::-1], width - side, height - side, surround)
