"""Glyphs for drawing number plates: from our own stroke alphabets and from a folder of typefaces.

Every style fills the cap height with every character, as plate dies do. Chinese characters come from a CJK
typeface whatever the style is, as plates set them from another die than the letters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from detectors.training.plateart import strokes
from detectors.training.plateart.looks import LOOKS, Look, draw_form
from detectors.training.plateart.skeletons import CHARACTERS, Form
from streams.errors import RoadwitnessError

LATIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
CHINESE = PROVINCES + "学警港澳挂使领"
# Characters of the Cyrillic alphabet that plates use because they look Latin.
_LOOKALIKE = dict(zip("АВЕКМНОРСТУХ", "ABEKMHOPCTYX", strict=True))
_BUILT_IN = "Pillow"
_SET_PX = 160


class UnknownLook(RoadwitnessError):
    """A look that no family of lettering is known for."""


class NoGlyph(RoadwitnessError):
    """A character that neither the style nor any typeface at hand has."""


@dataclass(frozen=True)
class GlyphStyle:
    """A face with its parameters.

    ``form`` describes a stroke alphabet; ``face`` is a typeface's file with the index in its collection,
    stretched by ``stretch`` sideways and made bolder by ``bolder`` cap heights (thinner where negative).
    ``chinese`` is the typeface for Chinese characters.
    """

    name: str
    kind: Literal["stroke", "font"]
    form: Form | None = None
    face: tuple[str, int] | None = None
    stretch: float = 1.0
    bolder: float = 0.0
    chinese: tuple[str, int] | None = None
    chinese_bolder: float = 0.0


@lru_cache(maxsize=256)
def _typeface(face: tuple[str, int]) -> ImageFont.FreeTypeFont:
    if face[0] == _BUILT_IN:
        loaded = ImageFont.load_default(size=_SET_PX)
        assert isinstance(loaded, ImageFont.FreeTypeFont)
        return loaded
    return ImageFont.truetype(face[0], size=_SET_PX, index=face[1])


def _set(face: tuple[str, int], character: str) -> NDArray[np.uint8] | None:
    """The ink of a character at the typeface's natural size, cropped; None where there is no ink."""
    image = Image.new("L", (3 * _SET_PX, 3 * _SET_PX))
    ImageDraw.Draw(image).text((_SET_PX, _SET_PX // 2), character, fill=255, font=_typeface(face))
    box = image.getbbox()
    return None if box is None else np.asarray(image.crop(box), np.uint8)


@lru_cache(maxsize=65536)
def _covers(face: tuple[str, int], character: str) -> bool:
    """Whether a typeface has a character: one that it lacks is drawn like any other that it lacks."""
    ink, absent = _set(face, character), _set(face, "\U000e0fff")
    if ink is None:
        return False
    return absent is None or ink.shape != absent.shape or bool((ink != absent).any())


@lru_cache(maxsize=8192)
def _master(style: GlyphStyle, character: str) -> NDArray[np.uint8]:
    if character in CHINESE:
        assert style.chinese is not None
        return _shaped(style.chinese, character, 1.0, style.chinese_bolder)
    if style.form is not None:
        return strokes.draw(style.form, character)
    assert style.face is not None
    return _shaped(style.face, character, style.stretch, style.bolder)


def _shaped(face: tuple[str, int], character: str, stretch: float, bolder: float) -> NDArray[np.uint8]:
    ink = _set(face, character)
    assert ink is not None
    radius = abs(bolder) * ink.shape[0]
    if radius >= 0.5:
        size = 2 * max(1, round(radius)) + 1
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        ink = np.pad(ink, size)
        changed = cv2.dilate(ink, kernel) if bolder > 0 else cv2.erode(ink, kernel)
        ink = np.asarray(changed if changed.any() else ink, np.uint8)
        rows, columns = np.flatnonzero(ink.max(axis=1) > 64), np.flatnonzero(ink.max(axis=0) > 64)
        ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    width = max(1, round(ink.shape[1] / ink.shape[0] * strokes.MASTER_PX * stretch))
    return np.asarray(cv2.resize(ink, (width, strokes.MASTER_PX), interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=32768)
def _mask(style: GlyphStyle, character: str, height_px: int, width_px: int | None) -> NDArray[np.uint8]:
    master = _master(style, character)
    width = width_px or max(1, round(master.shape[1] * height_px / master.shape[0]))
    method = cv2.INTER_AREA if height_px <= strokes.MASTER_PX else cv2.INTER_LINEAR
    mask = np.asarray(cv2.resize(master, (width, height_px), interpolation=method), np.uint8)
    mask.flags.writeable = False
    return mask


class GlyphLibrary:
    """The typefaces at hand, and styles drawn from them and from stroke alphabets."""

    def __init__(self, faces: tuple[tuple[str, int], ...], chinese: tuple[tuple[str, int], ...]) -> None:
        self._faces = faces
        self._chinese = chinese
        self._of_look: dict[str, tuple[tuple[str, int], ...]] = {}

    @staticmethod
    def open(fonts: Path | None = None) -> GlyphLibrary:
        """The stroke alphabets, with Pillow's own typeface and those in ``fonts`` (.ttf, .otf, .ttc)."""
        found = sorted(fonts.rglob("*.[to]t[fc]")) if fonts is not None else []
        faces: list[tuple[str, int]] = [(_BUILT_IN, 0)]
        chinese = []
        for path in found:
            face = (str(path), 0)
            try:
                if all(_covers(face, character) for character in "京琼"):
                    chinese.append(face)
                if _even(face):
                    faces.append(face)
            except OSError:
                continue
        return GlyphLibrary(tuple(faces), tuple(chinese))

    def styles(self, rng: np.random.Generator, look: str) -> GlyphStyle:
        """Draw a style of the look. Raises UnknownLook for a look that is not in `looks.LOOKS`."""
        if look not in LOOKS:
            raise UnknownLook(f"There is no look {look!r}: take one of {', '.join(sorted(LOOKS))}.")
        family = LOOKS[look]
        matching = self._matching(look, family)
        chinese = self._chinese[rng.integers(len(self._chinese))] if self._chinese else None
        bolder = round(float(rng.uniform(-0.005, 0.02)), 3)
        if matching and rng.random() < family.fonts_share:
            face = matching[rng.integers(len(matching))]
            stretch = round(float(rng.uniform(*family.font_width)), 3)
            weight = round(float(rng.uniform(-0.006, 0.016)), 3)
            return GlyphStyle(Path(face[0]).stem, "font", None, face, stretch, weight, chinese, bolder)
        form = draw_form(rng, family)
        return GlyphStyle(f"{look} strokes", "stroke", form, chinese=chinese, chinese_bolder=bolder)

    def mask(
        self, style: GlyphStyle, character: str, height_px: int, width_px: int | None = None
    ) -> NDArray[np.uint8]:
        """Alpha of the ink, (``height_px``, w) uint8, cropped to the ink and read-only.

        The width is the style's own unless ``width_px`` stretches it. Raises NoGlyph where `has` is false.
        """
        if not self.has(style, character):
            raise NoGlyph(f"No {character!r} in {style.name}: open the library with a folder of typefaces.")
        return _mask(style, _LOOKALIKE.get(character, character), height_px, width_px)

    def has(self, style: GlyphStyle, character: str) -> bool:
        """Whether `mask` can draw the character in the style."""
        character = _LOOKALIKE.get(character, character)
        if character in CHINESE:
            return style.chinese is not None and _covers(style.chinese, character)
        if style.form is not None:
            return character in CHARACTERS
        return style.face is not None and _covers(style.face, character)

    def _matching(self, look: str, family: Look) -> tuple[tuple[str, int], ...]:
        if look not in self._of_look:
            pattern = re.compile(family.fonts)
            self._of_look[look] = tuple(f for f in self._faces if pattern.search(Path(f[0]).stem))
        return self._of_look[look]


def _even(face: tuple[str, int]) -> bool:
    """Whether a typeface has all of 0-9 and A-Z at about one height, as lettering for plates must."""
    if not all(_covers(face, character) for character in LATIN):
        return False
    heights = [ink.shape[0] for character in LATIN if (ink := _set(face, character)) is not None]
    usual = float(np.median(heights))
    return max(heights) < 1.3 * usual and sorted(heights)[1] > 0.93 * usual
