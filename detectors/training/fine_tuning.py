"""One way to fine-tune a YOLO detector with Ultralytics, on a GPU or on a CPU, and to export it."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
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


def describe(runs: Path, name: str, data: Path, also: Sequence[Path], classes: Sequence[str]) -> Path:
    """Write what Ultralytics wants to know of the data set, and of further folders to learn from."""
    runs.mkdir(parents=True, exist_ok=True)
    target = runs / f"{name}.yaml"
    text = {
        "train": [str(folder.resolve() / "images/train") for folder in (data, *also)],
        "val": str(data.resolve() / "images/val"),
        "names": dict(enumerate(classes)),
    }
    # JSON is YAML.
    target.write_text(json.dumps(text, indent=1), encoding="utf-8")
    return target


def fine_tune(
    options: argparse.Namespace, name: str, start: Path, description: Path, **settings: Any
) -> Path:
    """Train from ``start`` and export the best checkpoint as ONNX with a free input size; the ONNX file.

    ``settings`` are Ultralytics' own, for what differs from one training to the other.
    """
    train(options, name, start, description, **settings)
    return export(options.runs / name / "weights" / "best.pt", options.input_size)


def train(
    options: Any,
    name: str,
    start: Path,
    description: Path,
    *,
    callbacks: Mapping[str, Callable[[Any], None]] = MappingProxyType({}),
    **settings: Any,
) -> None:
    """Train from ``start``; the checkpoints go to ``runs/name/weights``.

    ``callbacks`` are called at Ultralytics' events with its trainer.
    """
    on_cpu = options.device == "cpu"
    if on_cpu:
        train_in_bfloat16()
    model = YOLO(str(start))
    # Ultralytics leaves one core idle otherwise.
    threads = getattr(options, "threads", 0) or os.cpu_count() or 1
    model.add_callback("on_train_start", lambda _: torch.set_num_threads(threads))
    for event, callback in callbacks.items():
        model.add_callback(event, callback)
    usual: dict[str, Any] = {
        "batch": 16,
        "nbs": 16,
        "optimizer": "AdamW",
        "warmup_epochs": 0.5,
        # Ultralytics warms biases up from 0.1, which undoes a start that detects already.
        "warmup_bias_lr": 0.0,
        "seed": 7,
        "workers": 2,
        "plots": False,
        "exist_ok": True,
    }
    model.train(
        data=str(description),
        imgsz=options.input_size,
        epochs=options.epochs,
        device=options.device,
        amp=not on_cpu,
        project=str(options.runs.resolve()),
        name=name,
        **usual | settings,
    )


def export(checkpoint: Path, input_size: int) -> Path:
    """Write a checkpoint as ONNX with a free input size, beside it; the ONNX file.

    ``input_size`` is what it was trained at, in px: the file says so.
    """
    best = YOLO(str(checkpoint))
    return Path(
        best.export(format="onnx", dynamic=True, simplify=True, imgsz=input_size, opset=17, device="cpu")
    )
