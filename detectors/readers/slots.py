"""Our own reader: one network that straightens a plate and answers position by position.

The file carries everything else: the characters, the regions, the size of a crop, and the calibration that
turns the network's figures into the probability that the whole read is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from detectors.manifest import ModelManifest
from detectors.onnx_session import OnnxSession
from detectors.reading import NOTHING_READ, CharacterReading, Image, ReaderError, RegionGuess, reading_of
from streams.messages import CharacterCandidate

#: Crops in one run of the network: more gains no speed and holds memory.
_BATCH = 8
#: Candidates kept for a position: those that are at least so likely, and no more than six.
_LEAST_LIKELY = 1e-4
_MOST_CANDIDATES = 6
#: A position behind the text at which nothing stands this surely is no part of the read.
_SURELY_BLANK = 0.98


class ReaderFacts(msgspec.Struct, frozen=True):
    """What the model's file says of itself (metadata ``reader``, JSON).

    ``temperature`` divides the characters' logits. The probability that a read is right is the logistic
    function of ``calibration`` times (1, the logit of the product of the positions' probabilities, the
    network's legibility logit). ``leanings`` add to the logits of characters that a region's plates have
    less or more often than the plates of the training, as far as the plate is of that region.
    """

    characters: tuple[str, ...]
    regions: tuple[str, ...]
    crop_height: int
    crop_width: int
    temperature: float
    calibration: tuple[float, float, float]
    leanings: dict[str, dict[str, float]] = {}


class SlotReader:
    """Reads plates of one or two lines in one pass; see :class:`detectors.reading.PlateReader`."""

    #: Crops were cut like this in training; the network finds the plate's corners itself.
    framings = (0.05,)

    def __init__(
        self, model: Path | None = None, threads: int = 0, providers: Sequence[str] | None = None
    ) -> None:
        """Open ``model``, else the manifest's ``reader``.

        Raises:
            ReaderError: for a model that does not carry a reader's facts.
        """
        path = model or ModelManifest.load().path("reader")
        self._session = OnnxSession(path, threads=threads, providers=providers)
        try:
            self.facts = msgspec.json.decode(self._session.metadata.get("reader", "null"), type=ReaderFacts)
        except msgspec.DecodeError as error:
            raise ReaderError(
                f"{path} does not say which characters it reads; give a model that "
                "'roadwitness train reader' has written."
            ) from error
        self._leanings = np.array(
            [
                [
                    self.facts.leanings.get(region, {}).get(character, 0.0)
                    for character in self.facts.characters
                ]
                for region in self.facts.regions
            ],
            np.float32,
        )

    def read(self, crops: Sequence[Image]) -> list[CharacterReading]:
        """One reading a crop, in the same order."""
        readings: list[CharacterReading] = []
        for start in range(0, len(crops), _BATCH):
            chosen = crops[start : start + _BATCH]
            usable = [crop for crop in chosen if min(crop.shape[:2]) >= 4]
            read = iter(self._read(usable) if usable else [])
            readings.extend(next(read) if min(crop.shape[:2]) >= 4 else NOTHING_READ for crop in chosen)
        return readings

    def corners(self, crop: Image) -> NDArray[np.float32]:
        """The plate's corners in ``crop``, (4, 2) px: top left, top right, bottom right, bottom left."""
        found = self._session.run(self._batch([crop]))[3][0]
        return np.asarray(found * np.array([crop.shape[1], crop.shape[0]]), np.float32)

    def _batch(self, crops: Sequence[Image]) -> NDArray[np.float32]:
        size = (self.facts.crop_width, self.facts.crop_height)
        rows = []
        for crop in crops:
            shrinks = crop.shape[0] > size[1] or crop.shape[1] > size[0]
            way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
            rows.append(cv2.resize(crop, size, interpolation=way)[..., ::-1].transpose(2, 0, 1))
        return np.ascontiguousarray(np.stack(rows), np.float32)

    def _read(self, crops: Sequence[Image]) -> list[CharacterReading]:
        characters, regions, legibility, _ = self._session.run(self._batch(crops))
        areas = _softmax(regions)
        leaning = (areas @ self._leanings)[:, None, :]
        positions = _softmax(np.asarray((characters + leaning) / self.facts.temperature, np.float32))
        return [
            self._reading(positions[row], areas[row], float(legibility[row])) for row in range(len(crops))
        ]

    def _reading(
        self, positions: NDArray[np.float32], areas: NDArray[np.float32], legibility: float
    ) -> CharacterReading:
        slots = [self._candidates(position) for position in positions]
        while slots and slots[-1][0].character == "" and slots[-1][0].probability >= _SURELY_BLANK:
            slots.pop()
        raw = "".join(slot[0].character for slot in slots)
        likeliest = np.argsort(-areas)[:3]
        read = reading_of(raw, slots)
        return CharacterReading(
            raw_text=read.raw_text,
            text=read.text,
            characters=read.characters,
            slots=read.slots,
            probability=self._probability(positions, legibility),
            regions=tuple(RegionGuess(self.facts.regions[k], float(areas[k])) for k in likeliest),
        )

    def _candidates(self, position: NDArray[np.float32]) -> tuple[CharacterCandidate, ...]:
        best = np.argsort(-position)[:_MOST_CANDIDATES]
        kept = [k for rank, k in enumerate(best) if rank == 0 or position[k] >= _LEAST_LIKELY]
        return tuple(CharacterCandidate(self.facts.characters[k], float(position[k])) for k in kept)

    def _probability(self, positions: NDArray[np.float32], legibility: float) -> float:
        """The calibrated probability that every position of the read is right."""
        product = float(np.exp(np.log(np.maximum(positions.max(axis=1), 1e-9)).sum()))
        bias, optics, legible = self.facts.calibration
        product = min(max(product, 1e-6), 1 - 1e-6)
        score = bias + optics * float(np.log(product / (1 - product))) + legible * legibility
        return float(1 / (1 + np.exp(-score)))


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Over the last axis."""
    grown = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True), np.float32)
