"""How well plates are read: exact match, edits, calibration, milliseconds; several readers side by side."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from detectors.alignment import distance
from detectors.evaluation.confusions import Confusion, confusions
from detectors.evaluation.crops import LabelledCrop
from detectors.evaluation.dataset import DatasetError
from detectors.evaluation.reliability import Reliability, reliability
from detectors.evaluation.shares import Share
from detectors.folder_source import read_image
from detectors.reading import PROVINCES, CharacterReading, Image, PlateReader

#: Crops that are read together when batches are timed, and how many crops are timed so.
BATCH = 8
_TIMED_IN_BATCHES = 16 * BATCH
#: Many plates draw these alike.
_TWINS = str.maketrans("01", "OI")


@dataclass(frozen=True)
class CropRead:
    """What a reader made of a crop.

    ``truth`` and ``text`` are what is compared: without the first character, where that is not judged.
    ``confidence`` is the probability, stated by the reader, that the whole text is right.
    """

    crop: LabelledCrop
    truth: str
    text: str
    confidence: float
    milliseconds: float

    @property
    def edits(self) -> int:
        """The edit distance between what stands there and what was read."""
        return distance(self.truth, self.text)

    @property
    def right(self) -> bool:
        """Whether every character is right."""
        return self.text == self.truth


@dataclass(frozen=True)
class ReaderEvaluation:
    """One reader on one set of crops. ``batch_ms`` are milliseconds a plate, of each batch of eight."""

    name: str
    reads: tuple[CropRead, ...]
    batch_ms: tuple[float, ...] = ()

    @cached_property
    def exact(self) -> Share:
        """Reads with every character right."""
        return Share(sum(read.right for read in self.reads), len(self.reads))

    @cached_property
    def within_one(self) -> Share:
        """Reads with at most one character wrong, missing or too many."""
        return Share(sum(read.edits <= 1 for read in self.reads), len(self.reads))

    @cached_property
    def exact_but_for_twins(self) -> Share:
        """Reads with every character right where 0 counts as O and 1 as I, in the truth and in the read."""
        same = sum(read.truth.translate(_TWINS) == read.text.translate(_TWINS) for read in self.reads)
        return Share(same, len(self.reads))

    @cached_property
    def character_error_rate(self) -> float:
        """Edits a character of the truth (CER)."""
        return sum(read.edits for read in self.reads) / max(1, sum(len(read.truth) for read in self.reads))

    @cached_property
    def reliability(self) -> Reliability:
        """What the reader's confidences are worth."""
        return reliability([read.confidence for read in self.reads], [read.right for read in self.reads])

    @cached_property
    def confusions(self) -> Counter[Confusion]:
        """Which characters are taken for which, over all reads that are not hopeless (at most 2 edits)."""
        return confusions((read.truth, read.text) for read in self.reads if 0 < read.edits <= 2)

    @cached_property
    def errors(self) -> tuple[CropRead, ...]:
        """The wrong reads, the most confident first."""
        wrong = (read for read in self.reads if not read.right)
        return tuple(sorted(wrong, key=lambda read: (-read.confidence, -read.edits, read.crop.path.name)))

    def milliseconds(self, percentile: float = 50.0) -> float:
        """A percentile of the time that a crop alone takes."""
        return float(np.percentile([read.milliseconds for read in self.reads], percentile))

    @property
    def milliseconds_in_batches(self) -> float | None:
        """The median time a plate in batches of eight; None where there were fewer crops."""
        return float(np.median(self.batch_ms)) if self.batch_ms else None


def evaluate_readers(
    crops: Sequence[LabelledCrop],
    readers: Mapping[str, PlateReader],
    *,
    ignore_first: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> list[ReaderEvaluation]:
    """Let every reader read every crop, one alone at a time and then in batches; one evaluation a reader.

    The readers take turns on each crop, so that what else the machine does hits all alike. With
    ``ignore_first`` the first character is judged in neither text (see ``without_first``). Raises
    DatasetError for a crop that cannot be read.
    """
    reads: dict[str, list[CropRead]] = {name: [] for name in readers}
    for done, (crop, image) in enumerate(_pictures(crops), start=1):
        for name, reader in readers.items():
            if done == 1:
                reader.read([image])  # the first call prepares what later ones find ready
            started = time.perf_counter()
            (reading,) = reader.read([image])
            elapsed_ms = 1000 * (time.perf_counter() - started)
            reads[name].append(judged(crop, reading, elapsed_ms, ignore_first=ignore_first))
        if progress is not None:
            progress(done, len(crops))
    batches = _batch_times(crops, readers)
    return [ReaderEvaluation(name, tuple(reads[name]), tuple(batches[name])) for name in readers]


def judged(
    crop: LabelledCrop, reading: CharacterReading, milliseconds: float, *, ignore_first: bool = False
) -> CropRead:
    """What is compared of one reading of a crop."""
    truth, text = crop.text, reading.text
    if ignore_first:
        truth, text = truth[1:], without_first(text, truth)
    # A reader that cannot see the first character is not asked how sure it is of it either.
    unjudged = len(reading.text) - len(text) if ignore_first else 0
    return CropRead(crop, truth, text, whole_confidence(reading, unjudged), milliseconds)


def without_first(text: str, truth: str) -> str:
    """A read without its first character, if it has that: a province, or any in a text as long as ``truth``.

    >>> [without_first(text, "皖A00E66") for text in ("皖A00E66", "8A00E66", "A00E66")]
    ['A00E66', 'A00E66', 'A00E66']
    """
    return text[1:] if text[:1] in PROVINCES or len(text) >= len(truth) else text


def whole_confidence(reading: CharacterReading, unjudged: int = 0) -> float:
    """The probability that a reader states for its whole text, 0 where nothing was read.

    Its own calibrated one where it has that, else the product of its characters' probabilities, without the
    first ``unjudged``.
    """
    if not reading.text:
        return 0.0
    if reading.probability is not None:
        return reading.probability
    return math.prod(reading.characters[unjudged:])


def _pictures(crops: Sequence[LabelledCrop]) -> Iterator[tuple[LabelledCrop, Image]]:
    for crop in crops:
        image = read_image(crop.path)
        if image is None:
            raise DatasetError(f"The crop {crop.path} cannot be read; restore it or remove its label.")
        yield crop, image


def _batch_times(crops: Sequence[LabelledCrop], readers: Mapping[str, PlateReader]) -> dict[str, list[float]]:
    """Milliseconds a plate of each full batch."""
    times: dict[str, list[float]] = {name: [] for name in readers}
    images = [image for _, image in _pictures(crops[: min(len(crops), _TIMED_IN_BATCHES)])]
    for start in range(0, len(images) - BATCH + 1, BATCH):
        for name, reader in readers.items():
            started = time.perf_counter()
            reader.read(images[start : start + BATCH])
            times[name].append(1000 * (time.perf_counter() - started) / BATCH)
    return times
