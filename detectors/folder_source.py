"""Frames from a folder of still images, in the order of their names."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import ExifTags, UnidentifiedImageError
from PIL import Image as PillowImage

from detectors.frames import CaptureCounts, Frame, Sequencer, SourceError
from detectors.letterbox import Image
from detectors.prefetch import prefetch
from streams.events import Events

_events = Events(__name__)

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
#: Assumed where the images do not say when they were taken.
NOMINAL_FPS = 25.0


class FolderSource:
    """Images of one folder, sorted by name with numbers in them taken as numbers.

    Their times come from EXIF (original time with its fraction and offset; UTC where no offset is given) if
    every image has one and each is later than the one before; else they are 1/25 s apart, which is good
    enough to try things and not to measure a speed. The first is at ``recorded_at_ns`` if given, else at its
    EXIF time, else at the modification time of its file. Images that cannot be read, or whose size differs
    from the first one's, are counted as corrupt. Raises SourceError for a folder without readable images.
    """

    live = False

    def __init__(self, folder: Path, recorded_at_ns: int | None = None) -> None:
        self.folder = folder
        self.counts = CaptureCounts()
        self._closed = False
        self._paths = images_in(folder)
        if not self._paths:
            raise SourceError(f"The folder {folder} holds no images; give a folder with JPEG or PNG files.")
        first = next((image for image in map(read_image, self._paths) if image is not None), None)
        if first is None:
            raise SourceError(f"No image in {folder} can be read; check the files with a viewer.")
        self.height, self.width = first.shape[:2]
        self.frame_count: int | None = len(self._paths)
        self.nominal_fps = NOMINAL_FPS
        taken = _exif_times(self._paths)
        self._times_ns = _times(self._paths, taken, recorded_at_ns)
        self._untimed = None if taken else "the images of the folder do not say when they were taken"

    def frames(self) -> Iterator[Frame]:
        """The images in order; the folder's files are read anew at each call."""
        return prefetch(self._read())

    def close(self) -> None:
        """Let ``frames()`` end at its next image."""
        self._closed = True

    def _read(self) -> Iterator[Frame]:
        self.counts = CaptureCounts(untimed=self._untimed)
        sequencer = Sequencer(self.counts)
        for path, captured_at_ns in zip(self._paths, self._times_ns, strict=True):
            if self._closed:
                return
            image = read_image(path)
            if image is None or image.shape[:2] != (self.height, self.width):
                sequencer.skip()
                size = f"{self.width} x {self.height}"
                _events.warning("frame-left-out", f"{path} cannot be read or is not {size}; left out.")
                continue
            index = sequencer.accept(captured_at_ns)
            if index is not None:
                yield Frame(index, captured_at_ns, image)


def images_in(folder: Path) -> list[Path]:
    """The image files of a folder, by name, ``frame_2`` before ``frame_10``."""
    try:
        found = [path for path in folder.iterdir() if is_image(path)]
    except OSError as error:
        raise SourceError(
            f"The folder {folder} cannot be read ({error.strerror}); check its rights."
        ) from error
    return sorted(found, key=lambda path: _natural(path.name))


def is_image(path: Path) -> bool:
    """Whether ``path`` is a file that is named like an image; hidden ones (``._1.jpg``) are none."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()


def read_image(path: Path) -> Image | None:
    """The image of a file as BGR (H, W, 3), upright by its EXIF orientation; None if it is not readable."""
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError:
        return None
    image = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    return None if image is None else np.asarray(image, np.uint8)


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name.lower())]


def _times(paths: list[Path], taken: list[int] | None, recorded_at_ns: int | None) -> list[int]:
    if taken is None:
        start = recorded_at_ns if recorded_at_ns is not None else paths[0].stat().st_mtime_ns
        return [start + round(index * 1e9 / NOMINAL_FPS) for index in range(len(paths))]
    moved = 0 if recorded_at_ns is None else recorded_at_ns - taken[0]
    return [time_ns + moved for time_ns in taken]


def _exif_times(paths: list[Path]) -> list[int] | None:
    times: list[int] = []
    for path in paths:
        time_ns = _exif_time(path)
        if time_ns is None:
            return None
        times.append(time_ns)
    increasing = all(before < after for before, after in itertools.pairwise(times))
    return times if increasing else None


def _exif_time(path: Path) -> int | None:
    try:
        with PillowImage.open(path) as image:
            tags = image.getexif().get_ifd(ExifTags.IFD.Exif)
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError):
        return None
    text = str(tags.get(ExifTags.Base.DateTimeOriginal, ""))
    offset = str(tags.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ") or "+00:00"
    fraction = str(tags.get(ExifTags.Base.SubsecTimeOriginal, "")).strip("\0 ") or "0"
    try:
        moment = datetime.datetime.strptime(f"{text} {offset}", "%Y:%m:%d %H:%M:%S %z")
        return int(moment.timestamp()) * 1_000_000_000 + int(f"{fraction:0<9.9}")
    except ValueError:
        return None
