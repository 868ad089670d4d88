"""Boxes of plates in pixels, and the label files that Ultralytics reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

#: The corners (x0, y0, x1, y1) in px.
Box = tuple[float, float, float, float]
SUFFIXES = {".jpg", ".jpeg", ".png"}


def pictures(folder: Path) -> Iterator[Path]:
    """The pictures of a folder, by name."""
    return iter(sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES))


def area(box: Box) -> float:
    """In square pixels; 0 for a box that is turned inside out."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def shared(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    return area((max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])))


def shared_part(one: Box, other: Box) -> float:
    """How much of the smaller box the other one covers."""
    return shared(one, other) / max(1e-9, min(area(one), area(other)))


def clip(box: Box, size: tuple[int, int]) -> Box:
    """What of a box lies in a picture of ``size`` (width, height)."""
    width, height = size
    x0, x1 = (min(max(0.0, x), float(width)) for x in (box[0], box[2]))
    y0, y1 = (min(max(0.0, y), float(height)) for y in (box[1], box[3]))
    return x0, y0, x1, y1


def read_labels(file: Path, size: tuple[int, int]) -> list[Box]:
    """The boxes of a YOLO label file in px of a picture of ``size`` (width, height); none without a file."""
    width, height = size
    boxes = []
    for line in file.read_text().splitlines() if file.exists() else []:
        if line.strip():
            x, y, w, h = (float(value) for value in line.split()[1:5])
            boxes.append(
                ((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)
            )
    return boxes


def write_labels(file: Path, boxes: Sequence[Box], size: tuple[int, int]) -> None:
    """Write boxes in px as a YOLO label file of one class."""
    width, height = size
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = (
        f"0 {(x0 + x1) / 2 / width:.6f} {(y0 + y1) / 2 / height:.6f} "
        f"{(x1 - x0) / width:.6f} {(y1 - y0) / height:.6f}\n"
        for x0, y0, x1, y1 in boxes
    )
    file.write_text("".join(rows))
