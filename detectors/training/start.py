"""Where training starts: YOLOv8n's published COCO weights, with a head for the classes of the road only."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from ultralytics import YOLO
from ultralytics.models.yolo.detect import DetectionTrainer

#: Our classes, in the order of our models, and the index that COCO gives to each.
COCO_INDEX = {"car": 2, "motorcycle": 3, "bus": 5, "truck": 7, "bicycle": 1, "person": 0}


def coco_teacher(weights: Path) -> YOLO:
    """YOLOv8n with COCO's 80 classes, as published; only the names of our classes are set."""
    teacher = YOLO("yolov8n.yaml")
    teacher.model.load_state_dict(load_file(str(weights)), strict=False)
    names = {index: f"coco-{index}" for index in range(80)}
    teacher.model.names = names | {index: name for name, index in COCO_INDEX.items()}
    return teacher


def road_start(weights: Path, checkpoint: Path) -> Path:
    """Write a checkpoint whose six outputs are COCO's rows of our classes: it detects before any training.

    Slicing the last convolution of the class branch keeps what COCO taught about these classes, where a
    fresh head would have to learn it again from a few thousand boxes. The hidden width of the branch stays
    80, so the checkpoint cannot be rebuilt from ``yolov8n.yaml``: see :class:`KeepsItsHead`.
    """
    teacher = coco_teacher(weights)
    rows = list(COCO_INDEX.values())
    head = teacher.model.model[-1]
    for branch in head.cv3:
        wide = branch[-1]
        narrow = torch.nn.Conv2d(wide.in_channels, len(rows), kernel_size=1)
        narrow.weight.data = wide.weight.data[rows].clone()
        narrow.bias.data = wide.bias.data[rows].clone()
        branch[-1] = narrow
    head.nc = len(rows)
    head.no = len(rows) + 4 * head.reg_max
    teacher.model.names = dict(enumerate(COCO_INDEX))
    teacher.model.nc = len(rows)
    teacher.model.yaml["nc"] = len(rows)
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"model": teacher.model, "train_args": {}}, checkpoint)
    return checkpoint


class KeepsItsHead(DetectionTrainer):
    """Trains the model of the checkpoint as it is, where Ultralytics would rebuild it from its YAML."""

    def get_model(
        self, cfg: str | None = None, weights: torch.nn.Module | None = None, verbose: bool = True
    ) -> torch.nn.Module:
        """The checkpoint's own network, in float32."""
        if weights is None:
            raise ValueError("start from the checkpoint that road_start() writes")
        return weights.float()
