"""Gathers images and labels from several folders into one training set, by links.

python -m detectors.training.gather OUT --train IMAGES:LABELS [--train …] --val IMAGES:LABELS [--val …]
"""

from __future__ import annotations

import argparse
from pathlib import Path

SUFFIXES = {".jpg", ".jpeg", ".png"}


def gather(out: Path, part: str, pairs: list[str]) -> int:
    """Link every image that has a labelled object into ``out``; returns how many there are."""
    images, labels = out / "images" / part, out / "labels" / part
    images.mkdir(parents=True, exist_ok=True)
    labels.mkdir(parents=True, exist_ok=True)
    count = 0
    for number, pair in enumerate(pairs):
        from_images, _, from_labels = pair.partition(":")
        for image in sorted(p for p in Path(from_images).iterdir() if p.suffix.lower() in SUFFIXES):
            label = Path(from_labels) / f"{image.stem}.txt"
            # An image on which the teacher saw nothing is no proof that nothing is there (night, close-ups).
            if not label.exists() or not label.read_text().strip():
                continue
            name = f"{number}_{image.stem}"
            (images / f"{name}{image.suffix}").symlink_to(image.resolve())
            (labels / f"{name}.txt").symlink_to(label.resolve())
            count += 1
    return count


def main() -> None:
    """Gather a training and a validation part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--train", action="append", default=[])
    parser.add_argument("--val", action="append", default=[])
    options = parser.parse_args()
    for part in ("train", "val"):
        print(part, gather(options.out, part, getattr(options, part)))


if __name__ == "__main__":
    main()
