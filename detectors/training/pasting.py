"""Drawn plates of many countries, pasted onto photographs: what the plate detector sees besides real ones.

    python -m detectors.training.pasting OUT --photos IMAGES:LABELS [--photos …] \\
        --vehicles IMAGES:LABELS --fonts FONTS [--count 500] [--seed 7]

In ``--photos`` every plate is labelled; each is replaced by a drawn one. ``--vehicles`` are photographs
with vehicles labelled, whose plates (blurred or not there) the shipped detector looks for: what it finds is
painted over. Every plate in a picture of OUT has a label; stickers, signs and grilles are pasted too and have
none. The same arguments give the same pictures.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from detectors.plates import PlateDetector
from detectors.training.composing import compose
from detectors.training.decoys import Decoys
from detectors.training.labels import Box, pictures, read_labels, shared, write_labels
from detectors.training.laying import Composed, Picture, Place, Scene
from detectors.training.plateart.glyphs import GlyphLibrary
from detectors.training.plateart.layouts import load_layouts
from detectors.training.plateart.lettering import Lettering
from detectors.training.plateart.rendering import PlatePrinter
from streams import messages

#: From this confidence on a place on a vehicle looks enough like a plate to hang one there.
_SUSPECTED = 0.08


def _images_and_labels(pairs: Sequence[str]) -> list[tuple[Path, Path]]:
    found = []
    for pair in pairs:
        images, _, labels = pair.partition(":")
        found += [(path, Path(labels) / f"{path.stem}.txt") for path in pictures(Path(images))]
    return found


def _boxes(label: Path, picture: Picture) -> list[Box]:
    return read_labels(label, (picture.shape[1], picture.shape[0]))


def photo_scene(image: Path, label: Path) -> Scene | None:
    """A photograph whose plates are labelled, each a place.

    None for a close-up, where nothing is around, and for a photograph turned on its side.
    """
    picture = np.asarray(cv2.imread(str(image)), np.uint8)
    height, width = picture.shape[:2]
    boxes = _boxes(label, picture)
    sizes = [(x1 - x0, y1 - y0) for x0, y0, x1, y1 in boxes]
    if not boxes or any(w > 0.4 * width or h > 0.4 * height or h > 1.1 * w for w, h in sizes):
        return None
    return Scene(picture, tuple(_place(box) for box in boxes))


def vehicle_scene(image: Path, label: Path, finder: PlateDetector) -> Scene | None:
    """A photograph of vehicles, with places where the detector suspects plates, else low on the vehicle."""
    picture = np.asarray(cv2.imread(str(image)), np.uint8)
    vehicles = _boxes(label, picture)
    looked_at = 32 * math.ceil(max(picture.shape[:2]) / 32)
    sure = [_corners(plate.box) for plate in finder.detect(picture, min(looked_at, 832), _SUSPECTED)]
    looks = [messages.Box(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in vehicles]
    places = [_place(box) for box in sure]
    for vehicle, plates in zip(
        vehicles, finder.detect_in_crops(picture, looks, confidence=_SUSPECTED), strict=True
    ):
        for plate in plates[:1]:
            if all(shared(_corners(plate.box), box) == 0 for box in sure):
                sure.append(_corners(plate.box))
                places.append(_place(sure[-1]))
        wide, tall = vehicle[2] - vehicle[0], vehicle[3] - vehicle[1]
        if not any(shared(box, vehicle) > 0 for box in sure) and wide > 60:
            middle = vehicle[0] + 0.5 * wide, vehicle[1] + 0.72 * tall
            places.append(Place(middle, 0.22 * min(wide, 1.3 * tall)))
    return Scene(picture, tuple(places), (), tuple(vehicles)) if places else None


def _place(box: Box) -> Place:
    return Place(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), box[2] - box[0], box)


def _corners(box: messages.Box) -> Box:
    return box.x, box.y, box.x + box.w, box.y + box.h


def write(out: Path, name: str, composed: Composed) -> None:
    """One picture and its labels, for Ultralytics."""
    (out / "images/train").mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(out / "images/train" / f"{name}.jpg"), composed.picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
    size = composed.picture.shape[1], composed.picture.shape[0]
    write_labels(out / "labels/train" / f"{name}.txt", composed.plates, size)


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--photos", action="append", default=[], metavar="IMAGES:LABELS")
    parser.add_argument("--vehicles", action="append", default=[], metavar="IMAGES:LABELS")
    parser.add_argument("--fonts", type=Path, help="typefaces for plates and stickers")
    parser.add_argument("--weights", default="", help="shares of countries, such as US=3,BR=2")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    lettering = Lettering([options.fonts] if options.fonts else [])
    weights = {
        key: float(value)
        for key, _, value in (item.partition("=") for item in options.weights.split(",") if item)
    }
    printer = PlatePrinter(
        load_layouts(), GlyphLibrary.open(options.fonts), weights=weights, lettering=lettering
    )
    decoys, finder = Decoys(lettering), PlateDetector(threads=1)
    scenes = [photo_scene(*pair) for pair in _images_and_labels(options.photos)]
    scenes += [vehicle_scene(*pair, finder) for pair in _images_and_labels(options.vehicles)]
    usable = [scene for scene in scenes if scene is not None]
    rng = np.random.default_rng(options.seed)
    order: list[int] = []
    for number in range(options.count):
        order = order or [int(index) for index in rng.permutation(len(usable))]
        write(options.out, f"pasted_{number:05d}", compose(rng, usable[order.pop()], printer, decoys))


if __name__ == "__main__":
    main()
