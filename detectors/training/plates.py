"""Trains the plate detector from a folder of images with hand-made plate boxes.

    python -m detectors.training.plates --weights W --data DIR --runs RUNS [--epochs 14]

``DIR`` holds ``images/{train,val}`` and ``labels/{train,val}`` in YOLO format, class 0 = plate.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

os.environ.setdefault("YOLO_OFFLINE", "true")

import torch
from ultralytics import YOLO

from detectors.training.cpu_bf16 import train_in_bfloat16
from detectors.training.start import coco_teacher, restore_batch_norm, sample


def main() -> None:
    """Train, then export the best checkpoint as ONNX with a free input size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True, help="YOLOv8n COCO weights (safetensors)")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True, help="where checkpoints and the export go")
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--input-size", type=int, default=576)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()

    options.runs.mkdir(parents=True, exist_ok=True)
    description = options.runs / "plates.yaml"
    description.write_text(
        f"path: {options.data.resolve()}\ntrain: images/train\nval: images/val\nnames: {{0: plate}}\n"
    )
    start = options.runs / "start.pt"
    teacher = coco_teacher(options.weights).model
    restore_batch_norm(teacher, sample(options.data / "images/train"))
    torch.save({"model": teacher, "train_args": {}}, start)

    on_cpu = options.device == "cpu"
    if on_cpu:
        train_in_bfloat16()
    model = YOLO(str(start))
    # Ultralytics leaves one core idle otherwise.
    model.add_callback("on_train_start", lambda _: torch.set_num_threads(os.cpu_count() or 1))
    model.train(
        data=str(description),
        imgsz=options.input_size,
        epochs=options.epochs,
        batch=16,
        nbs=16,
        optimizer="AdamW",
        lr0=1e-3,
        lrf=0.02,
        warmup_epochs=0.5,
        warmup_bias_lr=0.0,
        # Plates are seen from 15 px wide to close-ups, and askew.
        scale=0.7,
        degrees=6,
        shear=2,
        perspective=0.0003,
        close_mosaic=4,
        seed=7,
        device=options.device,
        amp=not on_cpu,
        workers=2,
        cache="ram",
        plots=False,
        project=str(options.runs.resolve()),
        name="plates",
        exist_ok=True,
    )
    best = YOLO(str(options.runs / "plates" / "weights" / "best.pt"))
    print(best.export(format="onnx", dynamic=True, simplify=True, imgsz=640, opset=17, device="cpu"))


if __name__ == "__main__":
    main()
