"""Images with boxes in the YOLO format: one text file an image, a line ``class x y w h`` a box."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detectors.boxes import Floats
from detectors.folder_source import images_in
from streams.errors import RoadwitnessError


class DatasetError(RoadwitnessError):
    """A folder that holds no labelled images, or a label file that cannot be understood."""


#: What data sets call the part that is held out.
_USUAL_PARTS = ("val", "valid", "test")


@dataclass(frozen=True)
class LabelledImage:
    """An image and its label file; without a file the image shows nothing."""

    image: Path
    labels: Path

    def boxes(self, width: int, height: int) -> Floats:
        """The labelled boxes ``xyxy`` in px of an image of this size, (N, 4). Raises DatasetError."""
        values = self._rows()[:, 1:]
        scale = np.asarray([width, height], np.float32)
        centre, half = values[:, :2] * scale, values[:, 2:] * scale / 2
        return np.concatenate([centre - half, centre + half], axis=1)

    def classes(self) -> NDArray[np.int64]:
        """The class number of each labelled box, (N,). Raises DatasetError."""
        return self._rows()[:, 0].astype(np.int64)

    def _rows(self) -> Floats:
        if not self.labels.exists():
            return np.empty((0, 5), np.float32)
        try:
            rows = [[float(part) for part in line.split()] for line in self.labels.read_text().splitlines()]
            return np.asarray([row for row in rows if row], np.float32).reshape(-1, 5)
        except ValueError as error:
            raise DatasetError(
                f"{self.labels} is no YOLO label file ({error}); each line must be: class x y width height."
            ) from error


def labelled_images(folder: Path, part: str = "val") -> list[LabelledImage]:
    """The labelled images under a folder, by name.

    Understands ``images/`` beside ``labels/``, both divided into parts or not (``part`` is then taken, or
    what is held out under another usual name), a folder of images inside such an ``images/``, and a folder
    that holds images and labels together. Raises DatasetError where no label is found.
    """
    parts = dict.fromkeys((part, *_USUAL_PARTS))
    divided = [images for name in parts for images in (folder / "images" / name, folder / name / "images")]
    for images in (*divided, folder / "images", folder):
        found = images_in(images) if images.is_dir() else []
        if not found:
            continue
        labels = _labels_beside(images)
        pairs = [LabelledImage(path, labels / f"{path.stem}.txt") for path in found]
        if not any(pair.labels.exists() for pair in pairs):
            raise DatasetError(
                f"No image in {images} has a label file in {labels}; give a data set with both."
            )
        return pairs
    raise DatasetError(f"There are no images in {folder}; give a folder with images/ and labels/ in it.")


def _labels_beside(images: Path) -> Path:
    """The folder of labels: the same path with the last ``images`` in it replaced by ``labels``."""
    parts = list(images.resolve().parts)
    for i in range(len(parts) - 1, 0, -1):
        if parts[i] == "images":
            labels = Path(*parts[:i], "labels", *parts[i + 1 :])
            return labels if labels.is_dir() else images
    return images
