"""Our own reader: a small network finds a plate's corners, a second reads the straightened plate.

One file carries everything: the reading network, in its metadata the one that finds corners, the characters,
the regions, the sizes, and the calibration that turns the network's figures into the probability that the
whole read is right.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
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

    A plate whose first read has a product of probabilities below ``doubt`` is looked at again, once for each
    of ``looks``: how far its corners are moved right and down, in parts of the plate's width and height.
    """

    characters: tuple[str, ...]
    regions: tuple[str, ...]
    crop_height: int
    crop_width: int
    plate_height: int
    plate_width: int
    temperature: float
    calibration: tuple[float, float, float]
    leanings: dict[str, dict[str, float]] = {}
    doubt: float = 0.0
    looks: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Answers:
    """What the reading network says of plates: logits (N, positions, characters), (N, regions) and (N,)."""

    characters: NDArray[np.float32]
    regions: NDArray[np.float32]
    legibility: NDArray[np.float32]


#: The model's metadata under which the network that finds corners is kept, as ONNX in base 85.
CORNERS = "corners"
#: Where the plate is in a crop when no network finds its corners: all of it.
_WHOLE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], np.float32)


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
        self._corners = self._finder(threads)
        width, height = self.facts.plate_width, self.facts.plate_height
        # Pixels' middles lie at whole numbers in OpenCV, at halves in the networks.
        self._plate = _WHOLE * np.array([width, height], np.float32) - np.float32(0.5)
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
        self._looks = np.array(self.facts.looks, np.float32).reshape(-1, 1, 2)

    def read(self, crops: Sequence[Image]) -> list[CharacterReading]:
        """One reading a crop, in the same order."""
        usable = [crop for crop in crops if min(crop.shape[:2]) >= 4]
        read = iter(self._read(usable) if usable else [])
        return [next(read) if min(crop.shape[:2]) >= 4 else NOTHING_READ for crop in crops]

    def corners(self, crop: Image) -> NDArray[np.float32]:
        """The plate's corners in ``crop``, (4, 2) px: top left, top right, bottom right, bottom left."""
        found = self._find([self._fitted(crop)])[0]
        return np.asarray(found * np.array([crop.shape[1], crop.shape[0]]), np.float32)

    def straightened(self, crop: Image) -> Image:
        """The plate in ``crop`` as the reading network sees it: upright, of the network's size."""
        fitted = self._fitted(crop)
        return self._straightened(fitted, self._find([fitted])[0])

    def _finder(self, threads: int) -> OnnxSession | None:
        packed = self._session.metadata.get(CORNERS)
        if packed is None:
            return None
        try:
            content = base64.b85decode(packed)
        except (ValueError, binascii.Error) as error:
            raise ReaderError(
                f"{self._session.path} carries no network that finds corners, though it says so; "
                "restore the model."
            ) from error
        return OnnxSession(
            self._session.path, content=content, threads=threads, providers=self._session.providers
        )

    def _fitted(self, crop: Image) -> Image:
        size = (self.facts.crop_width, self.facts.crop_height)
        shrinks = crop.shape[0] > size[1] or crop.shape[1] > size[0]
        return np.asarray(
            cv2.resize(crop, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.uint8
        )

    def _find(self, fitted: Sequence[Image]) -> NDArray[np.float32]:
        """Corners (B, 4, 2), 0 to 1 across each crop."""
        if self._corners is None:
            return np.repeat(_WHOLE[None], len(fitted), axis=0)
        return np.asarray(self._corners.run(_batch(fitted))[0], np.float32)

    def _straightened(self, fitted: Image, corners: NDArray[np.float32]) -> Image:
        """What lies between the corners, upright.

        Outside the networks: onnxruntime's sampling on a grid takes six times as long as OpenCV's.
        """
        size = np.array([self.facts.crop_width, self.facts.crop_height], np.float32)
        way = cv2.getPerspectiveTransform(corners * size - np.float32(0.5), self._plate)
        to = (self.facts.plate_width, self.facts.plate_height)
        return np.asarray(cv2.warpPerspective(fitted, way, to, borderMode=cv2.BORDER_REPLICATE), np.uint8)

    def answers(self, crops: Sequence[Image]) -> Answers:
        """What the network says of ``crops``, before calibration: the mean of all looks at each plate.

        One plate's characters fall on the network's grid of eight pixels by chance; moved by a part of that,
        they fall otherwise, and where one fall hid a repeated or narrow character another shows it. Plates
        that are clear at first sight are not looked at again, so that time goes where it helps.
        """
        said = [self._answers(crops[start : start + _BATCH]) for start in range(0, len(crops), _BATCH)]
        return Answers(
            np.concatenate([part.characters for part in said]),
            np.concatenate([part.regions for part in said]),
            np.concatenate([part.legibility for part in said]),
        )

    def _answers(self, crops: Sequence[Image]) -> Answers:
        fitted = [self._fitted(crop) for crop in crops]
        corners = self._find(fitted)
        first = self._look(fitted, corners)
        again = np.flatnonzero(_product(_softmax(first.characters)) < self.facts.doubt)
        looks = len(self._looks)
        if not looks or not len(again):
            return first
        moved = corners[again, None] + np.ptp(corners[again], axis=1)[:, None, None] * self._looks
        more = self._look([fitted[k] for k in again for _ in range(looks)], moved.reshape(-1, 4, 2))
        for seen, others in (
            (first.characters, more.characters),
            (first.regions, more.regions),
            (first.legibility, more.legibility),
        ):
            seen[again] += others.reshape(len(again), looks, *others.shape[1:]).sum(axis=1)
            seen[again] /= 1 + looks
        return first

    def _look(self, fitted: Sequence[Image], corners: NDArray[np.float32]) -> Answers:
        plates = [self._straightened(*each) for each in zip(fitted, corners, strict=True)]
        return Answers(*self._session.run(_batch(plates))[:3])

    def _read(self, crops: Sequence[Image]) -> list[CharacterReading]:
        said = self.answers(crops)
        areas = _softmax(said.regions)
        leaning = (areas @ self._leanings)[:, None, :]
        positions = _softmax(np.asarray((said.characters + leaning) / self.facts.temperature, np.float32))
        return [
            self._reading(positions[row], areas[row], float(said.legibility[row]))
            for row in range(len(crops))
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
        product = min(max(float(_product(positions)), 1e-6), 1 - 1e-6)
        bias, optics, legible = self.facts.calibration
        score = bias + optics * float(np.log(product / (1 - product))) + legible * legibility
        return float(1 / (1 + np.exp(-score)))


def _batch(images: Sequence[Image]) -> NDArray[np.float32]:
    """BGR pictures of one size as what the networks take: RGB (B, 3, H, W), 0 to 255."""
    return np.ascontiguousarray(np.stack(images)[..., ::-1].transpose(0, 3, 1, 2), np.float32)


def _product(positions: NDArray[np.float32]) -> NDArray[np.float32]:
    """The probability of the likeliest text of (..., positions, characters)."""
    return np.asarray(np.exp(np.log(np.maximum(positions.max(axis=-1), 1e-9)).sum(axis=-1)), np.float32)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Over the last axis."""
    grown = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True), np.float32)
