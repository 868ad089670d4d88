"""Setting a text: which glyph goes where on the plate, and where the gaps between the groups lie."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.plateart.glyphs import GlyphLibrary, GlyphStyle
from detectors.training.plateart.layouts import Layout, Row

#: How many styles there are of a look; of the states' plates more, as each state has its own dies.
STYLES = {"": 40, "us": 120}
_CUT_PX = 72


@dataclass(frozen=True)
class Gap:
    """A seal's or emblem's place between two groups: its middle and the room for it, pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass
class Setting:
    """Masks of the characters and of the marks between them, both (h, w), and what lies around them."""

    characters: NDArray[np.uint8]
    marks: NDArray[np.uint8]
    gaps: list[Gap] = field(default_factory=list)
    left: int = 0
    right: int = 0


@dataclass(frozen=True)
class _Piece:
    character: str
    width: float
    height: float
    after: float


class Typesetter:
    """Sets display texts with the glyphs of a library, in a bounded number of styles of each look.

    Cutting a new alphabet for every plate would take most of the time; the styles' numbers make them the
    same in every process, so that a generator's state alone decides what is printed.
    """

    def __init__(self, glyphs: GlyphLibrary) -> None:
        self._glyphs = glyphs
        self._styles: dict[tuple[str, int], GlyphStyle] = {}
        self._cut: dict[tuple[int, str], NDArray[np.uint8]] = {}

    def style(self, rng: np.random.Generator, look: str) -> GlyphStyle:
        """One of the look's styles."""
        key = (look, int(rng.random() * STYLES.get(look, STYLES[""])))
        style = self._styles.get(key)
        if style is None:
            own = np.random.default_rng([zlib.crc32(look.encode()), key[1]])
            style = self._styles[key] = self._glyphs.styles(own, look)
        return style

    def _glyph(self, style: GlyphStyle, character: str) -> NDArray[np.uint8]:
        """A character's mask, :data:`_CUT_PX` high; cut once."""
        key = (id(style), character)
        mask = self._cut.get(key)
        if mask is None:
            mask = self._cut[key] = self._glyphs.mask(style, character, _CUT_PX)
        return mask

    def set(
        self,
        rng: np.random.Generator,
        display: str,
        layout: Layout,
        style: GlyphStyle,
        shape: tuple[int, int],
        area: tuple[int, int],
    ) -> Setting:
        """Set ``display`` on a plate of ``shape`` (height, width) pixels, between the columns of ``area``."""
        setting = Setting(np.zeros(shape, np.uint8), np.zeros(shape, np.uint8), left=area[1], right=area[0])
        scale = shape[0] / layout.size_mm[1]
        stretch = rng.random()
        tall = 0.96 + 0.08 * rng.random()
        for line, row in zip(display.split("/"), layout.rows, strict=True):
            self._row(rng, line, row, layout, style, setting, area, scale, stretch, tall)
        return setting

    def _row(
        self,
        rng: np.random.Generator,
        line: str,
        row: Row,
        layout: Layout,
        style: GlyphStyle,
        setting: Setting,
        area: tuple[int, int],
        scale: float,
        stretch: float,
        tall: float,
    ) -> None:
        low, high = row.stretch
        wide = low + (high - low) * stretch
        height = row.height_mm * scale * tall
        pieces = self._pieces(line, row, layout, style, scale, wide, height)
        total = sum(piece.width + piece.after for piece in pieces) - pieces[-1].after
        room = area[1] - area[0]
        squeeze = min(1.0, room / max(total, 1.0))
        spare = room - total * squeeze
        spread = 0.0
        if row.align == "spread" and len(pieces) > 1:
            spread = min(spare * 0.85 / (len(pieces) - 1), 0.35 * height)
            spare -= spread * (len(pieces) - 1)
        x = area[0] + (0.0 if row.align == "left" else spare * (0.5 + 0.16 * (rng.random() - 0.5)))
        middle = row.middle_mm * scale
        for piece in pieces:
            width = piece.width * squeeze
            self._put(piece, x, width, middle, height, style, setting)
            x += width + piece.after * squeeze + spread

    def _pieces(
        self, line: str, row: Row, layout: Layout, style: GlyphStyle, scale: float, wide: float, height: float
    ) -> list[_Piece]:
        pieces: list[_Piece] = []
        small = False
        gap = row.gap_mm * scale
        for character in line:
            if character in "<>":
                small = character == "<"
            elif character == " ":
                pieces.append(_Piece(" ", row.space_mm * scale, 0, 0))
            elif character == ":":
                pieces.append(_Piece(" ", row.space_mm * scale / 2, 0, 0))
            elif character == "~":
                pieces.append(_Piece("~", layout.marks.seal_mm * scale, height, gap))
            elif character == "-":
                pieces.append(
                    _Piece("-", (0.32 * height if layout.marks.hyphen != "dot" else gap), height, gap)
                )
            elif character == ".":
                pieces.append(_Piece(".", 0.16 * height, height, gap))
            else:
                tall = height * (row.small if small else 1.0)
                natural = self._glyph(style, character).shape[1] * tall / _CUT_PX * wide
                cell = row.cell_mm * scale * (row.small if small else 1.0)
                after = gap + max(0.0, cell - natural)
                pieces.append(_Piece(character, natural, tall, after))
        return pieces

    def _put(
        self,
        piece: _Piece,
        x: float,
        width: float,
        middle: float,
        height: float,
        style: GlyphStyle,
        to: Setting,
    ) -> None:
        if piece.character == " ":
            return
        if piece.character == "~":
            to.gaps.append(Gap(round(x + width / 2), round(middle), round(width), round(height)))
            return
        if piece.character == "-":
            thick = max(2, round(0.12 * height))
            left, top = round(x), round(middle - thick / 2)
            cv2.rectangle(to.marks, (left, top), (round(x + width), top + thick), 255, -1)
            return
        if piece.character == ".":
            radius = max(1.0, 0.07 * height)
            centre = (round((x + width / 2) * 8), round(middle * 8))
            cv2.circle(to.marks, centre, round(radius * 8), 255, -1, cv2.LINE_AA, 3)
            return
        size = max(2, round(width)), max(4, round(piece.height))
        mask = np.asarray(cv2.resize(self._glyph(style, piece.character), size, interpolation=cv2.INTER_AREA))
        left, top = round(x), round(middle - height / 2)
        lay(to.characters, mask, left, top)
        to.left, to.right = min(to.left, left), max(to.right, left + mask.shape[1])


def lay(sheet: NDArray[np.uint8], mask: NDArray[np.uint8], left: int, top: int) -> None:
    """Add a mask to a larger one at a place, the brighter of the two winning; overhang is cut off."""
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(sheet.shape[1], left + mask.shape[1]), min(sheet.shape[0], top + mask.shape[0])
    if x1 > x0 and y1 > y0:
        place = sheet[y0:y1, x0:x1]
        np.maximum(place, mask[y0 - top : y1 - top, x0 - left : x1 - left], out=place)
