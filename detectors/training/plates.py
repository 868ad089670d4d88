"""Trains the plate detector from a folder of images with plate boxes.

    python -m detectors.training.plates --weights W --data DIR --runs RUNS [--also DIR …] [--epochs 10]
    python -m detectors.training.plates --from RUNS/plates/weights/best.pt --name plates2 --lr 4e-4 …

``DIR`` holds ``images/{train,val}`` and ``labels/{train,val}`` in YOLO format, class 0 = plate. ``val``
chooses the epoch, so make it with ``tuning_part`` and keep what figures are given for out of it. ``--also``
names further folders with ``images/train`` and ``labels/train``, such as those of ``pasting``. ``--from``
goes on from a checkpoint of ours.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch

from detectors.training.fine_tuning import arguments, describe, fine_tune
from detectors.training.start import KeepsItsHead, coco_teacher, restore_batch_norm, sample

#: How likely a cell of the finest output is to show a plate, before anything is learnt.
_PLATES_AN_IMAGE, _SIDE_PX = 5.0, 640.0

#: Plates are seen from 15 px wide to close-ups, askew, by day and by night.
HOW: dict[str, Any] = {
    "lr0": 1e-3,
    "lrf": 0.02,
    "scale": 0.8,
    "degrees": 8,
    "shear": 3,
    "perspective": 0.0004,
    "translate": 0.15,
    "hsv_h": 0.03,
    "hsv_v": 0.5,
    "close_mosaic": 3,
    "cache": "ram",
}


def plate_start(weights: Path, checkpoint: Path, images: Path) -> Path:
    """Write a checkpoint that keeps all of COCO's layers but the last, which answers for one class, plate.

    Left to itself, Ultralytics throws the whole class branch away, for its width depends on the number of
    classes. ``images`` is a folder of pictures from which the batch norms get their statistics back.
    """
    teacher = coco_teacher(weights).model
    restore_batch_norm(teacher, sample(images))
    head = teacher.model[-1]
    for branch, stride in zip(head.cv3, (8, 16, 32), strict=True):
        last = torch.nn.Conv2d(branch[-1].in_channels, 1, kernel_size=1)
        torch.nn.init.normal_(last.weight, std=0.01)
        last.bias.data.fill_(math.log(_PLATES_AN_IMAGE / (_SIDE_PX / stride) ** 2))
        branch[-1] = last
    head.nc, head.no = 1, 1 + 4 * head.reg_max
    teacher.names, teacher.nc = {0: "plate"}, 1
    teacher.yaml["nc"] = 1
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"model": teacher, "train_args": {}}, checkpoint)
    return checkpoint


def main() -> None:
    """Train, then export the best checkpoint."""
    parser = arguments(__doc__, epochs=10, input_size=640)
    parser.add_argument("--also", type=Path, action="append", default=[], help="more folders to learn from")
    parser.add_argument("--from", type=Path, dest="start", help="a checkpoint of ours to go on from")
    parser.add_argument("--name", default="plates", help="folder in RUNS")
    parser.add_argument("--lr", type=float, default=1e-3, help="learning rate of the first steps")
    options = parser.parse_args()
    description = describe(options.runs, options.name, options.data, options.also, ["plate"])
    start = options.start or plate_start(
        options.weights, options.runs / "plate_start.pt", options.data / "images/train"
    )
    how = HOW | {"lr0": options.lr}
    print(fine_tune(options, options.name, start, description, trainer=KeepsItsHead, **how))


if __name__ == "__main__":
    main()
