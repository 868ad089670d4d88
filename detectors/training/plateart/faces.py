"""Typefaces as lettering for plates: what they have, how bold and wide they are, and their ink."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

LATIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SET_PX = 128
_SUFFIXES = {".ttf", ".otf", ".ttc"}
_DESCENDING = "JQ"
_FLATTENED = 0.09
# No font has it: no character is assigned in its plane.
_ABSENT = "\U00050000"


@dataclass(frozen=True)
class Face:
    """A typeface: its file, or None for the one inside Pillow, and its index in a collection."""

    path: str | None
    index: int = 0

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return "Pillow" if self.path is None else Path(self.path).stem

    @property
    def family(self) -> str:
        """The name up to the weight, which faces of one family share."""
        return self.name.split("-")[0].split("[")[0]


@dataclass(frozen=True)
class Build:
    """How a typeface is built, in cap heights: the width of its H and of the stems."""

    width: float
    stem: float


def faces_in(folder: Path) -> tuple[Face, ...]:
    """The typefaces in a folder and its subfolders, by name."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    return tuple(Face(str(path), _simplified(path)) for path in files)


def _simplified(path: Path) -> int:
    """The index of the face for simplified Chinese in a collection; 0 where there is none."""
    if path.suffix.lower() != ".ttc":
        return 0
    for index in range(16):
        try:
            family = ImageFont.truetype(str(path), size=8, index=index).getname()[0] or ""
        except OSError:
            return 0
        if family.endswith(" SC"):
            return index
    return 0


@lru_cache(maxsize=512)
def _typeface(face: Face) -> ImageFont.FreeTypeFont:
    if face.path is not None:
        return ImageFont.truetype(face.path, size=_SET_PX, index=face.index)
    built_in = ImageFont.load_default(size=_SET_PX)
    assert isinstance(built_in, ImageFont.FreeTypeFont)
    return built_in


def ink(face: Face, character: str) -> NDArray[np.uint8] | None:
    """A character at the typeface's natural size, cropped to the ink; None where there is no ink."""
    image = Image.new("L", (3 * _SET_PX, 3 * _SET_PX))
    ImageDraw.Draw(image).text((_SET_PX, _SET_PX // 2), character, fill=255, font=_typeface(face))
    box = image.getbbox()
    return None if box is None else np.asarray(image.crop(box), np.uint8)


@lru_cache(maxsize=1024)
def _absent(face: Face) -> NDArray[np.uint8] | None:
    return ink(face, _ABSENT)


@lru_cache(maxsize=65536)
def covers(face: Face, character: str) -> bool:
    """Whether a typeface has a character: all that it lacks are drawn alike, or not at all."""
    drawn, absent = ink(face, character), _absent(face)
    if drawn is None:
        return False
    return absent is None or drawn.shape != absent.shape or bool(np.any(drawn != absent))


@lru_cache(maxsize=1024)
def build(face: Face) -> Build | None:
    """How the typeface is built; None where it cannot letter a plate.

    That is one that lacks some of 0-9 and A-Z, whose figures or letters are of different heights, that leans
    or has stems of different weight (judged by H), or that cannot be read.
    """
    try:
        if not all(covers(face, character) for character in LATIN):
            return None
        glyphs = {character: ink(face, character) for character in LATIN}
    except OSError:
        return None
    heights = sorted(glyph.shape[0] for glyph in glyphs.values() if glyph is not None)
    letter = glyphs["H"]
    assert letter is not None
    tall, wide = letter.shape
    if heights[0] < 0.93 * tall or heights[-1] > 1.4 * tall:
        return None
    # The runs of ink through both stems, above and below the bar.
    stems = []
    for row in (0.25, 0.75):
        edges = np.flatnonzero(np.diff(np.pad((letter[round(row * tall)] > 127).astype(np.int8), 1)))
        if len(edges) != 4:
            return None
        stems += [(edges[0], edges[1]), (edges[2], edges[3])]
    weights = [end - start for start, end in stems]
    leans = abs(stems[0][0] - stems[2][0]) > 0.04 * tall
    if leans or max(weights) > 1.25 * min(weights):
        return None
    return Build(wide / tall, float(np.mean(weights)) / tall)


def shaped(face: Face, character: str, height_px: int, stretch: float, bolder: float) -> NDArray[np.uint8]:
    """A character's ink, (``height_px``, w), stretched sideways and then made bolder.

    ``bolder`` is what a stem gains, in cap heights; negative thins. The typeface must have the character.
    """
    glyph = ink(face, character)
    assert glyph is not None
    if character in _DESCENDING:
        glyph = _raised(glyph, _cap_height_px(face))
    tall = glyph.shape[0]
    wide = max(2, round(glyph.shape[1] * stretch))
    method = cv2.INTER_AREA if stretch < 1 else cv2.INTER_LINEAR
    grown = np.asarray(cv2.resize(glyph, (wide, tall), interpolation=method), np.uint8)
    if abs(bolder) * tall >= 0.5:
        grown = _weighted(grown, bolder * tall)
    width = max(1, round(grown.shape[1] * height_px / grown.shape[0]))
    return np.asarray(cv2.resize(grown, (width, height_px), interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=1024)
def _cap_height_px(face: Face) -> int:
    letter = ink(face, "H")
    return _SET_PX if letter is None else letter.shape[0]


def _raised(glyph: NDArray[np.uint8], cap_px: int) -> NDArray[np.uint8]:
    """A letter that reaches below the line with that part flattened, as it keeps to the line on plates."""
    below = glyph.shape[0] - cap_px
    flat = round(_FLATTENED * cap_px)
    if below <= flat:
        return glyph
    tail = cv2.resize(glyph[cap_px:], (glyph.shape[1], flat), interpolation=cv2.INTER_AREA)
    return np.concatenate([glyph[:cap_px], np.asarray(tail, np.uint8)])


def _weighted(glyph: NDArray[np.uint8], gain_px: float) -> NDArray[np.uint8]:
    """The glyph with stems thicker by ``gain_px``, by the distance of each point from the edge."""
    margin = int(abs(gain_px)) + 3
    padded = np.pad(glyph, margin)
    inside = padded > 127
    away = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5)
    within = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    signed = np.where(inside, 0.5 - within, away - 0.5)
    soft = np.clip(gain_px / 2 - signed + 0.5, 0, 1)
    weighted: NDArray[np.uint8] = (soft * 255).astype(np.uint8)
    rows, columns = np.flatnonzero(weighted.max(axis=1) > 64), np.flatnonzero(weighted.max(axis=0) > 64)
    if not len(rows):
        return glyph
    return weighted[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
