"""Trains one of the detectors from a data folder, as ``roadwitness train vehicles|plates`` does.

Importing this needs the ``train`` extra.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Its own lines and bars would run into ours.
os.environ.setdefault("YOLO_VERBOSE", "false")

import torch

from detectors.training import plates, vehicles
from detectors.training.checkpoints import KeepsCheckpoints, epochs_done, figures_of, history_of, named
from detectors.training.fine_tuning import describe, export, train
from detectors.training.start import COCO_INDEX, road_start


@dataclass(frozen=True)
class DetectorTraining:
    """One training: ``kind`` is plates or vehicles, ``runs`` where checkpoints go, sizes in px.

    ``also`` are further folders to learn from, ``workers`` the processes that load images. ``resume`` goes on
    after the last whole epoch in ``runs``.
    """

    kind: str
    data: Path
    also: tuple[Path, ...]
    weights: Path
    runs: Path
    epochs: int
    input_size: int
    batch: int
    seed: int
    device: str
    threads: int
    resume: bool
    workers: int = 2


@dataclass(frozen=True)
class DetectorTrained:
    """A finished training: the exported model, and what was measured on the validation part.

    ``figures`` are those of the epoch that was kept, ``history`` those of all epochs, an earlier process's
    too; ``seconds`` is the time of all epochs together.
    """

    onnx: Path
    epochs: int
    seconds: float
    figures: dict[str, float]
    history: tuple[dict[str, float], ...]


@dataclass
class _Watch:
    """Counts the steps of a training for whoever waits for it."""

    on_progress: Callable[[int, int, float], None]
    on_epoch: Callable[[int, int, dict[str, float]], None]
    done: int = 0

    def started(self, trainer: Any) -> None:
        self.done = trainer.start_epoch * len(trainer.train_loader)

    def stepped(self, trainer: Any) -> None:
        self.done += 1
        losses = trainer.tloss.values() if isinstance(trainer.tloss, dict) else trainer.tloss
        loss = sum(float(value) for value in losses) if losses is not None else math.nan
        self.on_progress(self.done, trainer.epochs * len(trainer.train_loader), loss)

    def epoch_ended(self, trainer: Any) -> None:
        self.on_epoch(trainer.epoch + 1, trainer.epochs, named(trainer.metrics))


def train_detector(
    settings: DetectorTraining,
    on_progress: Callable[[int, int, float], None],
    on_epoch: Callable[[int, int, dict[str, float]], None],
) -> DetectorTrained:
    """Train, or go on with a training, and export its best epoch.

    ``on_progress`` gets (steps done, all steps, loss) after every step, ``on_epoch`` (epoch, all epochs, what
    was measured on the validation part). A training that is done already is only exported.
    """
    weights = settings.runs / settings.kind / "weights"
    done = epochs_done(weights / "last.pt") if settings.resume else 0
    watch = _Watch(on_progress, on_epoch)
    how = {"plates": plates.HOW, "vehicles": vehicles.HOW}[settings.kind]
    classes = {"plates": ["plate"], "vehicles": list(COCO_INDEX)}[settings.kind]
    if done < settings.epochs:
        changes: dict[str, Any] = {
            "close_mosaic": min(how["close_mosaic"], settings.epochs // 2),
            "batch": settings.batch,
            "nbs": settings.batch,
            "seed": settings.seed,
            "workers": settings.workers,
        } | ({"resume": True} if done else {})
        description = describe(settings.runs, settings.kind, settings.data, settings.also, classes)
        train(
            settings,
            settings.kind,
            weights / "last.pt" if done else _start(settings),
            description,
            trainer=KeepsCheckpoints,
            callbacks={
                "on_train_start": watch.started,
                "on_train_batch_end": watch.stepped,
                "on_fit_epoch_end": watch.epoch_ended,
            },
            **how | changes,
        )
    history = history_of(weights / "last.pt")
    return DetectorTrained(
        onnx=export(weights / "best.pt", settings.input_size),
        epochs=settings.epochs,
        seconds=sum(row["seconds"] for row in history),
        figures=figures_of(weights / "best.pt"),
        history=tuple(history),
    )


def gpu_at_hand() -> bool:
    """Whether PyTorch can train on a GPU here."""
    return bool(torch.cuda.is_available())


def _start(settings: DetectorTraining) -> Path:
    images = settings.data / "images" / "train"
    checkpoint = settings.runs / "start.pt"
    if settings.kind == "plates":
        return plates.plate_start(settings.weights, checkpoint, images)
    return road_start(settings.weights, checkpoint, images)
