"""Finding number plates, in whole images and in the crops of vehicles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detectors.letterbox import Image
from detectors.manifest import ModelManifest
from detectors.onnx_session import CPU
from detectors.regions import cut, shift
from detectors.yolo import Detection, YoloDetector
from streams.messages import Box

DEFAULT_CONFIDENCE = 0.35

#: A plate is at most this part of its vehicle's width and height, a motorcycle's seen from behind included.
_WIDEST, _HIGHEST = 0.65, 0.4


class PlateDetector:
    """A YOLO model of one class, plate.

    ``input_size`` and ``crop_size`` are the longest sides in px at which images and vehicles are looked at.
    ``smallest_px`` is the least (width, height) in px of the image: what is smaller cannot be read.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        input_size: int = 640,
        crop_size: int = 320,
        confidence: float = DEFAULT_CONFIDENCE,
        iou: float = 0.5,
        smallest_px: tuple[float, float] = (8.0, 5.0),
        threads: int = 0,
        providers: Sequence[str] = CPU,
    ) -> None:
        self._yolo = YoloDetector(
            path or ModelManifest.load().path("plates"),
            input_size=input_size,
            confidence=confidence,
            iou=iou,
            threads=threads,
            providers=providers,
        )
        self._crop_size = crop_size
        self._smallest_px = smallest_px

    def detect(self, image: Image, input_size: int | None = None) -> list[Detection]:
        """The plates in one BGR image (H, W, 3), the most confident first."""
        return self._readable(self._yolo.detect(image, input_size))

    def detect_in_crops(
        self,
        image: Image,
        boxes: Sequence[Box],
        *,
        margin: float = 0.05,
        crop_size: int | None = None,
        vehicles: bool = True,
    ) -> list[list[Detection]]:
        """The plates in each of some boxes of an image, in pixels of the whole image.

        The answer has one list a box, in the order given. Each box is widened by ``margin`` of its sides.
        ``vehicles`` says that the boxes show a vehicle each: what is too large for its plate is left out.
        """
        crops = [cut(image, box, margin) for box in boxes]
        filled = [crop for crop in crops if crop is not None]
        found = iter(self._yolo.detect_batch([crop.pixels for crop in filled], crop_size or self._crop_size))
        answer: list[list[Detection]] = []
        for box, crop in zip(boxes, crops, strict=True):
            if crop is None:
                answer.append([])
                continue
            plates = self._readable([shift(d, crop.left, crop.top) for d in next(found)])
            answer.append([d for d in plates if not vehicles or _fits(d.box, box)])
        return answer

    def _readable(self, detections: list[Detection]) -> list[Detection]:
        width, height = self._smallest_px
        return [d for d in detections if d.box.w >= width and d.box.h >= height]


def _fits(plate: Box, vehicle: Box) -> bool:
    return plate.w <= _WIDEST * vehicle.w and plate.h <= _HIGHEST * vehicle.h
