"""EasyOCR as a plate reader, for comparison; needs the extra ``roadwitness[easyocr]``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from detectors.reading import (
    LINE_FRAMINGS,
    NOTHING_READ,
    CharacterReading,
    Image,
    ReaderError,
    normalised,
    reading_of,
)
from streams.messages import CharacterCandidate


class EasyReader:
    """Reads plates with EasyOCR. It gives one confidence a text, which every character is given alike.

    Raises:
        ReaderError: when EasyOCR or its models are not installed.
    """

    framings = LINE_FRAMINGS

    def __init__(self) -> None:
        try:
            import easyocr
        except ImportError:
            raise ReaderError(
                'easyocr is not installed; run `pip install "roadwitness[easyocr]"`, or choose rapidocr'
            ) from None
        try:
            self._reader: Any = easyocr.Reader(["en"], gpu=False, verbose=False, download_enabled=False)
        except (FileNotFoundError, OSError, ValueError) as error:
            raise ReaderError(
                "EasyOCR's English models are not on this machine; download them with easyocr once, or choose"
                " rapidocr"
            ) from error

    def read(self, crops: Sequence[Image]) -> list[CharacterReading]:
        """One reading a crop; see :class:`detectors.reading.PlateReader`."""
        return [self._one(crop) for crop in crops]

    def _one(self, crop: Image) -> CharacterReading:
        if min(crop.shape[:2]) < 4:
            return NOTHING_READ
        found = self._reader.readtext(crop, detail=1, paragraph=False)
        lines = sorted(found, key=lambda line: (min(y for _, y in line[0]), min(x for x, _ in line[0])))
        slots = [
            (CharacterCandidate(character, float(confidence)),)
            for _, text, confidence in lines
            for character in map(normalised, text)
            if character is not None
        ]
        return reading_of(" ".join(text for _, text, _ in lines), slots)
