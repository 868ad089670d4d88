"""Invented registration plates in the formats of several countries, and what they look like.

Letters that many countries leave out because they look like digits (I, O, Q) are left out for all, and zeros
where nothing separates them from letters: telling those apart takes a country's grammar, not an eye. The
glyphs are Aileron (CC0), which Pillow carries, set one a cell as plate makers do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import cv2
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from roadwitness.simulator.camera import Floats, Image

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
CONSONANTS = "BCDFGHJKLMNPRSTVWXYZ"
SIX_SAFE = "BDFGHJKLNPRSTVXZ"
CYRILLIC_TWINS = "ABEKMHPCTYX"
DIGITS = "0123456789"
PIXELS_PER_M = 700


@dataclass(frozen=True)
class PlateFormat:
    """A country's plate.

    In ``patterns`` L is a letter, C a consonant, S a Dutch letter, R the twin of a Cyrillic one, N a digit, M
    one from 1 to 9 and P one of ``prefixes``.
    """

    country: str
    patterns: tuple[str, ...]
    width_m: float = 0.52
    height_m: float = 0.112
    background: tuple[int, int, int] = (244, 244, 240)
    ink: tuple[int, int, int] = (18, 18, 20)
    band: bool = True
    prefixes: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    caption: str = ""


FORMATS: Mapping[str, PlateFormat] = {
    "DE": PlateFormat(
        "DE",
        ("P LL NNNN", "P LL NNN"),
        prefixes=("B", "HH", "M", "K", "F", "KA", "DD", "HB", "LEV", "WES", "TBB"),
    ),
    "FR": PlateFormat("FR", ("LL-NNN-LL",)),
    "GB": PlateFormat("GB", ("LLMM LLL",), band=False),
    "NL": PlateFormat("NL", ("SS-NNN-S", "S-NNN-SS", "NN-SSS-N"), background=(40, 186, 246)),
    "PL": PlateFormat("PL", ("P NNNNC", "P NNNCC"), prefixes=("WA", "KR", "GD", "PZ", "DW", "LU", "SK")),
    "ES": PlateFormat("ES", ("NNNN CCC",)),
    "US": PlateFormat(
        "US",
        ("LLL NNNN", "MLLLMMM"),
        width_m=0.305,
        height_m=0.152,
        ink=(110, 44, 22),
        band=False,
        caption="STATE OF EXAMPLE",
    ),
    "RU": PlateFormat("RU", ("RMMMRR",), band=False, region=("77", "78", "23", "50", "66", "39", "54")),
}


@dataclass(frozen=True)
class Plate:
    """One plate: what is on it, and what is left of that when spaces and hyphens are."""

    country: str
    display: str

    @property
    def text(self) -> str:
        """Letters and digits only, upper case: the form that registers and truth use."""
        return "".join(c for c in self.display.upper() if c.isalnum())


def invent_plate(rng: np.random.Generator, country: str) -> Plate:
    """A plate of ``country`` (a key of ``FORMATS``) drawn from ``rng``."""
    made = FORMATS[country]
    alphabets = {
        "L": LETTERS,
        "C": CONSONANTS,
        "S": SIX_SAFE,
        "R": CYRILLIC_TWINS,
        "N": DIGITS,
        "M": DIGITS[1:],
    }
    out: list[str] = []
    for mark in str(rng.choice(made.patterns)):
        if mark == "P":
            out.append(str(rng.choice(made.prefixes)))
        elif mark in alphabets:
            out.append(str(rng.choice(list(alphabets[mark]))))
        else:
            out.append(mark)
    if made.region:
        out.append(" " + str(rng.choice(made.region)))
    return Plate(country, "".join(out))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType: install a Pillow wheel from PyPI.")
    return font


def _glyph(
    canvas: PillowImage.Image, mark: str, box: tuple[float, float, float, float], ink: tuple[int, ...]
) -> None:
    """Draw one bold glyph stretched into ``box`` (x, y, width, height in pixels)."""
    font = _font(160)
    stroke = 5
    left, top, right, bottom = font.getbbox(mark, stroke_width=stroke)
    cell = PillowImage.new("L", (int(right - left), int(bottom - top)), 0)
    ImageDraw.Draw(cell).text((-left, -top), mark, font=font, fill=255, stroke_width=stroke, stroke_fill=255)
    x, y, width, height = box
    natural = (right - left) * height / (bottom - top)
    fitted = width if natural > width else natural
    if mark == "-":
        fitted, height_px = width * 0.7, height * 0.13
        y += (height - height_px) / 2
        height = height_px
    size = (max(1, round(fitted)), max(1, round(height)))
    shrunk = cell.resize(size, PillowImage.Resampling.LANCZOS)
    canvas.paste(PillowImage.new("RGB", size, ink), (round(x + (width - fitted) / 2), round(y)), shrunk)


@lru_cache(maxsize=256)
def plate_texture(plate: Plate) -> Image:
    """The plate seen straight on, BGR uint8 of shape (height, width, 3) at ``PIXELS_PER_M``."""
    made = FORMATS[plate.country]
    width, height = round(made.width_m * PIXELS_PER_M), round(made.height_m * PIXELS_PER_M)
    background = made.background[::-1] if plate.country == "NL" else made.background
    canvas = PillowImage.new("RGB", (width, height), background)
    draw = ImageDraw.Draw(canvas)
    draw.rounded_rectangle((1, 1, width - 2, height - 2), radius=height * 0.1, outline=made.ink, width=2)
    start, end = width * 0.035, width * 0.965
    if made.band:
        band = width * 0.075
        draw.rectangle((2, 2, band, height - 3), fill=(12, 52, 150))
        ring = (band * 0.28, height * 0.16, band * 0.78, height * 0.16 + band * 0.5)
        draw.ellipse(ring, outline=(230, 190, 50), width=2)
        mark = band / (len(plate.country) + 0.8)
        for place, letter in enumerate(plate.country):
            _glyph(
                canvas,
                letter,
                (mark * (0.4 + place), height * 0.64, mark * 0.85, height * 0.2),
                (225, 228, 235),
            )
        start = band + width * 0.03
    main, region = plate.display, ""
    if made.region:
        main, region = plate.display.rsplit(" ", 1)
        end = width * 0.72
        draw.line((width * 0.735, 2, width * 0.735, height - 3), fill=made.ink, width=2)
    top, tall = (0.26, 0.58) if made.caption else (0.16, 0.68)
    if made.caption:
        small = _font(round(height * 0.14))
        draw.text((width / 2, height * 0.045), made.caption, font=small, fill=made.ink, anchor="mt")
    _row(canvas, main, (start, height * top, end - start, height * tall), made.ink)
    if region:
        _row(canvas, region, (width * 0.748, height * 0.1, width * 0.24, height * 0.6), made.ink)
        _row(canvas, "RUS", (width * 0.80, height * 0.77, width * 0.12, height * 0.14), made.ink)
    return np.asarray(canvas)[:, :, ::-1].copy()


def _row(
    canvas: PillowImage.Image, text: str, box: tuple[float, float, float, float], ink: tuple[int, ...]
) -> None:
    """Set ``text`` into ``box`` with narrow gaps for spaces and hyphens."""
    x, y, width, height = box
    shares = [0.45 if c == " " else 0.6 if c == "-" else 1.0 for c in text]
    unit = min(width / sum(shares), height * 0.68)
    x += (width - unit * sum(shares)) / 2
    for mark, share in zip(text, shares, strict=True):
        if mark != " ":
            _glyph(canvas, mark, (x + unit * 0.07, y, unit * share - unit * 0.14, height), ink)
        x += unit * share


def paint_plate(patch: Image, corners: Floats, texture: Image, brightness: float) -> None:
    """Warp ``texture`` into BGRA ``patch`` at ``corners`` (4, 2), clockwise from the top left."""
    low = np.floor(corners.min(axis=0)).astype(int)
    high = np.ceil(corners.max(axis=0)).astype(int) + 1
    low, high = np.maximum(low, 0), np.minimum(high, [patch.shape[1], patch.shape[0]])
    if np.any(high - low < 2):
        return
    wide = float(np.linalg.norm(corners[1] - corners[0]))
    scale = min(1.0, max(4.0, wide * 1.3) / texture.shape[1])
    small = cv2.resize(texture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rows, columns = small.shape[:2]
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], dtype=np.float32) - 0.5
    turn = cv2.getPerspectiveTransform(source, (corners - low).astype(np.float32))
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    lit = np.clip(small * brightness, 0, 255).astype(np.uint8)
    warped = cv2.warpPerspective(lit, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillConvexPoly(mask, np.round((corners - low) * 16).astype(np.int32), 255, cv2.LINE_8, 4)
    region = patch[low[1] : high[1], low[0] : high[0]]
    inside = mask > 0
    region[..., :3][inside] = warped[inside]
    region[..., 3][inside] = 255
