"""Trains the vehicle detector from real images with merged labels, and simulated frames as the smaller part.

    python -m detectors.training.vehicles --weights W --data DIR --runs RUNS [--epochs 6]

``DIR`` holds ``images/{train,val}`` and ``labels/{train,val}`` in our classes (``start.COCO_INDEX``), made by
``pseudo_labels`` from real images and by ``roadwitness.simulator.dataset`` from simulated ones.
"""

from __future__ import annotations

from typing import Any

from detectors.training.fine_tuning import arguments, describe, fine_tune
from detectors.training.start import COCO_INDEX, KeepsItsHead, road_start

#: Gently, so that what COCO taught is not forgotten.
HOW: dict[str, Any] = {"lr0": 1.5e-4, "lrf": 0.05, "scale": 0.5, "close_mosaic": 2}


def main() -> None:
    """Fine-tune, then export the best checkpoint."""
    options = arguments(__doc__, epochs=6, input_size=640).parse_args()
    description = describe(options.runs, "vehicles", options.data, (), list(COCO_INDEX))
    start = road_start(options.weights, options.runs / "road_start.pt", options.data / "images/train")
    print(fine_tune(options, "vehicles", start, description, trainer=KeepsItsHead, **HOW))


if __name__ == "__main__":
    main()
