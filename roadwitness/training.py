"""``roadwitness train``: repeats a model from a data folder, shows how far it is, and leaves it ready to use.

PyTorch comes with the extra ``train`` and is imported only when a training can begin.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detectors.classes import PLATE
from detectors.manifest import FOLDER_VARIABLE, ModelEntry
from detectors.training.data_folder import check_detection_data
from detectors.training.model_card import TrainingRecord, write_card, write_figures
from detectors.training.publish import publish
from detectors.training.run_folder import TrainingError, device_named, open_run, require_extra
from roadwitness.progress import progress, say

_ROAD_USERS = ("car", "motorcycle", "bus", "truck", "bicycle", "person")
_CLASSES = {"plates": (PLATE,), "vehicles": _ROAD_USERS}
_PURPOSE = {
    "plates": "Finds number plates, in whole pictures and in crops of vehicles.",
    "vehicles": "Finds road users in a camera frame: car, motorcycle, bus, truck, bicycle, person.",
    "reader": "Reads the characters of a plate from its crop, with a probability for each.",
}


@dataclass(frozen=True)
class DetectorOrder:
    """What was asked of ``train plates`` or ``train vehicles``."""

    kind: str
    data: Path
    out: Path
    weights: Path
    also: tuple[Path, ...]
    epochs: int
    input_size: int
    batch: int
    seed: int
    device: str
    threads: int
    resume: bool
    trained_on: tuple[str, ...]


@dataclass(frozen=True)
class ReaderOrder:
    """What was asked of ``train reader``."""

    out: Path
    fonts: Path | None
    real: Path | None
    tuning: Path | None
    backdrops: Path | None
    samples: int
    epochs: int
    seed: int
    device: str
    threads: int
    resume: bool


def train_detector_model(order: DetectorOrder) -> ModelEntry:
    """Train a detector and leave ONNX, card, figures and manifest entry in ``order.out``.

    Raises:
        TrainingError, DatasetError: when it cannot begin or go on; nothing is written then.
    """
    images = check_detection_data(order.data, _CLASSES[order.kind])
    for folder in order.also:
        images["train"] += check_detection_data(folder, _CLASSES[order.kind], ("train",))["train"]
    if not order.weights.is_file():
        raise TrainingError(
            f"There are no weights {order.weights} to start from: give YOLOv8n's COCO weights by --weights, "
            "as .safetensors or as Ultralytics' yolov8n.pt."
        )
    require_extra("torch", "ultralytics", "safetensors")
    torch_side: Any = importlib.import_module("detectors.training.detector_run")
    device = device_named(order.device, torch_side.gpu_at_hand())
    run = open_run(
        order.out,
        order.kind,
        {
            "data": str(order.data.resolve()),
            "also": [str(folder.resolve()) for folder in order.also],
            "weights": str(order.weights.resolve()),
            "epochs": order.epochs,
            "input_size": order.input_size,
            "batch": order.batch,
            "seed": order.seed,
        },
        resume=order.resume,
    )
    settings = torch_side.DetectorTraining(
        kind=order.kind,
        data=order.data,
        also=order.also,
        weights=order.weights,
        runs=run.checkpoints,
        epochs=order.epochs,
        input_size=order.input_size,
        batch=order.batch,
        seed=order.seed,
        device=device,
        threads=order.threads,
        resume=run.resumed,
    )
    with _steps(f"Training {order.kind}") as on_progress:
        trained = torch_side.train_detector(settings, on_progress, _say_epoch)
    entry = publish(
        trained.onnx,
        name=order.kind,
        base=f"{order.weights.name} (YOLOv8n, COCO)",
        trained_on=order.trained_on or (f"{order.data.name} ({images['train']} images)",),
        metrics=trained.figures,
        folder=order.out,
    )
    options = [f"--data {order.data.name}", *(f"--also {folder.name}" for folder in order.also)]
    options += [f"--weights {order.weights.name}", f"--epochs {order.epochs}"]
    options += [f"--input-size {order.input_size}", f"--batch {order.batch}", f"--seed {order.seed}"]
    record = TrainingRecord(
        purpose=_PURPOSE[order.kind],
        command=f"roadwitness train {order.kind} {' '.join(options)} --out OUT",
        device=device,
        epochs=trained.epochs,
        seconds=trained.seconds,
        images=images,
        figures=trained.figures,
        history=trained.history,
    )
    return _leave(order.out, entry, record)


def train_reader_model(order: ReaderOrder) -> ModelEntry:
    """Train the reader and leave ONNX, card, figures and manifest entry in ``order.out``.

    Raises:
        TrainingError: when it cannot begin or go on; nothing is written then.
    """
    for folder in (order.fonts, order.real, order.tuning, order.backdrops):
        if folder is not None and not folder.is_dir():
            raise TrainingError(f"There is no folder {folder}: check its name, or leave it out.")
    require_extra("torch")
    torch_side: Any = importlib.import_module("detectors.training.reader_run")
    device = device_named(order.device, torch_side.gpu_at_hand())
    asked = {"fonts": order.fonts, "real": order.real, "backdrops": order.backdrops}
    run = open_run(
        order.out,
        "reader",
        {name: None if folder is None else str(folder.resolve()) for name, folder in asked.items()}
        | {"samples": order.samples, "epochs": order.epochs, "seed": order.seed},
        resume=order.resume,
    )
    settings = torch_side.ReaderTraining(
        out=run.checkpoints,
        **asked,
        samples=order.samples,
        epochs=order.epochs,
        seed=order.seed,
        device=device,
        threads=order.threads,
        resume=run.resumed,
    )
    with progress("Rendering plates", "plates") as advance:
        torch_side.render(settings, advance)
    with _steps("Training reader") as on_progress:
        trained, entry = torch_side.train_reader(settings, on_progress, tuning=order.tuning, models=order.out)
    options = [f"--{name} {folder.name}" for name, folder in asked.items() if folder is not None]
    options += [f"--samples {order.samples}", f"--epochs {order.epochs}", f"--seed {order.seed}"]
    record = TrainingRecord(
        purpose=_PURPOSE["reader"],
        command=f"roadwitness train reader {' '.join(options)} --out OUT",
        device=device,
        epochs=order.epochs,
        seconds=trained.seconds,
        images={"rendered": order.samples},
        figures=entry.metrics,
        caveat="A loss says little about reading: measure with `roadwitness evaluate reader`.",
    )
    return _leave(order.out, entry, record)


def _leave(out: Path, entry: ModelEntry, record: TrainingRecord) -> ModelEntry:
    card, figures = write_card(out, entry, record), write_figures(out, entry, record)
    say(f"{out / entry.file}: {entry.bytes / 1e6:.1f} MB, {card.name} and {figures.name} beside it.", "green")
    say(f"To use it: {FOLDER_VARIABLE}={out} roadwitness …")
    return entry


def _say_epoch(epoch: int, epochs: int, figures: Mapping[str, float]) -> None:
    shown = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
    say(f"Epoch {epoch} of {epochs}: {shown}")


@contextmanager
def _steps(what: str) -> Iterator[Callable[[int, int, float], None]]:
    """A bar over the steps of this process: what an earlier one did says nothing about the rate of this."""
    first: int | None = None
    said_at = 0.0
    with progress(what, "steps") as advance:

        def on_progress(done: int, total: int, loss: float) -> None:
            nonlocal first, said_at
            if first is None:
                first = done - 1
                if first:
                    say(f"Going on after step {first} of {total}.")
            advance(done - first, total - first)
            if time.monotonic() - said_at > 60:
                said_at = time.monotonic()
                say(f"{what}: step {done} of {total}, loss {loss:.3f}", "dim")

        yield on_progress
