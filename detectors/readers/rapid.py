"""The PP-OCR recogniser that `rapidocr` ships, run directly, so that its posteriors are at hand."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.onnx_session import OnnxSession
from detectors.readers.ctc import Alphabet
from detectors.readers.lines import levelled, two_lines
from detectors.reading import LINE_FRAMINGS, NOTHING_READ, CharacterReading, Image, ReaderError, reading_of

_HEIGHT = 48
_WIDTH_STEP = 32
_WIDEST = 480


class RapidReader:
    """Reads plates with PP-OCR's recogniser on onnxruntime; several crops run as one batch.

    Raises:
        ReaderError: when the installed `rapidocr` holds no recognition model.
    """

    framings = LINE_FRAMINGS

    def __init__(
        self, model: Path | None = None, threads: int = 0, providers: Sequence[str] | None = None
    ) -> None:
        self._session = OnnxSession(model or _shipped_model(), threads=threads, providers=providers)
        listed = self._session.metadata.get("character")
        if listed is None:
            raise ReaderError(
                f"{self._session.path} does not list its characters; use a PP-OCR export that does"
            )
        self._alphabet = Alphabet(["", *listed.splitlines(), " "])

    def read(self, crops: Sequence[Image]) -> list[CharacterReading]:
        """One reading a crop; see :class:`detectors.reading.PlateReader`."""
        lines: list[Image] = []
        plan: list[tuple[int, int | None] | None] = []
        for crop in crops:
            if min(crop.shape[:2]) < 4:
                plan.append(None)
                continue
            level = levelled(crop)
            whole = len(lines)
            lines.append(level)
            halves = two_lines(level)
            if halves:
                lines.extend(halves)
            plan.append((whole, whole + 1 if halves else None))
        read = self._read_lines(lines)
        return [NOTHING_READ if place is None else _choose(read, *place) for place in plan]

    def _read_lines(self, lines: Sequence[Image]) -> list[CharacterReading]:
        order = sorted(range(len(lines)), key=lambda i: lines[i].shape[1] / lines[i].shape[0])
        found: list[CharacterReading] = [NOTHING_READ] * len(lines)
        for start in range(0, len(order), 8):
            chosen = order[start : start + 8]
            output = self._session.run(_batch([lines[i] for i in chosen]))[0]
            for i, posteriors in zip(chosen, output, strict=True):
                found[i] = self._alphabet.decode(posteriors)
        return found


def _batch(lines: Sequence[Image]) -> NDArray[np.float32]:
    sizes = [min(_WIDEST, max(16, round(_HEIGHT * x.shape[1] / x.shape[0]))) for x in lines]
    width = -(-max(sizes) // _WIDTH_STEP) * _WIDTH_STEP
    batch = np.zeros((len(lines), 3, _HEIGHT, width), dtype=np.float32)
    for row, (line, size) in enumerate(zip(lines, sizes, strict=True)):
        larger = line.shape[0] < _HEIGHT
        scaled = cv2.resize(
            line, (size, _HEIGHT), interpolation=cv2.INTER_CUBIC if larger else cv2.INTER_AREA
        )
        batch[row, :, :, :size] = scaled.astype(np.float32).transpose(2, 0, 1) / 127.5 - 1.0
    return batch


def _choose(read: Sequence[CharacterReading], whole: int, upper: int | None) -> CharacterReading:
    one = read[whole]
    if upper is None:
        return one
    first, second = read[upper], read[upper + 1]
    two = reading_of(f"{first.raw_text} {second.raw_text}", [*first.slots, *second.slots])
    both = len(first.text) >= 2 and len(second.text) >= 2
    longer = len(two.text) > len(one.text) and two.confidence > 0.6 * one.confidence
    return two if both and (longer or two.confidence > one.confidence) else one


def _shipped_model() -> Path:
    package = importlib.util.find_spec("rapidocr")
    folders = list(package.submodule_search_locations or []) if package else []
    found = sorted(path for folder in folders for path in Path(folder, "models").glob("*_rec_*.onnx"))
    if not found:
        raise ReaderError("the installed rapidocr holds no recognition model; run `pip install -U rapidocr`")
    return found[-1]
