"""A contact sheet of printed plates with their texts: ``python -m detectors.training.plateart.sheet``."""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.plateart.glyphs import GlyphLibrary
from detectors.training.plateart.layouts import load_layouts
from detectors.training.plateart.lettering import Lettering
from detectors.training.plateart.rendering import PlatePrinter, RenderedPlate
from streams.errors import RoadwitnessError

_CELL = (260, 130)


class NoSuchPlates(RoadwitnessError):
    """No layout has the country or the name that was asked for."""


def contact_sheet(plates: list[RenderedPlate], columns: int = 6) -> NDArray[np.uint8]:
    """The plates side by side, each over its text and the name of its layout, as one BGR picture."""
    cells = [_cell(plate) for plate in plates]
    while len(cells) % columns:
        cells.append(np.full_like(cells[0], 60))
    rows = [np.hstack(cells[start : start + columns]) for start in range(0, len(cells), columns)]
    return np.vstack(rows)


def _cell(plate: RenderedPlate) -> NDArray[np.uint8]:
    width, height = _CELL
    cell = np.full((height + 20, width, 3), 60, np.uint8)
    tall, wide = plate.image.shape[:2]
    scale = min((width - 8) / wide, (height - 4) / tall)
    shown = cv2.resize(plate.image, (int(wide * scale), int(tall * scale)), interpolation=cv2.INTER_AREA)
    cell[2 : 2 + shown.shape[0], 4 : 4 + shown.shape[1]] = shown
    words = (
        "".join(character if character.isascii() else "*" for character in plate.text) + "  " + plate.layout
    )
    cv2.putText(
        cell, words, (4, height + 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1, cv2.LINE_AA
    )
    return cell


def main() -> None:
    """Paint the sheet that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the PNG to write")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--country", default="", help="ISO code; all countries without it")
    parser.add_argument(
        "--layout", default="", help="such as us/vanity; the layouts by their weights without it"
    )
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--fonts", type=Path, default=None, help="folder with typefaces")
    arguments = parser.parse_args()
    layouts = [
        layout
        for layout in load_layouts()
        if arguments.country in ("", layout.country) and arguments.layout in ("", layout.key)
    ]
    if not layouts:
        raise NoSuchPlates("No layout is of that country and name: see the folder layouts for what there is.")
    lettering = Lettering((arguments.fonts,) if arguments.fonts else ())
    printer = PlatePrinter(layouts, GlyphLibrary.open(arguments.fonts), lettering=lettering)
    rng = np.random.default_rng(arguments.seed)
    plates = [printer.print(rng) for _ in range(arguments.count)]
    cv2.imwrite(str(arguments.out), contact_sheet(plates))


if __name__ == "__main__":
    main()
