"""One way to fine-tune a YOLO detector with Ultralytics, on a GPU or on a CPU, and to export it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("YOLO_OFFLINE", "true")

import torch
from ultralytics import YOLO

from detectors.training.cpu_bf16 import train_in_bfloat16


def arguments(description: str | None, *, epochs: int, input_size: int) -> argparse.ArgumentParser:
    """The options that every training has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--weights", type=Path, required=True, help="YOLOv8n COCO weights (safetensors)")
    parser.add_argument("--data", type=Path, required=True, help="images/ and labels/, each train and val")
    parser.add_argument("--runs", type=Path, required=True, help="where checkpoints and the export go")
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--input-size", type=int, default=input_size)
    parser.add_argument("--device", default="cpu")
    return parser


def describe(options: argparse.Namespace, name: str, classes: Sequence[str]) -> Path:
    """Write what Ultralytics wants to know of the data set."""
    options.runs.mkdir(parents=True, exist_ok=True)
    names = "".join(f"  {index}: {label}\n" for index, label in enumerate(classes))
    target: Path = options.runs / f"{name}.yaml"
    target.write_text(
        f"path: {options.data.resolve()}\ntrain: images/train\nval: images/val\nnames:\n{names}"
    )
    return target


def fine_tune(
    options: argparse.Namespace, name: str, start: Path, description: Path, **settings: Any
) -> Path:
    """Train from ``start`` and export the best checkpoint as ONNX with a free input size; the ONNX file.

    ``settings`` are Ultralytics' own, for what differs from one training to the other.
    """
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
        warmup_epochs=0.5,
        # Ultralytics warms biases up from 0.1, which undoes a start that detects already.
        warmup_bias_lr=0.0,
        seed=7,
        device=options.device,
        amp=not on_cpu,
        workers=2,
        plots=False,
        project=str(options.runs.resolve()),
        name=name,
        exist_ok=True,
        **settings,
    )
    best = YOLO(str(options.runs / name / "weights" / "best.pt"))
    return Path(best.export(format="onnx", dynamic=True, simplify=True, imgsz=640, opset=17, device="cpu"))
