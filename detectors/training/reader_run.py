"""Trains the plate reader from rendered plates, as ``roadwitness train reader`` does.

Importing this needs the ``train`` extra.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from detectors.manifest import ModelEntry
from detectors.training.reader.finishing import finish
from detectors.training.reader.fitting import ReaderTrained, ReaderTraining, fit
from detectors.training.reader.samples import SHARD, Recipe, shard_path, write_shards


def render(settings: ReaderTraining, on_progress: Callable[[int, int], None]) -> None:
    """Render the plates that are not there yet; ``on_progress`` gets (plates done, all plates)."""
    recipe, count = _recipe(settings), max(1, settings.samples // SHARD)
    if all(shard_path(recipe.out, recipe.seed, index).exists() for index in range(count)):
        return
    for done, _ in enumerate(write_shards(recipe, count, settings.threads or os.cpu_count() or 1), start=1):
        on_progress(done * SHARD, count * SHARD)


def train_reader(
    settings: ReaderTraining,
    on_progress: Callable[[int, int, float], None],
    *,
    tuning: Path | None,
    models: Path,
) -> tuple[ReaderTrained, ModelEntry]:
    """Train, or go on with a training, calibrate, and enter the model into the manifest of ``models``.

    ``on_progress`` gets (steps done, all steps, loss). ``tuning`` holds real crops that were not trained on.
    """
    if settings.threads == 0:
        settings = replace(settings, threads=os.cpu_count() or 1)
    trained = fit(settings, on_progress)
    entry = finish(
        trained.network,
        settings.out,
        _recipe(settings),
        real=settings.real,
        tuning=tuning,
        metrics={"loss": round(trained.loss, 4)},
        models=models,
    )
    return trained, entry


def _recipe(settings: ReaderTraining) -> Recipe:
    return Recipe(settings.out / "samples", settings.seed, settings.fonts, settings.backdrops)


def gpu_at_hand() -> bool:
    """Whether PyTorch can train on a GPU here."""
    return bool(torch.cuda.is_available())
