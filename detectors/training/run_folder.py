"""The folder of one training: what it was begun with, so that it can go on after whatever ended it.

``OUT/run/NAME`` holds the settings (``run.json``) and the checkpoints; the finished model, its card, its
figures and the manifest lie in ``OUT``, which ROADWITNESS_MODELS can name at once.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from streams.errors import RoadwitnessError

_SETTINGS_FILE = "run.json"


class TrainingError(RoadwitnessError):
    """A training that cannot begin or go on. The text says why and what to do."""


@dataclass(frozen=True)
class RunFolder:
    """Where a training keeps its ``checkpoints``; ``resumed`` says that it was begun before."""

    out: Path
    checkpoints: Path
    resumed: bool


def open_run(out: Path, name: str, settings: Mapping[str, Any], *, resume: bool) -> RunFolder:
    """Begin the training of a model in ``out``, or with ``resume`` go on with the one that was begun there.

    ``settings`` are what the result depends on. Raises TrainingError where ``out`` holds another training of
    this model, or none to go on with.
    """
    folder = out / "run" / name
    file = folder / _SETTINGS_FILE
    begun = _begun(file)
    if not resume:
        if begun is not None:
            raise TrainingError(
                f"{out} holds a training of {name} that was begun before: give --resume to go on with it, or "
                "another --out."
            )
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".json.part")
        unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n")
        unfinished.replace(file)
        return RunFolder(out, folder, resumed=False)
    if begun is None:
        raise TrainingError(
            f"{out} holds no training of {name} to go on with: leave --resume out to begin one."
        )
    wanted = msgspec.json.decode(msgspec.json.encode(settings))
    for key in sorted(begun.keys() | wanted.keys()):
        if begun.get(key) != wanted.get(key):
            raise TrainingError(
                f"The training of {name} in {out} was begun with {key} = {begun.get(key)}, not "
                f"{wanted.get(key)}: give the same again, or begin another in another --out."
            )
    return RunFolder(out, folder, resumed=True)


def _begun(file: Path) -> dict[str, Any] | None:
    try:
        return dict(msgspec.json.decode(file.read_bytes()))
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, TypeError, ValueError) as error:
        raise TrainingError(f"{file} is damaged ({error}): remove it, or give another --out.") from error


def require_extra(*modules: str) -> None:
    """Raise TrainingError where what training needs is not installed."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise TrainingError(
            f'Training needs {", ".join(missing)}, which the extra "train" brings: '
            'run pip install "roadwitness[train]".'
        )


def device_named(asked: str, gpu_at_hand: bool) -> str:
    """What to train on: ``auto`` is the GPU where there is one. Raises TrainingError."""
    if asked not in ("auto", "cpu", "cuda"):
        raise TrainingError(f"There is no device {asked!r} to train on: give auto, cpu or cuda.")
    if asked == "cuda" and not gpu_at_hand:
        raise TrainingError(
            "PyTorch finds no GPU here: check that nvidia-smi shows one and that the installed torch was "
            "built for CUDA, or give --device cpu."
        )
    return "cuda" if gpu_at_hand and asked != "cpu" else "cpu"
