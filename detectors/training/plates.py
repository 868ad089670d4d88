"""Trains the plate detector from a folder of images with hand-made plate boxes.

    python -m detectors.training.plates --weights W --data DIR --runs RUNS [--epochs 14]

``DIR`` holds ``images/{train,val}`` and ``labels/{train,val}`` in YOLO format, class 0 = plate.
"""

from __future__ import annotations

import torch

from detectors.training.fine_tuning import arguments, describe, fine_tune
from detectors.training.start import coco_teacher, restore_batch_norm, sample


def main() -> None:
    """Train, then export the best checkpoint."""
    options = arguments(__doc__, epochs=14, input_size=576).parse_args()
    description = describe(options, "plates", ["plate"])
    teacher = coco_teacher(options.weights).model
    restore_batch_norm(teacher, sample(options.data / "images/train"))
    start = options.runs / "start.pt"
    torch.save({"model": teacher, "train_args": {}}, start)
    # Plates are seen from 15 px wide to close-ups, and askew.
    exported = fine_tune(
        options,
        "plates",
        start,
        description,
        lr0=1e-3,
        lrf=0.02,
        scale=0.7,
        degrees=6,
        shear=2,
        perspective=0.0003,
        close_mosaic=4,
        cache="ram",
    )
    print(exported)


if __name__ == "__main__":
    main()
