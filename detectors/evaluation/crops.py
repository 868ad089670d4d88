"""Crops of plates with their texts: a folder with ``labels.csv``, or files that are named by their text."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from detectors.evaluation.dataset import DatasetError
from detectors.folder_source import is_image
from detectors.reading import PROVINCES, normalised

LABELS = "labels.csv"
#: Columns that say where a plate is from.
_ORIGINS = ("state", "country", "region")


@dataclass(frozen=True)
class LabelledCrop:
    """A picture of a plate, what is on it (normalised: letters, digits, a province), and where it is from."""

    path: Path
    text: str
    origin: str = ""


def labelled_crops(folder: Path, every: int = 1) -> list[LabelledCrop]:
    """The crops of a folder, or every ``every``-th of them, beginning with the first.

    ``labels.csv`` has the columns ``file`` and ``text``, and may have ``state`` or ``country``; its rows keep
    their order. Without it each image's name up to the first underscore is its text, and the order is that of
    the names. Raises DatasetError.
    """
    if not folder.is_dir():
        raise DatasetError(f"There is no folder {folder}; give one with labels.csv and crops of plates.")
    table = folder / LABELS
    crops = _listed(table) if table.is_file() else _named(folder)
    return crops[::every]


def _listed(table: Path) -> list[LabelledCrop]:
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{table} cannot be read ({error}); give it as CSV in UTF-8.") from error
    if not rows or not {"file", "text"} <= rows[0].keys():
        raise DatasetError(f"{table} needs a header with the columns file and text, and rows below it.")
    crops = []
    for number, row in enumerate(rows, start=2):
        name, text = row["file"] or "", _plate(row["text"] or "")
        if not name or not text:
            raise DatasetError(f"{table}, line {number} names no file or no plate; complete or remove it.")
        origin = next((row[column] for column in _ORIGINS if row.get(column)), "")
        crops.append(LabelledCrop(table.parent / name, text, origin))
    return crops


def _named(folder: Path) -> list[LabelledCrop]:
    found = sorted((path for path in folder.iterdir() if is_image(path)), key=lambda path: path.name)
    if not found:
        raise DatasetError(
            f"There are no images in {folder}; give crops with labels.csv, or named by their text."
        )
    crops = []
    for path in found:
        text = _plate(path.stem.partition("_")[0])
        if not text:
            raise DatasetError(
                f"The name of {path} holds no plate's text; add {LABELS} with the columns file and text."
            )
        crops.append(LabelledCrop(path, text, text[0] if text[0] in PROVINCES else ""))
    return crops


def _plate(text: str) -> str:
    return "".join(kept for kept in map(normalised, text) if kept)
