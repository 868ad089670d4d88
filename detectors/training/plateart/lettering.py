"""Small print: state names, slogans, dealers and stickers, drawn once and then kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Face = Literal["sans", "serif", "script", "any"]
#: File names of free fonts that go by these faces; the first that are there are used.
FACES: dict[str, tuple[str, ...]] = {
    "sans": (
        *("LiberationSans-Bold", "Overpass-Bold", "DejaVuSansCondensed-Bold", "LiberationSansNarrow-Bold"),
        *("FjallaOne-Regular", "Oswald-Bold", "Lato-Black", "OpenSans-CondBold", "URWGothic-Demi"),
        *("BebasNeue-Bold", "SourceSansPro-Semibold", "UniversalisADFStd-Bold", "NimbusSans-Bold"),
    ),
    "serif": (
        *("LiberationSerif-Bold", "DejaVuSerif-Bold", "DejaVuSerifCondensed-Bold", "URWBookman-Demi"),
        *("C059-Bold", "P052-Bold", "PTF75F", "FreeSerifBold", "texgyreschola-bold", "NimbusRoman-Bold"),
    ),
    "script": (
        *("Z003-MediumItalic", "texgyrechorus-mediumitalic", "C059-BdIta", "FredokaOne-Regular"),
        *("LiberationSerif-BoldItalic", "URWBookman-DemiItalic", "DejaVuSerif-BoldItalic"),
    ),
}
_SYSTEM_FONTS = Path("/usr/share/fonts")
_HERSHEY = {
    "sans": cv2.FONT_HERSHEY_DUPLEX,
    "serif": cv2.FONT_HERSHEY_TRIPLEX,
    "script": cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
}
_KEPT = 12_000
_LARGE_PX = 32


class Lettering:
    """Masks of words in a few faces. Drawing is deterministic: the same words give the same mask."""

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        """Look for the fonts in ``folders`` and among the system's; without any, OpenCV's strokes serve."""
        files: dict[str, Path] = {}
        for folder in (*folders, _SYSTEM_FONTS):
            if folder.is_dir():
                for path in sorted(folder.rglob("*.[to]tf")):
                    files.setdefault(path.stem, path)
        self._fonts = {
            face: [files[name] for name in names if name in files] for face, names in FACES.items()
        }
        self._opened: dict[Path, ImageFont.FreeTypeFont] = {}
        self._drawn: dict[tuple[str, str, int], NDArray[np.uint8]] = {}

    def words(
        self, rng: np.random.Generator, text: str, face: Face, height_px: int, width_px: int
    ) -> NDArray[np.uint8]:
        """A mask (h, w) of ``text`` in one font of ``face``, capitals about ``height_px`` high.

        Wider text is squeezed to ``width_px``.
        """
        if face == "any":
            face = ("sans", "serif", "script")[int(rng.random() * 3)]
        pick = int(rng.random() * (len(self._fonts[face]) + (face == "script")))
        key = (text, face, pick)
        large = self._drawn.get(key)
        if large is None:
            if len(self._drawn) >= _KEPT:
                self._drawn.clear()
            large = self._drawn[key] = self._draw(text, face, pick)
        scale = height_px / _LARGE_PX
        width = min(max(1, round(large.shape[1] * scale)), max(2, width_px))
        size = (width, max(1, round(large.shape[0] * scale)))
        return np.asarray(cv2.resize(large, size, interpolation=cv2.INTER_AREA), np.uint8)

    def _draw(self, text: str, face: str, pick: int) -> NDArray[np.uint8]:
        """Draw larger than any small print is: shrunk, it keeps its shape."""
        fonts = self._fonts[face]
        if pick >= len(fonts):
            return _stroked(text, _HERSHEY[face], _LARGE_PX)
        font = self._opened.get(fonts[pick])
        if font is None:
            font = self._opened[fonts[pick]] = ImageFont.truetype(fonts[pick], int(_LARGE_PX * 1.38))
        box = font.getbbox(text)
        sheet = Image.new("L", (max(1, int(box[2] - box[0])) + 4, max(1, int(box[3] - box[1])) + 4))
        ImageDraw.Draw(sheet).text((2 - box[0], 2 - box[1]), text, fill=255, font=font)
        return np.asarray(sheet, np.uint8)


def _stroked(text: str, font: int, height: int) -> NDArray[np.uint8]:
    plain = text.encode("ascii", "replace").decode()
    weight = max(1, height // 9)
    scale = cv2.getFontScaleFromHeight(font, height, weight)
    (width, tall), below = cv2.getTextSize(plain, font, scale, weight)
    sheet = np.zeros((tall + below + 2 * weight, width + 2 * weight), np.uint8)
    cv2.putText(sheet, plain, (weight, tall + weight), font, scale, 255, weight, cv2.LINE_AA)
    return sheet
