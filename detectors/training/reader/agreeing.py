r"""Real crops to train on where nobody has typed the texts: those that two readers read alike.

    python -m detectors.training.reader.agreeing --images DIR --labels DIR --only "ro_*" --country RO \
        --form "(B\d{2,3}|[A-Z]{2}\d{2})[A-Z]{3}" --out CROPS [--reader ONNX]

Our reader and PP-OCR look at every labelled box in three framings. Two networks that learned from different
pictures seldom make the same mistake, and seldom one that has the form of the country's plates. What they say
of a plate in doubt is left out, so such crops teach real cameras' blur, noise and light, not harder plates.
``CROPS`` is a folder that :func:`detectors.training.reader.real.load_real` reads. All pictures of one plate
lie in one part, each fourth plate in ``validation``; none is for tuning, since crops that were kept for being
clear would make the reader too sure of itself. The same arguments give the same crops.
"""

from __future__ import annotations

import argparse
import csv
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.readers.rapid import RapidReader
from detectors.readers.slots import SlotReader
from detectors.reading import CharacterReading, PlateReader
from detectors.training.labels import Box, pictures, read_labels
from detectors.training.reader.real import Part

Image = NDArray[np.uint8]
#: How far beyond the box the readers look, in parts of its sides; the crop that is kept has the middle one.
_FRAMINGS = (0.0, 0.05, 0.1)
_NARROWEST_PX = 30
#: In how many framings our reader must give the text, and how sure it must be in one of them.
_FRAMINGS_ALIKE = 2
_SURE_ENOUGH = 0.5


@dataclass(frozen=True)
class Agreed:
    """A crop BGR (H, W, 3) and the text that both readers gave; ``number`` counts the picture's boxes."""

    stem: str
    number: int
    text: str
    image: Image


def agreed_text(
    ours: Sequence[CharacterReading], theirs: Sequence[CharacterReading], form: re.Pattern[str]
) -> str | None:
    """The text of one plate by its readings in several framings, None where there is a doubt."""
    text, alike = Counter(read.text for read in ours).most_common(1)[0]
    surest = max(read.probability or 0.0 for read in ours if read.text == text)
    certain = alike >= _FRAMINGS_ALIKE and surest >= _SURE_ENOUGH
    seconded = any(read.text == text for read in theirs)
    return text if certain and seconded and form.fullmatch(text) else None


def part_of(text: str) -> Part:
    """Where a plate's pictures go, all of them."""
    return "validation" if zlib.crc32(text.encode()) % 4 == 0 else "training"


def agreed(
    images: Path, labels: Path, only: str, readers: tuple[PlateReader, PlateReader], form: re.Pattern[str]
) -> list[Agreed]:
    """What both ``readers``, ours first, agree on in the pictures whose names match ``only``."""
    found = []
    for path in pictures(images):
        picture = cv2.imread(str(path)) if path.match(only) else None
        if picture is None:
            continue
        size = (picture.shape[1], picture.shape[0])
        for number, box in enumerate(read_labels(labels / f"{path.stem}.txt", size)):
            if box[2] - box[0] < _NARROWEST_PX:
                continue
            crops = [_cut(np.asarray(picture, np.uint8), box, margin) for margin in _FRAMINGS]
            text = agreed_text(readers[0].read(crops), readers[1].read(crops), form)
            if text is not None:
                found.append(Agreed(path.stem, number, text, crops[1]))
    return found


def write(crops: Sequence[Agreed], country: str, out: Path) -> None:
    """Write the crops and ``labels.csv`` (file, text, country, part)."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "labels.csv").open("w", newline="", encoding="utf-8") as table:
        rows = csv.writer(table)
        rows.writerow(["file", "text", "country", "part"])
        for crop in crops:
            name = f"{crop.stem}-{crop.number}.png"
            cv2.imwrite(str(out / name), crop.image)
            rows.writerow([name, crop.text, country, part_of(crop.text)])


def _cut(picture: Image, box: Box, margin: float) -> Image:
    across, down = margin * (box[2] - box[0]), margin * (box[3] - box[1])
    x0, y0 = max(0, round(box[0] - across)), max(0, round(box[1] - down))
    return picture[y0 : round(box[3] + down), x0 : round(box[2] + across)]


def main() -> None:
    """Write the crops of a folder of labelled pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--only", default="*", help="pictures whose names match")
    parser.add_argument("--country", required=True, help="whose plates they are, an ISO code")
    parser.add_argument("--form", required=True, help="a regular expression that their texts match")
    parser.add_argument("--reader", type=Path, help="a trained reader, else the shipped one")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    readers = (SlotReader(asked.reader), RapidReader())
    crops = agreed(asked.images, asked.labels, asked.only, readers, re.compile(asked.form))
    write(crops, asked.country, asked.out)
    parts = Counter(part_of(crop.text) for crop in crops)
    print(f"{len(crops)} crops of {len({crop.text for crop in crops})} plates: {dict(parts)}")


if __name__ == "__main__":
    main()
