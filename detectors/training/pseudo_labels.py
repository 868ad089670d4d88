"""Labels for images that have none of our classes: what the COCO teacher sees at a large input size.

A student at 640 pixels learns from a teacher at 1,280, which sees twice as far. Hand-made boxes, where a
folder has them, win over the teacher's.

    python -m detectors.training.pseudo_labels --teacher ONNX --images DIR --labels OUT [--hand DIR]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from ultralytics import YOLO

#: Below this the teacher's boxes are too often wrong to be taught.
TAUGHT_CONFIDENCE = 0.35
#: A teacher's box that overlaps a hand-made one by more is the same vehicle.
SAME_OBJECT_IOU = 0.5

Boxes = NDArray[np.float64]


def hand_made(label_file: Path) -> Boxes:
    """Rows of class, centre x, centre y, width, height (fractions of the image) from a YOLO label file."""
    if not label_file.exists():
        return np.empty((0, 5))
    rows = [
        list(map(float, line.split()[:5])) for line in label_file.read_text().splitlines() if line.strip()
    ]
    return np.array(rows).reshape(-1, 5)


def taught(teacher: YOLO, image: Path, input_size: int) -> Boxes:
    """What the teacher sees, in the same rows."""
    found = teacher.predict(image, imgsz=input_size, conf=TAUGHT_CONFIDENCE, verbose=False, iou=0.6)[0].boxes
    return np.hstack([found.cls.numpy().reshape(-1, 1), found.xywhn.numpy().reshape(-1, 4)])


def merge(certain: Boxes, guessed: Boxes) -> Boxes:
    """All hand-made rows, and those of the teacher's that are no vehicle marked by hand."""
    if not len(certain) or not len(guessed):
        return np.vstack([certain, guessed])

    def corners(rows: Boxes) -> tuple[Boxes, Boxes]:
        return rows[:, 1:3] - rows[:, 3:5] / 2, rows[:, 1:3] + rows[:, 3:5] / 2

    (low_c, high_c), (low_g, high_g) = corners(certain), corners(guessed)
    overlap = np.clip(
        np.minimum(high_c[:, None], high_g[None]) - np.maximum(low_c[:, None], low_g[None]), 0, None
    ).prod(axis=2)
    union = certain[:, 3:5].prod(axis=1)[:, None] + guessed[:, 3:5].prod(axis=1)[None] - overlap
    return np.vstack([certain, guessed[(overlap / union).max(axis=0) < SAME_OBJECT_IOU]])


def main() -> None:
    """Label every image of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", type=Path, required=True, help="ONNX export of start.road_start()")
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--hand", type=Path, help="folder of hand-made YOLO labels in our classes")
    parser.add_argument("--input-size", type=int, default=1280)
    options = parser.parse_args()
    teacher = YOLO(options.teacher, task="detect")
    options.labels.mkdir(parents=True, exist_ok=True)
    images = sorted(p for p in options.images.iterdir() if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
    for image in track(images, description=str(options.images)):
        target = options.labels / f"{image.stem}.txt"
        if target.exists():
            continue
        certain = hand_made(options.hand / target.name) if options.hand else np.empty((0, 5))
        rows = merge(certain, taught(teacher, image, options.input_size))
        target.write_text("".join(f"{int(r[0])} " + " ".join(f"{v:.6f}" for v in r[1:]) + "\n" for r in rows))


if __name__ == "__main__":
    main()
