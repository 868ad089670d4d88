"""From a trained network to a model that can be used: calibrated on tuning plates, exported, entered.

    python -m detectors.training.reader.finishing --run RUN --real CROPS --tuning MORE_CROPS --models DIR

Tuning plates are the ``tuning`` part of the real crops that were trained on, all but each fourth of a folder
that was not trained on, and freshly rendered ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from detectors.manifest import ModelEntry
from detectors.readers.slots import SlotReader
from detectors.training.publish import publish
from detectors.training.reader.calibrating import Calibration, TuningReads, calibrate, lean
from detectors.training.reader.classes import CHARACTERS, REGIONS, encode
from detectors.training.reader.export import enter_calibration, export
from detectors.training.reader.fitting import load_checkpoint
from detectors.training.reader.network import PlateReaderNetwork
from detectors.training.reader.real import RealCrop, load_real
from detectors.training.reader.samples import Recipe, Shard, draw
from detectors.training.reader.shrinking import shrink

#: Rendered plates weigh as much as this many real ones: they cover what real ones of two countries do not.
#: Of states that were left out, reads are too sure by 0.010 with a weight of 400, by 0.004 with 100.
_RENDERED, _RENDERED_WEIGHT = 1024, 100.0
#: Letters whose shape the dies of many regions share with a digit, or nearly so where they are narrow (Z
#: and 2), and how many real plates of a region say enough of how often they occur there.
_ALIKE, _ENOUGH = ("O", "I", "Z"), 200
#: Rendered plates that show in which ranges the network's values lie.
_RANGING = 192
_TRAINED_ON = (
    "Roadwitness' rendered plates",
    "sirius-ai/LPRNet_Pytorch crops (Apache-2.0)",
    "RobertLucian/license-plate-dataset crops (MIT)",
)
#: A shard number that no training reaches.
_FRESH = 1_000_000


def tuned(reader: SlotReader, real: Sequence[RealCrop], rendered: Shard) -> Calibration:
    """Calibrate ``reader`` on real crops that it was not trained on, and on rendered ones."""
    said = reader.answers([*(crop.image for crop in real), *rendered.crops])
    logits = said.characters.astype(np.float64)
    areas = np.exp(said.regions - np.logaddexp.reduce(said.regions, axis=-1, keepdims=True))
    numbers = np.stack([*(encode(crop.text) for crop in real), *rendered.numbers]).astype(np.int64)
    countries = np.array([crop.country for crop in real])
    leanings: dict[str, dict[str, float]] = {}
    classes = [CHARACTERS.index(character) for character in _ALIKE]
    for country in sorted(set(countries)):
        rows = np.flatnonzero(countries == country)
        if len(rows) >= _ENOUGH:
            shares = areas[:, REGIONS.index(country)].astype(np.float64)
            added = lean(logits[rows], shares[rows], numbers[rows], classes)
            logits[:, :, classes] += shares[:, None, None] * added
            leanings[country] = {c: round(float(v), 3) for c, v in zip(_ALIKE, added, strict=True)}
    weights = np.concatenate([np.ones(len(real)), np.full(_RENDERED, _RENDERED_WEIGHT / _RENDERED)])
    reads = TuningReads(logits, said.legibility.astype(np.float64), numbers, weights)
    return replace(calibrate(reads), leanings=leanings)


def finish(
    network: PlateReaderNetwork,
    out: Path,
    recipe: Recipe,
    *,
    real: Path | None,
    tuning: Path | None,
    metrics: dict[str, float],
    models: Path,
) -> ModelEntry:
    """Export to ``out``/reader.onnx in 8 bits, calibrate, enter into the manifest of ``models``."""
    crops = load_real(real, "tuning") if real is not None else []
    if tuning is not None:
        crops += [*load_real(tuning, "training", country="US"), *load_real(tuning, "tuning", country="US")]
    rendered = draw(recipe, _FRESH, _RENDERED)
    path = export(network, out / "reader.onnx")
    shrink(path, list(draw(recipe, _FRESH + 1, _RANGING).crops))
    enter_calibration(path, tuned(SlotReader(path), crops, rendered))
    return publish(
        path,
        name="reader",
        task="read",
        base="trained from nothing",
        trained_on=_TRAINED_ON,
        metrics=metrics,
        folder=models,
    )


def main() -> None:
    """Finish the checkpoint of a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="the training's folder, with checkpoint.pt")
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--real", type=Path, help="crops of which a part was trained on")
    parser.add_argument(
        "--tuning", type=Path, help="crops of which none was trained on; each fourth is spared"
    )
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    entry = finish(
        load_checkpoint(asked.run / "checkpoint.pt"),
        asked.run,
        Recipe(asked.run / "samples", asked.seed, asked.fonts),
        real=asked.real,
        tuning=asked.tuning,
        metrics={},
        models=asked.models,
    )
    print(f"{entry.file}: {entry.bytes / 1e6:.1f} MB, sha256 {entry.sha256}")


if __name__ == "__main__":
    main()
