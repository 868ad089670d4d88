"""Simulated frames with vehicle boxes in YOLO format, as the smaller part of a training set.

python -m roadwitness.simulator.dataset OUT --count 400 --seed 5
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2

from roadwitness.progress import progress
from roadwitness.simulator.sampling import training_frames

#: The order of the vehicle detector's classes; the simulator renders the first four.
CLASSES = ("car", "motorcycle", "bus", "truck")


def write_dataset(out: Path, count: int, seed: int) -> None:
    """Write ``count`` frames of random cameras to ``out/images`` and their boxes to ``out/labels``."""
    for part in ("images", "labels"):
        (out / part).mkdir(parents=True, exist_ok=True)
    with progress("Rendering", "frames") as advance:
        for index, frame in enumerate(training_frames(count, seed)):
            height, width = frame.image.shape[:2]
            cv2.imwrite(str(out / "images" / f"sim_{seed}_{index}.jpg"), frame.image)
            lines = []
            for label, (x, y, w, h) in frame.boxes:
                row = ((x + w / 2) / width, (y + h / 2) / height, w / width, h / height)
                lines.append(f"{CLASSES.index(label)} " + " ".join(f"{value:.6f}" for value in row))
            (out / "labels" / f"sim_{seed}_{index}.txt").write_text("\n".join(lines) + "\n")
            advance(index + 1, count)


def main() -> None:
    """Command line of the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    write_dataset(options.out, options.count, options.seed)


if __name__ == "__main__":
    main()
