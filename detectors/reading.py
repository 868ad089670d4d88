"""Reading plates: what a reader gives, and how its text becomes a plate's characters.

A reader says per position how sure it is and what else could stand there, so that the reads of several frames
can be combined per position instead of by vote over whole texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from streams.errors import RoadwitnessError
from streams.messages import CharacterCandidate

Image = NDArray[np.uint8]

#: The first character of a plate of mainland China names the province.
PROVINCES = frozenset("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼")
#: Latin letters and digits, the characters that a plate is known by in a register.
LATIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
#: Stands in a slot for a glyph that the model saw but that no plate has.
UNKNOWN = "?"
#: The same for a Chinese character that is no province (the geta mark): in front, it is a misread province.
UNKNOWN_HAN = "〓"


class ReaderError(RoadwitnessError):
    """A plate reader cannot be used; the message says what to install or choose."""


@dataclass(frozen=True)
class RegionGuess:
    """A country or region (ISO 3166 code) whose plate it may be, and how likely that is."""

    region: str
    probability: float


@dataclass(frozen=True)
class CharacterReading:
    """One read of one crop.

    ``raw_text`` is what the model wrote, separators and foreign glyphs included; ``text`` holds the plate's
    characters only. ``characters`` are the probabilities of ``text``, one each. ``slots`` has, per position,
    the candidates with their probabilities, best first; an empty character says 'nothing stands here', so
    there can be more slots than characters. ``probability``, from a reader that is calibrated, is how likely
    the whole text is right; ``regions`` are the likeliest countries or regions, likeliest first.
    """

    raw_text: str
    text: str
    characters: tuple[float, ...]
    slots: tuple[tuple[CharacterCandidate, ...], ...]
    probability: float | None = None
    regions: tuple[RegionGuess, ...] = ()

    @property
    def confidence(self) -> float:
        """The geometric mean of the characters' probabilities; 0 where nothing was read."""
        if not self.characters:
            return 0.0
        return float(np.exp(np.mean(np.log(np.maximum(self.characters, 1e-6)))))


#: For recognisers of text lines: each framing lets them misread the frame, or what is cut off, differently.
LINE_FRAMINGS = (0.05, 0.12, 0.2)

NOTHING_READ = CharacterReading("", "", (), ())


class PlateReader(Protocol):
    """Reads plates from crops. Little is asked, so that any OCR can stand here."""

    @property
    def framings(self) -> Sequence[float]:
        """How far beyond a plate's box, in parts of its sides, a crop should reach.

        Several for a reader whose answer changes with the framing: their readings are blended.
        """
        ...

    def read(self, crops: Sequence[Image]) -> list[CharacterReading]:
        """One reading a crop, in the same order. Crops are BGR uint8, (H, W, 3), of any size."""
        ...


def normalised(character: str) -> str | None:
    """``character`` as it stands in a plate's normalised text; None for separators and foreign glyphs.

    >>> normalised("b"), normalised("粤"), normalised("-")
    ('B', '粤', None)
    """
    upper = character.upper()
    return upper if upper in LATIN or upper in PROVINCES else None


def reading_of(raw_text: str, slots: Sequence[Sequence[CharacterCandidate]]) -> CharacterReading:
    """A reading from a model's text and its slots; ``text`` and ``characters`` are each slot's first answer.

    A province's character counts only in front: elsewhere it is a misread glyph.
    """
    kept: list[tuple[CharacterCandidate, ...]] = []
    for slot in slots:
        ordered = sorted(slot, key=lambda candidate: (-candidate.probability, candidate.character))
        if ordered:
            kept.append(tuple(ordered))
    best = [slot[0] for slot in kept]
    first = next((i for i, candidate in enumerate(best) if candidate.character), None)
    shown = [
        candidate
        for i, candidate in enumerate(best)
        if candidate.character in LATIN or (i == first and candidate.character in PROVINCES)
    ]
    return CharacterReading(
        raw_text=raw_text,
        text="".join(candidate.character for candidate in shown),
        characters=tuple(candidate.probability for candidate in shown),
        slots=tuple(kept),
    )


def _open_rapid(threads: int, providers: Sequence[str] | None) -> PlateReader:
    from detectors.readers.rapid import RapidReader

    return RapidReader(threads=threads, providers=providers)


def _open_easy(_threads: int, _providers: Sequence[str] | None) -> PlateReader:
    from detectors.readers.easy import EasyReader

    return EasyReader()


def _open_own(threads: int, providers: Sequence[str] | None) -> PlateReader:
    from detectors.readers.slots import SlotReader

    return SlotReader(threads=threads, providers=providers)


#: The reader that is used where none is named.
DEFAULT_READER = "rapidocr"

_READERS: dict[str, Callable[[int, Sequence[str] | None], PlateReader]] = {
    "own": _open_own,
    "rapidocr": _open_rapid,
    "easyocr": _open_easy,
}


def open_reader(
    name: str = DEFAULT_READER, *, threads: int = 0, providers: Sequence[str] | None = None
) -> PlateReader:
    """The reader called ``name``; ``threads`` and ``providers`` as in :class:`OnnxSession`, where it is one.

    Raises:
        ReaderError: for a name that is not known, or a reader whose packages are not installed.
    """
    if name not in _READERS:
        raise ReaderError(f"there is no plate reader {name!r}; choose one of {', '.join(sorted(_READERS))}")
    return _READERS[name](threads, providers)
