"""Batches for the reader: rendered shards and real crops, mixed, seen anew at every use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from detectors.training.reader.classes import encode
from detectors.training.reader.real import RealCrop, shaken
from detectors.training.reader.samples import open_shard
from detectors.training.reader.varying import varied


@dataclass(frozen=True)
class Batch:
    """Crops RGB (B, 3, 64, 176) 0..255, numbers (B, 10), corners (B, 4, 2), regions (B,).

    ``cornered`` (B,) is 1 where the corners are known.
    """

    crops: Tensor
    numbers: Tensor
    corners: Tensor
    regions: Tensor
    cornered: Tensor


class Batches:
    """Draws batches for ever; the generator's seed and the step decide what is in one."""

    def __init__(
        self,
        shards: Sequence[Path],
        real: Sequence[RealCrop],
        regions: Sequence[str],
        *,
        size: int,
        share: float,
    ) -> None:
        """``share`` is the part of a batch that is real, where there are real crops."""
        self._shards = [open_shard(path) for path in shards]
        self._real = list(real)
        self._texts = np.stack([encode(crop.text) for crop in real]) if real else np.zeros((0, 10), np.uint8)
        self._areas = np.array([regions.index(crop.country) for crop in real], np.int64)
        self._size = size
        self._real_size = round(size * share) if real else 0

    def draw(self, rng: np.random.Generator) -> Batch:
        """One batch."""
        made = self._size - self._real_size
        # The samples of a shard are drawn alike, so that a run of them is as good as any rows, and one read.
        picked = [self._shards[k] for k in rng.integers(len(self._shards), size=4)]
        parts = []
        for q, shard in enumerate(picked):
            count = min(made // 4 + (q < made % 4), len(shard.crops))
            first = int(rng.integers(len(shard.crops) - count + 1))
            parts.append((shard, slice(first, first + count)))
        seen = [
            varied(np.asarray(crop), np.asarray(where), float(width), rng)
            for shard, row in parts
            for crop, where, width in zip(
                shard.crops[row], shard.corners[row], shard.widths_px[row], strict=True
            )
        ]
        made = len(seen)
        crops, corners = (np.stack(each) for each in zip(*seen, strict=True))
        numbers = np.concatenate([shard.numbers[row] for shard, row in parts])
        areas = np.concatenate([shard.regions[row] for shard, row in parts]).astype(np.int64)
        known = np.ones(made + self._real_size, np.float32)
        if self._real_size:
            chosen = rng.integers(len(self._real), size=self._real_size)
            crops = np.concatenate([crops, np.stack([shaken(self._real[k].image, rng) for k in chosen])])
            numbers = np.concatenate([numbers, self._texts[chosen]])
            corners = np.concatenate([corners, np.zeros((self._real_size, 4, 2), np.float32)])
            areas = np.concatenate([areas, self._areas[chosen]])
            known[made:] = 0
        pictures = torch.from_numpy(np.ascontiguousarray(crops[..., ::-1].transpose(0, 3, 1, 2))).float()
        return Batch(
            _varied(pictures, rng),
            torch.from_numpy(numbers.astype(np.int64)),
            torch.from_numpy(corners),
            torch.from_numpy(areas),
            torch.from_numpy(known),
        )


def _varied(crops: Tensor, rng: np.random.Generator) -> Tensor:
    """Light, colour and noise anew at each use, so that a sample seen again is not the same picture."""
    count = crops.shape[0]
    gains = rng.normal(0, 0.14, (count, 1, 1, 1)) + rng.normal(0, 0.05, (count, 3, 1, 1))
    gain = torch.from_numpy(np.exp(gains).astype(np.float32))
    shift = torch.from_numpy(rng.normal(0, 12, (count, 1, 1, 1)).astype(np.float32))
    noise = torch.from_numpy(np.abs(rng.normal(0, 3, (count, 1, 1, 1))).astype(np.float32))
    varied = (crops - 128) * gain + 128 + shift + torch.randn(count, 1, *crops.shape[2:]) * noise
    turned = torch.from_numpy((rng.random((count, 1, 1, 1)) < 0.02).astype(np.float32))
    return (varied * (1 - turned) + (255 - varied) * turned).clamp(0, 255)
