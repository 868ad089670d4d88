"""Looks through a data folder before a training begins, so that it does not fail after an hour."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detectors.evaluation.dataset import LabelledImage
from detectors.folder_source import images_in
from detectors.training.run_folder import TrainingError

PARTS = ("train", "val")


def check_detection_data(
    folder: Path, classes: Sequence[str], parts: Sequence[str] = PARTS
) -> dict[str, int]:
    """How many images each part of a YOLO data set has.

    ``folder`` holds ``images/{train,val}`` and ``labels/{train,val}``; a label line is ``class x y w h``, all
    but the class fractions of the image. Raises TrainingError or DatasetError, naming the file that is wrong.
    """
    return {part: _check_part(folder, part, classes) for part in parts}


def _check_part(folder: Path, part: str, classes: Sequence[str]) -> int:
    images, labels = folder / "images" / part, folder / "labels" / part
    for wanted in (images, labels):
        if not wanted.is_dir():
            raise TrainingError(
                f"There is no folder {wanted}: give a data folder with images/ and labels/, each with "
                f"{' and '.join(PARTS)} in it."
            )
    found = images_in(images)
    if not found:
        raise TrainingError(f"The folder {images} holds no image: put the pictures to learn from into it.")
    boxes = sum(_check_labels(LabelledImage(path, labels / f"{path.stem}.txt"), classes) for path in found)
    if not boxes:
        raise TrainingError(
            f"No image of {images} has a box in {labels}: name each label file after its image, with .txt."
        )
    return len(found)


def _check_labels(pair: LabelledImage, classes: Sequence[str]) -> int:
    numbers, corners = pair.classes(), pair.boxes(1, 1)
    strange = [number for number in numbers.tolist() if not 0 <= number < len(classes)]
    if strange:
        known = ", ".join(f"{i} = {name}" for i, name in enumerate(classes))
        raise TrainingError(f"{pair.labels} has the class {strange[0]}; this model's classes are {known}.")
    if len(corners) and (corners.min() < -0.01 or corners.max() > 1.01):
        raise TrainingError(
            f"{pair.labels} has a box outside of its image: give the box's middle and size as fractions of "
            "the image's width and height."
        )
    return len(numbers)
