"""Training that a kill at any moment does not set back by more than the epoch that it was in."""

from __future__ import annotations

import os
from pathlib import Path

import torch

from detectors.training.start import KeepsItsHead


class KeepsCheckpoints(KeepsItsHead):
    """Writes each checkpoint beside the old one and then puts it in its place.

    Ultralytics writes over the old one, so that a kill during the write leaves neither.
    """

    def save_model(self) -> bool:
        """Write ``last.pt``, and ``best.pt`` where this epoch is the best so far."""
        kept = {"last": self.last, "best": self.best}
        for name, path in kept.items():
            setattr(self, name, _beside(path))
        try:
            written = bool(super().save_model())
        finally:
            for name, path in kept.items():
                setattr(self, name, path)
        # The best first: a last one whose epoch is done must not stand beside an older best.
        for path in (kept["best"], kept["last"]):
            if _beside(path).exists():
                with _beside(path).open("rb") as file:
                    os.fsync(file.fileno())
                _beside(path).replace(path)
        return written

    def final_eval(self) -> None:
        """Nothing: the best epoch's figures are in its checkpoint, and stripping both writes them anew."""


def epochs_done(checkpoint: Path) -> int:
    """How many epochs a checkpoint has behind it; 0 where there is none."""
    if not checkpoint.exists():
        return 0
    return int(torch.load(checkpoint, map_location="cpu", weights_only=False)["epoch"]) + 1


def figures_of(checkpoint: Path) -> dict[str, float]:
    """What Ultralytics measured on the validation part when a checkpoint was written, by our names."""
    measured = torch.load(checkpoint, map_location="cpu", weights_only=False)["train_metrics"]
    return named(measured)


def history_of(checkpoint: Path) -> list[dict[str, float]]:
    """Number, seconds and figures of each epoch that a checkpoint has behind it.

    An epoch that a kill made be repeated counts once.
    """
    table = torch.load(checkpoint, map_location="cpu", weights_only=False)["train_results"]
    rows: dict[int, dict[str, float]] = {}
    clock = 0.0
    for number, epoch in enumerate(table["epoch"]):
        row = {column: float(values[number]) for column, values in table.items()}
        # Each start of a training starts Ultralytics' clock anew.
        seconds = row["time"] - clock if row["time"] > clock else row["time"]
        clock = row["time"]
        rows[int(epoch)] = {"epoch": int(epoch), "seconds": round(seconds, 1), **named(row)}
    return list(rows.values())


def named(measured: dict[str, float]) -> dict[str, float]:
    """Ultralytics' figures by our names; losses and what else it gives are left out."""
    names = {
        "metrics/precision(B)": "precision",
        "metrics/recall(B)": "recall",
        "metrics/mAP50(B)": "ap50",
        "metrics/mAP50-95(B)": "ap50_95",
    }
    return {ours: round(float(measured[theirs]), 4) for theirs, ours in names.items() if theirs in measured}


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")
