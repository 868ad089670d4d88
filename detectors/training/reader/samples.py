"""Rendered training samples on disk: shards, each named by its seed, written by several processes.

``python -m detectors.training.reader.samples --out DIR --samples 300000 --fonts FONTS`` writes them ahead;
training writes what is missing. Shard k of seed s is the same to the bit on any machine with the same
fonts and the same OpenCV, so a training can be repeated from two numbers.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.training.plateart.glyphs import GlyphLibrary
from detectors.training.plateart.layouts import load_layouts
from detectors.training.plateart.lettering import Lettering
from detectors.training.plateart.rendering import PlatePrinter
from detectors.training.reader.backdrops import painted, photographed
from detectors.training.reader.classes import REGIONS, encode
from detectors.training.reader.degrading import Harshness, photograph
from detectors.training.reader.shapes import CROP_SIZE

SHARD = 4096


@dataclass(frozen=True)
class Recipe:
    """What a set of shards is made from.

    ``backdrops`` is a folder of photographs without plates. ``only`` names countries' ISO codes or layouts
    (``us/rider``), for a second helping of what is misread.
    """

    out: Path
    seed: int
    fonts: Path | None
    backdrops: Path | None = None
    harsh: Harshness = field(default_factory=Harshness)
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shard:
    """Samples in memory or mapped: crops BGR (N, 64, 176, 3), numbers (N, 10), corners (N, 4, 2).

    ``regions`` (N,) are numbers of :data:`detectors.training.reader.classes.REGIONS`.
    ``widths_px`` (N,) is each plate's width in the camera's picture.
    """

    crops: NDArray[np.uint8]
    numbers: NDArray[np.uint8]
    corners: NDArray[np.float32]
    regions: NDArray[np.uint8]
    widths_px: NDArray[np.float32]


def shard_path(out: Path, seed: int, index: int) -> Path:
    """Where shard ``index`` of ``seed`` lies."""
    return out / f"shard-{seed}-{index:04d}.npz.d"


def open_shard(path: Path) -> Shard:
    """Map a written shard."""
    names = ("crops", "numbers", "corners", "regions", "widths_px")
    return Shard(*(np.load(path / f"{name}.npy", mmap_mode="r") for name in names))


@lru_cache(maxsize=1)
def _library(fonts: Path | None) -> GlyphLibrary:
    return GlyphLibrary.open(fonts)


def draw(recipe: Recipe, index: int, count: int = SHARD) -> Shard:
    """Render shard ``index``: ``count`` samples, seeded with the recipe's seed and the index."""
    rng = np.random.default_rng([recipe.seed, index])
    # Chinese characters are in no typeface that comes with the software.
    weights = {"CN": 0.0} if recipe.fonts is None else None
    lettering = None if recipe.fonts is None else Lettering((recipe.fonts,))
    asked = set(recipe.only)
    layouts = [each for each in load_layouts() if not asked or asked & {each.country, each.key}]
    printer = PlatePrinter(layouts, _library(recipe.fonts), weights=weights, lettering=lettering)
    number = {region: k for k, region in enumerate(REGIONS)}
    scenes = [painted(rng) for _ in range(40)]
    if recipe.backdrops is not None:
        scenes += photographed(recipe.backdrops, rng, 200)
    height, width = CROP_SIZE
    crops = np.empty((count, height, width, 3), np.uint8)
    numbers = np.empty((count, 10), np.uint8)
    corners = np.empty((count, 4, 2), np.float32)
    areas = np.empty(count, np.uint8)
    widths = np.empty(count, np.float32)
    for k in range(count):
        plate = printer.print(rng)
        seen = photograph(plate.image, rng, recipe.harsh, scenes[int(rng.integers(len(scenes)))])
        crops[k] = fitted(seen.crop)
        numbers[k] = encode(plate.text)
        corners[k], areas[k], widths[k] = (
            seen.corners,
            number.get(plate.country, number["ZZ"]),
            seen.plate_width_px,
        )
    return Shard(crops, numbers, corners, areas, widths)


def fitted(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A crop as the network takes it: (64, 176, 3), stretched, averaged where it shrinks."""
    height, width = CROP_SIZE
    smaller = crop.shape[0] > height or crop.shape[1] > width
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(crop, (width, height), interpolation=way), np.uint8)


def write_shard(recipe: Recipe, index: int) -> Path:
    """Render shard ``index`` and put it in place whole; one that is there already is left alone."""
    path = shard_path(recipe.out, recipe.seed, index)
    if path.exists():
        return path
    cv2.setNumThreads(1)
    shard = draw(recipe, index)
    unfinished = path.with_suffix(".part")
    unfinished.mkdir(parents=True, exist_ok=True)
    for name in ("crops", "numbers", "corners", "regions", "widths_px"):
        np.save(unfinished / f"{name}.npy", getattr(shard, name))
    unfinished.rename(path)
    return path


def write_shards(recipe: Recipe, shards: int, workers: int) -> Iterator[Path]:
    """Write shards 0 to ``shards`` - 1 in ``workers`` processes, giving each path as it is done."""
    recipe.out.mkdir(parents=True, exist_ok=True)
    facts = {"seed": recipe.seed, "shards": shards, "samples": shards * SHARD}
    (recipe.out / "recipe.json").write_text(json.dumps(facts, indent=1) + "\n")
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(_Writer(recipe), range(shards))


@dataclass(frozen=True)
class _Writer:
    recipe: Recipe

    def __call__(self, index: int) -> Path:
        return write_shard(self.recipe, index)


def main() -> None:
    """Write shards ahead of a training."""
    from rich.progress import track

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--backdrops", type=Path)
    parser.add_argument("--samples", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="countries or layouts, such as US or us/rider,us/tight")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    recipe = Recipe(
        asked.out, asked.seed, asked.fonts, asked.backdrops, only=tuple(filter(None, asked.only.split(",")))
    )
    shards = -(-asked.samples // SHARD)
    for _ in track(write_shards(recipe, shards, asked.workers), "Rendering plates", total=shards):
        pass


if __name__ == "__main__":
    main()
