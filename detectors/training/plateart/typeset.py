"""Setting a text: which glyph goes where on the plate, and where the gaps between the groups lie."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.plateart.glyphs import GlyphLibrary, GlyphStyle
from detectors.training.plateart.layouts import Layout, Row
from detectors.training.plateart.patterns import MARKED

#: How many styles there are of a look; of the states' plates more, as each state has its own dies.
STYLES = {"": 24, "us": 96}
_CUT_PX = 72
#: Masks by style and character, for all typesetters of a process: they take most of the time to make.
_CUT: dict[tuple[GlyphStyle, str], NDArray[np.uint8]] = {}


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
    """One character or mark: its width, the room before and after it, its height; pixels."""

    character: str
    width: float
    height: float = 0.0
    before: float = 0.0
    after: float = 0.0


@dataclass(frozen=True)
class _Measure:
    """How one row is set on this plate: pixels a millimetre, the characters' height and stretch, the cell.

    ``loose`` multiplies the room between the groups, which makers keep to less than to the characters.
    """

    scale: float
    height: float
    stretch: float
    cell: float
    loose: float


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

    def glyph(self, style: GlyphStyle, character: str) -> NDArray[np.uint8]:
        """A character's mask (h, w), larger than any plate needs it; cut once."""
        key = (id(style), character)
        mask = self._cut.get(key)
        if mask is None:
            mask = _CUT.get((style, character))
            if mask is None:
                mask = _CUT[style, character] = self._glyphs.mask(style, character, _CUT_PX)
            self._cut[key] = mask
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
        share, tall, loose = rng.random(), 0.96 + 0.08 * rng.random(), 0.55 + 0.6 * rng.random()
        drop = shape[0] * (0.06 if layout.scene == "states" else 0.025) * (rng.random() - 0.5)
        for line, row in zip(display.split("/"), layout.rows, strict=True):
            low, high = row.stretch
            cell = row.cell_mm * scale if rng.random() < row.cell_chance else 0.0
            measure = _Measure(scale, row.height_mm * scale * tall, low + (high - low) * share, cell, loose)
            pieces = self._pieces(line, row, layout, style, measure)
            middle = row.middle_mm * scale + drop
            self._place(rng, pieces, row, measure, style, setting, area, middle)
        return setting

    def _place(
        self,
        rng: np.random.Generator,
        pieces: list[_Piece],
        row: Row,
        measure: _Measure,
        style: GlyphStyle,
        setting: Setting,
        area: tuple[int, int],
        middle: float,
    ) -> None:
        """Distribute the pieces of a row over the room, squeezed where there is too little of it."""
        total = sum(piece.before + piece.width + piece.after for piece in pieces) - pieces[-1].after
        room = area[1] - area[0]
        squeeze = min(1.0, room / max(total, 1.0))
        spare, spread = room - total * squeeze, 0.0
        if row.align == "spread" and len(pieces) > 1:
            share = 0.25 + 0.7 * rng.random()
            spread = min(spare * share / (len(pieces) - 1), 0.3 * measure.height)
            spare -= spread * (len(pieces) - 1)
        x = area[0] + (0.0 if row.align == "left" else spare * (0.5 + 0.16 * (rng.random() - 0.5)))
        for piece in pieces:
            x += piece.before * squeeze
            width = piece.width * squeeze
            self._put(piece, x, width, middle, measure.height, style, setting)
            x += width + piece.after * squeeze + spread

    def _pieces(
        self, line: str, row: Row, layout: Layout, style: GlyphStyle, measure: _Measure
    ) -> list[_Piece]:
        pieces: list[_Piece] = []
        height, gap, space = (
            measure.height,
            row.gap_mm * measure.scale,
            row.space_mm * measure.scale * measure.loose,
        )
        small = 1.0
        for character in line:
            if character in "<>":
                small = row.small if character == "<" else 1.0
            elif character in " :":
                pieces.append(_Piece(" ", space if character == " " else space / 2))
            elif character == "~":
                pieces.append(_Piece("~", layout.marks.seal_mm * measure.scale, height, after=gap))
            elif character == "-":
                pieces.append(_Piece("-", 0.32 * height, height, after=gap))
            elif character == ".":
                pieces.append(_Piece(".", 0.16 * height, height, after=gap))
            else:
                base = MARKED.get(character, character)
                natural = self.glyph(style, base).shape[1] * small * height / _CUT_PX * measure.stretch
                cell = measure.cell * small
                width = min(natural, cell) if cell else natural
                slack = max(0.0, cell - width)
                pieces.append(_Piece(character, width, small * height, slack / 2, gap + slack / 2))
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
        elif piece.character == "-":
            thick = max(2, round(0.12 * height))
            left, top = round(x), round(middle - thick / 2)
            cv2.rectangle(to.marks, (left, top), (round(x + width), top + thick), 255, -1)
        elif piece.character == ".":
            centre = (round((x + width / 2) * 8), round(middle * 8))
            cv2.circle(to.marks, centre, round(max(1.0, 0.07 * height) * 8), 255, -1, cv2.LINE_AA, 3)
        else:
            self._character(piece, round(x), round(width), round(middle - height / 2), style, to)

    def _character(
        self, piece: _Piece, left: int, width: int, top: int, style: GlyphStyle, to: Setting
    ) -> None:
        tall = max(4, round(piece.height))
        base = MARKED.get(piece.character, piece.character)
        if base != piece.character:  # the die keeps its height: the mark stands on a lower letter
            above = round(0.2 * tall)
            top, tall = top + above, tall - above
            _mark_above(to.characters, piece.character, left, left + width, top)
        size = (max(2, width), tall)
        mask = np.asarray(cv2.resize(self.glyph(style, base), size, interpolation=cv2.INTER_AREA), np.uint8)
        lay(to.characters, mask, left, top)
        to.left, to.right = min(to.left, left), max(to.right, left + mask.shape[1])


def _mark_above(sheet: NDArray[np.uint8], letter: str, left: int, right: int, below: int) -> None:
    """Two dots, a caron or an acute over a letter between the columns ``left`` and ``right``."""
    middle, reach = (left + right) // 2, max(2, (right - left) // 5)
    if letter in "ÄÖÜ":
        for x in (middle - reach, middle + reach):
            cv2.circle(sheet, (x, below - reach // 2 - 3), max(1, reach // 2), 255, -1, cv2.LINE_AA)
        return
    points = [(middle - reach, below - 9), (middle, below - 4), (middle + reach, below - 9)]
    if letter == "Ć":
        points = points[1:]
    cv2.polylines(sheet, [np.array(points, np.int32)], False, 255, 3, cv2.LINE_AA)


def lay(sheet: NDArray[np.uint8], mask: NDArray[np.uint8], left: int, top: int) -> None:
    """Add a mask to a larger one at a place, the brighter of the two winning; overhang is cut off."""
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(sheet.shape[1], left + mask.shape[1]), min(sheet.shape[0], top + mask.shape[0])
    if x1 > x0 and y1 > y0:
        place = sheet[y0:y1, x0:x1]
        np.maximum(place, mask[y0 - top : y1 - top, x0 - left : x1 - left], out=place)
