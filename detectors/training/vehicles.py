"""Trains the vehicle detector from real images with merged labels, and simulated frames as the smaller part.

    python -m detectors.training.vehicles --weights W --data DIR --runs RUNS [--epochs 6]

``DIR`` holds ``images/{train,val}`` and ``labels/{train,val}`` in our classes (``start.COCO_INDEX``), made by
``pseudo_labels`` from real images and by ``roadwitness.simulator.dataset`` from simulated ones.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

os.environ.setdefault("YOLO_OFFLINE", "true")

import torch
from ultralytics import YOLO

from detectors.training.cpu_bf16 import train_in_bfloat16
from detectors.training.start import COCO_INDEX, KeepsItsHead, road_start


def main() -> None:
    """Fine-tune gently, so that what COCO taught is not forgotten, and export as ONNX."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True, help="YOLOv8n COCO weights (safetensors)")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True, help="where checkpoints and the export go")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--input-size", type=int, default=640)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()

    options.runs.mkdir(parents=True, exist_ok=True)
    description = options.runs / "vehicles.yaml"
    names = "".join(f"  {index}: {name}\n" for index, name in enumerate(COCO_INDEX))
    description.write_text(
        f"path: {options.data.resolve()}\ntrain: images/train\nval: images/val\nnames:\n{names}"
    )
    start = road_start(options.weights, options.runs / "road_start.pt", options.data / "images/train")

    on_cpu = options.device == "cpu"
    if on_cpu:
        train_in_bfloat16()
    model = YOLO(str(start))
    model.add_callback("on_train_start", lambda _: torch.set_num_threads(os.cpu_count() or 1))
    model.train(
        trainer=KeepsItsHead,
        data=str(description),
        imgsz=options.input_size,
        epochs=options.epochs,
        batch=16,
        nbs=16,
        optimizer="AdamW",
        lr0=1.5e-4,
        lrf=0.05,
        warmup_epochs=0.5,
        warmup_bias_lr=0.0,
        scale=0.5,
        close_mosaic=2,
        seed=7,
        device=options.device,
        amp=not on_cpu,
        workers=2,
        plots=False,
        project=str(options.runs.resolve()),
        name="vehicles",
        exist_ok=True,
    )
    best = YOLO(str(options.runs / "vehicles" / "weights" / "best.pt"))
    print(best.export(format="onnx", dynamic=True, simplify=True, imgsz=640, opset=17, device="cpu"))


if __name__ == "__main__":
    main()
