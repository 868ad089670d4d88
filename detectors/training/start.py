"""Where training starts: YOLOv8n's published COCO weights, with a head for the classes of the road only."""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file
from ultralytics import YOLO
from ultralytics.models.yolo.detect import DetectionTrainer

#: Our classes, in the order of our models, and the index that COCO gives to each.
COCO_INDEX = {"car": 2, "motorcycle": 3, "bus": 5, "truck": 7, "bicycle": 1, "person": 0}


def coco_teacher(weights: Path) -> YOLO:
    """YOLOv8n with COCO's 80 classes, as published; only the names of our classes are set.

    ``weights`` are safetensors, or a checkpoint of Ultralytics' (.pt).
    """
    if weights.suffix == ".pt":
        teacher = YOLO(str(weights))
    else:
        teacher = YOLO("yolov8n.yaml")
        teacher.model.load_state_dict(load_file(str(weights)), strict=False)
    names = {index: f"coco-{index}" for index in range(80)}
    teacher.model.names = names | {index: name for name, index in COCO_INDEX.items()}
    return teacher


def road_start(weights: Path, checkpoint: Path, images: Path) -> Path:
    """Write a checkpoint whose six outputs are COCO's rows of our classes: it detects before any training.

    Slicing the last convolution of the class branch keeps what COCO taught about these classes, where a
    fresh head would have to learn it again from a few thousand boxes. ``images`` is a folder of pictures of
    roads, from which the batch norms get their statistics back. The hidden width of the branch stays 80, so
    the checkpoint cannot be rebuilt from ``yolov8n.yaml``: see :class:`KeepsItsHead`.
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
    restore_batch_norm(teacher.model, sample(images))
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"model": teacher.model, "train_args": {}}, checkpoint)
    return checkpoint


def sample(folder: Path, count: int = 24, side: int = 640) -> torch.Tensor:
    """``count`` pictures spread over a folder, squeezed to (N, 3, side, side), RGB, values 0 to 1."""
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    chosen = files[:: max(1, len(files) // count)][:count]
    pictures = [
        cv2.resize(cv2.imread(str(path)), (side, side), interpolation=cv2.INTER_AREA) for path in chosen
    ]
    return torch.from_numpy(np.stack(pictures)[..., ::-1].copy()).permute(0, 3, 1, 2).float() / 255


def restore_batch_norm(model: torch.nn.Module, images: torch.Tensor) -> None:
    """Give the batch norms of a folded model their statistics back, without changing what it computes.

    The published 8-bit model had its batch norms folded into the convolutions, so ours are identities: mean
    0, variance 1. In training they would normalise by the batch all the same and undo what COCO taught. With
    the mean m and variance v that real ``images`` (N, 3, H, W, values 0 to 1) give each channel, scale g and
    shift b become g' = g sqrt(v + eps) / s and b' = b + g m / s, where s = sqrt(1 + eps): the same function,
    but trainable.
    """
    seen: dict[torch.nn.BatchNorm2d, torch.Tensor] = {}

    def remember(norm: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        seen[norm] = inputs[0].detach()

    norms = [module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    hooks = [norm.register_forward_pre_hook(remember) for norm in norms]
    model.eval()
    with torch.no_grad():
        model(images)
        for norm in norms:
            hidden = seen[norm]
            mean, variance = hidden.mean((0, 2, 3)), hidden.var((0, 2, 3), unbiased=False)
            slope = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            norm.bias += slope * (mean - norm.running_mean)
            norm.weight.copy_(slope * torch.sqrt(variance + norm.eps))
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
    for hook in hooks:
        hook.remove()


class KeepsItsHead(DetectionTrainer):
    """Trains the model of the checkpoint as it is, where Ultralytics would rebuild it from its YAML."""

    def get_model(
        self, cfg: str | None = None, weights: torch.nn.Module | None = None, verbose: bool = True
    ) -> torch.nn.Module:
        """The checkpoint's own network, in float32."""
        if weights is None:
            raise ValueError("start from the checkpoint that road_start() writes")
        return weights.float()


def main() -> None:
    """Write the start and its ONNX export, which is the teacher of ``pseudo_labels``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True, help="YOLOv8n COCO weights (safetensors)")
    parser.add_argument("--images", type=Path, required=True, help="pictures of roads")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint; its ONNX lies beside it")
    options = parser.parse_args()
    start = YOLO(str(road_start(options.weights, options.out, options.images)))
    print(start.export(format="onnx", dynamic=True, simplify=True, imgsz=640, opset=17, device="cpu"))


if __name__ == "__main__":
    main()
