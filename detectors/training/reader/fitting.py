"""Fitting the reader: samples drawn ahead, a schedule, checkpoints that survive a kill, averaged weights."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from detectors.training.reader.batches import Batch, Batches
from detectors.training.reader.classes import CHARACTERS, REGIONS
from detectors.training.reader.network import PlateReaderNetwork
from detectors.training.reader.real import load_real
from detectors.training.reader.samples import SHARD, Recipe, shard_path, write_shards

#: A blank slot is easy and there are many: it counts for less than a character.
_BLANK_WEIGHT = 0.35


@dataclass(frozen=True)
class ReaderTraining:
    """What to train on and for how long. ``epochs`` counts passes over the rendered ``samples``."""

    out: Path
    fonts: Path | None
    real: Path | None
    samples: int = 300_000
    epochs: int = 4
    seed: int = 1
    device: str = "cpu"
    threads: int = 2
    resume: bool = False
    batch: int = 128
    rate: float = 2e-3
    real_share: float = 0.08
    backdrops: Path | None = None
    start: Path | None = None


@dataclass(frozen=True)
class ReaderTrained:
    """A finished training: the averaged network, what it can answer, and its last losses."""

    network: PlateReaderNetwork
    regions: tuple[str, ...]
    steps: int
    loss: float
    seconds: float


def fit(settings: ReaderTraining, on_progress: Callable[[int, int, float], None]) -> ReaderTrained:
    """Train, or go on from the checkpoint in ``out`` (``resume``).

    ``on_progress`` gets the steps done, all steps, and a running mean of the loss.
    """
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    began = time.monotonic()
    shards = _shards(settings)
    real = load_real(settings.real) if settings.real is not None else []
    batches = Batches(shards, real, REGIONS, size=settings.batch, share=settings.real_share)
    network = PlateReaderNetwork(len(CHARACTERS), len(REGIONS)).to(
        settings.device, memory_format=torch.channels_last
    )
    if settings.start is not None:
        network.load_state_dict(torch.load(settings.start, map_location="cpu")["average"])
    average = torch.optim.swa_utils.AveragedModel(network, avg_fn=_blend, use_buffers=True)
    optimizer = torch.optim.AdamW(network.parameters(), settings.rate, weight_decay=0.02)
    steps = max(1, settings.samples * settings.epochs // settings.batch)
    done = _resume(settings, network, average, optimizer) if settings.resume else 0
    loss, saved_at = math.nan, time.monotonic()
    for step in range(done, steps):
        for group in optimizer.param_groups:
            group["lr"] = settings.rate * _schedule(step, steps)
        batch = batches.draw(np.random.default_rng([settings.seed, 7, step]))
        now = _step(network, optimizer, batch, settings.device)
        average.update_parameters(network)
        loss = now if math.isnan(loss) else 0.98 * loss + 0.02 * now
        on_progress(step + 1, steps, loss)
        if time.monotonic() - saved_at > 90 or step + 1 == steps:
            _save(settings, network, average, optimizer, step + 1, loss)
            saved_at = time.monotonic()
    final = average.module
    assert isinstance(final, PlateReaderNetwork)
    return ReaderTrained(final.eval(), REGIONS, steps, loss, time.monotonic() - began)


def _blend(average: Tensor, now: Tensor, averaged: Tensor | int) -> Tensor:
    """A running mean whose memory grows to about 500 steps, so that it forgets the beginning."""
    keep = min(0.998, (1 + int(averaged)) / (20 + int(averaged)))
    return average * keep + now * (1 - keep)


def _shards(settings: ReaderTraining) -> list[Path]:
    count = max(1, settings.samples // SHARD)
    recipe = Recipe(settings.out / "samples", settings.seed, settings.fonts, settings.backdrops)
    paths = [shard_path(recipe.out, recipe.seed, index) for index in range(count)]
    if not all(path.exists() for path in paths):
        for _ in write_shards(recipe, count, settings.threads):
            pass
    return sorted(recipe.out.glob("shard-*.npz.d"))


def _schedule(step: int, steps: int) -> float:
    """A warm-up over the first 300 steps, then half a cosine down to a hundredth."""
    warm = min(1.0, (step + 1) / min(300, max(1, steps // 10)))
    return warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / max(1, steps))))


def _step(network: PlateReaderNetwork, optimizer: torch.optim.Optimizer, batch: Batch, device: str) -> float:
    network.train()
    crops = batch.crops.to(device).contiguous(memory_format=torch.channels_last)
    numbers, areas = batch.numbers.to(device), batch.regions.to(device)
    true_corners, known = batch.corners.to(device), batch.cornered.to(device)
    scaled = crops / 127.5 - 1
    with torch.autocast(device, torch.bfloat16):
        found = network.corners(scaled)
    found = found.float()
    # Half of the plates are straightened by their true corners, shaken: the characters can be learned before
    # the corners are, and the reader stands corners that are a little wrong.
    guided = (torch.rand(len(crops), device=device) < 0.5) & (known > 0)
    used = torch.where(
        guided[:, None, None], true_corners + torch.randn_like(true_corners) * 0.015, found.detach()
    )
    plate = network.straighten(scaled, used)
    with torch.autocast(device, torch.bfloat16):
        characters, region, legible = network.characters(plate)
    loss = reading_loss(characters.float(), numbers)
    loss = loss + 0.1 * F.cross_entropy(region.float(), areas)
    corner = F.smooth_l1_loss(found, true_corners, reduction="none", beta=0.02).mean(dim=(1, 2))
    loss = loss + 4.0 * (corner * known).sum() / known.sum().clamp(min=1)
    right = (characters.argmax(-1) == numbers).all(dim=1).float()
    loss = loss + 0.1 * F.binary_cross_entropy_with_logits(legible.float(), right)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
    optimizer.step()
    return float(loss.detach())


def reading_loss(logits: Tensor, numbers: Tensor) -> Tensor:
    """Cross entropy over the ten positions, (B, 10, classes) against (B, 10); blanks count for less."""
    weights = torch.ones(logits.shape[-1], device=logits.device)
    weights[0] = _BLANK_WEIGHT
    return F.cross_entropy(logits.flatten(0, 1), numbers.flatten(), weight=weights)


def _checkpoint(settings: ReaderTraining) -> Path:
    return settings.out / "checkpoint.pt"


def _save(
    settings: ReaderTraining,
    network: PlateReaderNetwork,
    average: torch.optim.swa_utils.AveragedModel,
    optimizer: torch.optim.Optimizer,
    step: int,
    loss: float,
) -> None:
    """Write beside, flush, then rename: a kill leaves the old checkpoint or the new one."""
    settings.out.mkdir(parents=True, exist_ok=True)
    path = _checkpoint(settings)
    beside = path.with_suffix(".part")
    state = {
        "network": network.state_dict(),
        "average": average.module.state_dict(),
        "averaged": average.n_averaged,
        "optimizer": optimizer.state_dict(),
        "step": step,
        "settings": json.dumps(asdict(settings), default=str),
    }
    with beside.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    with (settings.out / "losses.csv").open("a") as log:
        log.write(f"{step},{loss:.4f}\n")


def _resume(
    settings: ReaderTraining,
    network: PlateReaderNetwork,
    average: torch.optim.swa_utils.AveragedModel,
    optimizer: torch.optim.Optimizer,
) -> int:
    path = _checkpoint(settings)
    if not path.exists():
        return 0
    state = torch.load(path, map_location=settings.device)
    network.load_state_dict(state["network"])
    average.module.load_state_dict(state["average"])
    average.n_averaged = state["averaged"]
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])


def load_checkpoint(path: Path) -> PlateReaderNetwork:
    """The averaged network out of a checkpoint."""
    network = PlateReaderNetwork(len(CHARACTERS), len(REGIONS))
    network.load_state_dict(torch.load(path, map_location="cpu")["average"])
    return network.eval()
