"""What a training leaves beside its model: the card that people read, and the figures that programs do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from detectors.manifest import ModelEntry

#: What each figure means, for the card.
_MEANING = {
    "precision": "precision, at the threshold with the best F1",
    "recall": "recall at IoU 0.5, at the same threshold",
    "ap50": "AP at IoU 0.5",
    "ap50_95": "AP, mean over IoU 0.5 to 0.95",
    "loss": "training loss at the end",
}


@dataclass(frozen=True)
class TrainingRecord:
    """How a model came to be. ``figures`` are of the part that chose the epoch, ``images`` by part."""

    purpose: str
    command: str
    device: str
    epochs: int
    seconds: float
    images: Mapping[str, int]
    figures: Mapping[str, float]
    history: Sequence[Mapping[str, Any]] = field(default=())
    caveat: str = (
        "They come from the part of the data that chose the epoch: measure on data that chose nothing."
    )


def write_card(folder: Path, entry: ModelEntry, record: TrainingRecord) -> Path:
    """Write ``NAME.md`` beside the model."""
    images = ", ".join(f"{count} in {part}" for part, count in record.images.items()) or "rendered"
    figures = "".join(
        f"| {_MEANING.get(name, name)} | {value:.4g} |\n" for name, value in record.figures.items()
    )
    text = f"""# Model card: {entry.file}

{record.purpose}

| | |
|---|---|
| input | {entry.input} |
| classes | {_shortened(entry.classes)} |
| start | {entry.base} |
| trained on | {"; ".join(entry.trained_on)} |
| images | {images} |
| epochs, device, time | {record.epochs}, {record.device}, {_in_words(record.seconds)} |
| date | {entry.trained_at} |
| licence | {entry.licence} |
| SHA-256 | {entry.sha256} |

## How to train it again

```sh
{record.command}
```

## Figures

| | |
|---|---|
{figures}
{record.caveat}
"""
    path = folder / f"{entry.name}.md"
    _replace(path, text.encode())
    return path


def write_figures(folder: Path, entry: ModelEntry, record: TrainingRecord) -> Path:
    """Write ``NAME.metrics.json`` beside the model: figures, and those of every epoch."""
    content = {
        "model": entry.name,
        "sha256": entry.sha256,
        "device": record.device,
        "epochs": record.epochs,
        "seconds": round(record.seconds, 1),
        "images": dict(record.images),
        "figures": dict(record.figures),
        "by_epoch": list(record.history),
    }
    path = folder / f"{entry.name}.metrics.json"
    _replace(path, msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
    return path


def _shortened(classes: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(classes[:most]) or "none"
    return f"{shown} and {len(classes) - most} more" if len(classes) > most else shown


def _in_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
