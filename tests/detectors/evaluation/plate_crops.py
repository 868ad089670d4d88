"""Crops of invented plates, and readers that say what they are told to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from detectors.reading import CharacterReading, Image, reading_of
from roadwitness.simulator.plates import invent_plate, plate_texture
from streams.messages import CharacterCandidate

COUNTRIES = ("DE", "FR", "NL", "ES")


def invented_crops(folder: Path, count: int, seed: int = 5) -> dict[str, str]:
    """Write ``count`` crops and ``labels.csv`` into ``folder``; the file's name to its text."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    texts = {}
    for number in range(count):
        plate = invent_plate(rng, COUNTRIES[number % len(COUNTRIES)])
        name = f"crop{number:03}.png"
        crop = cv2.resize(plate_texture(plate), (160, 36), interpolation=cv2.INTER_AREA)
        crop[0, 0] = number  # so that a scripted reader knows which one it is
        cv2.imwrite(str(folder / name), crop)
        texts[name] = plate.text
    rows = [f"{name},{text},{COUNTRIES[i % len(COUNTRIES)]}" for i, (name, text) in enumerate(texts.items())]
    (folder / "labels.csv").write_text("\n".join(["file,text,country", *rows]) + "\n", encoding="utf-8")
    return texts


def reading(text: str, per_character: float, probability: float | None = None) -> CharacterReading:
    """A reading of ``text`` with one probability for each character, and one for the whole where given."""
    slots = [(CharacterCandidate(character, per_character),) for character in text]
    return replace(reading_of(text, slots), probability=probability)


class ScriptedReader:
    """Reads what the script says of the crop with that number; counts the crops of its calls."""

    framings = (0.0,)

    def __init__(self, script: Mapping[int, CharacterReading]) -> None:
        self._script = script
        self.calls: list[int] = []

    framings = (0.0,)

    def read(self, crops: Sequence[Image]) -> list[CharacterReading]:
        """One reading a crop."""
        self.calls.append(len(crops))
        return [self._script[int(crop[0, 0, 0])] for crop in crops]
