"""Glyphs for drawing number plates: from our own stroke alphabets and from a folder of typefaces.

In every style every character fills the cap height, as plate dies do. Chinese characters come from a CJK
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

from detectors.training.plateart import faces, strokes
from detectors.training.plateart.faces import LATIN, Face
from detectors.training.plateart.forms import Form
from detectors.training.plateart.looks import LOOKS, Look, draw_form
from detectors.training.plateart.skeletons import CHARACTERS
from streams.errors import RoadwitnessError

__all__ = ["CHINESE", "LATIN", "PROVINCES", "GlyphLibrary", "GlyphStyle", "NoGlyph", "UnknownLook"]

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
CHINESE = PROVINCES + "学警港澳挂使领"
# Letters of the Cyrillic alphabet that plates use because they look Latin.
_LOOKALIKE = dict(zip("АВЕКМНОРСТУХ", "ABEKMHOPCTYX", strict=True))
# A typeface with Chinese characters is a large file: smaller ones need not be opened to know that.
_LARGE_FILE_BYTES = 1_000_000
_TRIES = 12


class UnknownLook(RoadwitnessError):
    """A look that no family of lettering is known for."""


class NoGlyph(RoadwitnessError):
    """A character that neither the style nor any typeface at hand has."""


@dataclass(frozen=True)
class GlyphStyle:
    """A face with its parameters.

    ``form`` describes a stroke alphabet; ``face`` is a typeface, stretched by ``stretch`` sideways and its
    stems ``bolder`` by so many cap heights. ``chinese`` is the typeface for Chinese characters.
    """

    name: str
    kind: Literal["stroke", "font"]
    form: Form | None = None
    face: Face | None = None
    stretch: float = 1.0
    bolder: float = 0.0
    chinese: Face | None = None
    chinese_bolder: float = 0.0


class GlyphLibrary:
    """The typefaces at hand, and styles drawn from them and from stroke alphabets."""

    def __init__(self, typefaces: tuple[Face, ...], chinese: tuple[Face, ...]) -> None:
        self._chinese = chinese
        self._of_look = {look: _families(typefaces, LOOKS[look]) for look in LOOKS}

    @staticmethod
    def open(fonts: Path | None = None) -> GlyphLibrary:
        """The stroke alphabets, with Pillow's own typeface and those in ``fonts`` (.ttf, .otf, .ttc)."""
        found = faces.faces_in(fonts) if fonts is not None else ()
        return GlyphLibrary((Face(None), *found), tuple(face for face in found if _has_chinese(face)))

    def styles(self, rng: np.random.Generator, look: str) -> GlyphStyle:
        """Draw a style of the look. Raises UnknownLook for a look that is not in `looks.LOOKS`."""
        if look not in LOOKS:
            raise UnknownLook(f"There is no look {look!r}: take one of {', '.join(sorted(LOOKS))}.")
        family = LOOKS[look]
        chinese = self._chinese[rng.integers(len(self._chinese))] if self._chinese else None
        chinese_bolder = round(float(rng.uniform(-0.01, 0.03)), 3)
        form = draw_form(rng, family)
        if self._of_look[look] and rng.random() < family.fonts_share:
            fitted = self._fitted(rng, look, form)
            if fitted is not None:
                face, stretch, bolder = fitted
                return GlyphStyle(face.name, "font", None, face, stretch, bolder, chinese, chinese_bolder)
        return GlyphStyle(f"{look} strokes", "stroke", form, chinese=chinese, chinese_bolder=chinese_bolder)

    def mask(
        self, style: GlyphStyle, character: str, height_px: int, width_px: int | None = None
    ) -> NDArray[np.uint8]:
        """Alpha of the ink, (``height_px``, w) uint8, cropped to the ink and read-only.

        The width is the style's own unless ``width_px`` stretches it. Raises NoGlyph where `has` is false.
        """
        return _mask(style, character, height_px, width_px)

    def has(self, style: GlyphStyle, character: str) -> bool:
        """Whether `mask` can draw the character in the style."""
        return _has(style, character)

    def _fitted(self, rng: np.random.Generator, look: str, form: Form) -> tuple[Face, float, float] | None:
        """A typeface of the look, with the stretch and the gain that bring it near the form's proportions."""
        families = self._of_look[look]
        for _ in range(_TRIES):
            family = families[rng.integers(len(families))]
            face = family[rng.integers(len(family))]
            built = faces.build(face)
            if built is None:
                continue
            stretch = float(np.clip(form.width / built.width, 0.6, 1.2))
            bolder = float(np.clip(form.stroke - built.stem * stretch, -0.04, 0.09))
            return face, round(stretch, 3), round(bolder, 3)
        return None


def _families(typefaces: tuple[Face, ...], look: Look) -> tuple[tuple[Face, ...], ...]:
    """The typefaces that the look names, by family, lest one with many weights is drawn more often."""
    pattern = re.compile(look.fonts)
    families: dict[str, list[Face]] = {}
    for face in typefaces:
        if pattern.search(face.name):
            families.setdefault(face.family, []).append(face)
    return tuple(tuple(family) for family in families.values())


def _has_chinese(face: Face) -> bool:
    if face.path is None or Path(face.path).stat().st_size < _LARGE_FILE_BYTES:
        return False
    try:
        return all(faces.covers(face, character) for character in CHINESE)
    except OSError:
        return False


@lru_cache(maxsize=65536)
def _has(style: GlyphStyle, character: str) -> bool:
    character = _LOOKALIKE.get(character, character)
    if character in CHINESE:
        return style.chinese is not None
    if style.form is not None:
        return character in CHARACTERS
    return style.face is not None and faces.covers(style.face, character)


@lru_cache(maxsize=8192)
def _master(style: GlyphStyle, character: str) -> NDArray[np.uint8]:
    if character in CHINESE:
        assert style.chinese is not None
        return faces.shaped(style.chinese, character, strokes.MASTER_PX, 1.0, style.chinese_bolder)
    if style.form is not None:
        return strokes.draw(style.form, character)
    assert style.face is not None
    return faces.shaped(style.face, character, strokes.MASTER_PX, style.stretch, style.bolder)


@lru_cache(maxsize=32768)
def _mask(style: GlyphStyle, character: str, height_px: int, width_px: int | None) -> NDArray[np.uint8]:
    if not _has(style, character):
        raise NoGlyph(f"No {character!r} in {style.name}: open the library with a folder of typefaces.")
    master = _master(style, _LOOKALIKE.get(character, character))
    width = width_px or max(1, round(master.shape[1] * height_px / master.shape[0]))
    method = cv2.INTER_AREA if height_px <= strokes.MASTER_PX else cv2.INTER_LINEAR
    mask = np.asarray(cv2.resize(master, (width, height_px), interpolation=method), np.uint8)
    mask.flags.writeable = False
    return mask
