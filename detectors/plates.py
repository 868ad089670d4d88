"""Finding number plates, in whole images and in the crops of vehicles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from detectors.boxes import iou_matrix, to_xyxy
from detectors.classes import PLATE, as_plates, check_plates
from detectors.letterbox import Image
from detectors.manifest import ModelManifest
from detectors.regions import cut, shift
from detectors.yolo import Detection, YoloDetector
from streams.messages import Box

#: The least confidence of a plate found in one look, of one in a vehicle's crop, and of one that was looked
#: at twice. A vehicle has a plate, so a doubtful one there is likely right; the reader is the second judge.
DEFAULT_CONFIDENCE = 0.35
CROP_CONFIDENCE = 0.15
CAREFUL_CONFIDENCE = 0.5
#: What a first look needs to be worth a second one.
WORTH_A_LOOK = 0.1
#: A plate's surroundings for the second look: so many plate widths across, and at least so many px.
_SURROUNDINGS, _LEAST_SURROUNDINGS_PX = 4.0, 96.0
#: The overlap at which the second look shows the same plate.
_SAME = 0.4

#: A plate is at most this part of its vehicle's width and height, a motorcycle's seen from behind included.
_WIDEST, _HIGHEST = 0.65, 0.4


class PlateDetector:
    """A YOLO model that knows number plates, ours or another's; other classes are left out.

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
        providers: Sequence[str] | None = None,
    ) -> None:
        path = path or ModelManifest.load().path("plates")
        self._yolo = YoloDetector(
            path,
            input_size=input_size,
            confidence=confidence,
            iou=iou,
            threads=threads,
            providers=providers,
            rename=as_plates,
        )
        check_plates(path, self._yolo.labels)
        self._crop_size = crop_size
        self._smallest_px = smallest_px

    def detect(
        self, image: Image, input_size: int | None = None, confidence: float | None = None
    ) -> list[Detection]:
        """The plates in one BGR image (H, W, 3), the most confident first."""
        return self._readable(self._yolo.detect(image, input_size, confidence))

    def detect_in_crops(
        self,
        image: Image,
        boxes: Sequence[Box],
        *,
        margin: float = 0.25,
        crop_size: int | None = None,
        vehicles: bool = True,
        confidence: float | None = None,
    ) -> list[list[Detection]]:
        """The plates in each of some boxes of an image, in pixels of the whole image.

        The answer has one list a box, in the order given, the most confident plate first. Each box is widened
        by ``margin`` of its sides, because the model knows plates with their surroundings. ``vehicles`` says
        that the boxes show a vehicle each: what is too large for its plate, or beside it, is left out.
        """
        crops = [cut(image, box, margin) for box in boxes]
        filled = [crop for crop in crops if crop is not None]
        pixels = [crop.pixels for crop in filled]
        if confidence is None:
            confidence = CROP_CONFIDENCE if vehicles else self._yolo.confidence
        found = iter(self._yolo.detect_batch(pixels, crop_size or self._crop_size, confidence))
        answer: list[list[Detection]] = []
        for box, crop in zip(boxes, crops, strict=True):
            if crop is None:
                answer.append([])
                continue
            plates = self._readable([shift(d, crop.left, crop.top) for d in next(found)])
            answer.append([d for d in plates if not vehicles or _fits(d.box, box)])
        return answer

    def detect_carefully(self, image: Image, confidence: float = CAREFUL_CONFIDENCE) -> list[Detection]:
        """The plates in one BGR image, looked at twice: for stills, where a false box costs more."""
        first = self.detect(image, confidence=min(confidence, WORTH_A_LOOK))
        return self.look_again(image, first, confidence)

    def look_again(
        self, image: Image, found: Sequence[Detection], confidence: float = CAREFUL_CONFIDENCE
    ) -> list[Detection]:
        """Look at each find closely: the box becomes tighter, the confidence the mean of both looks.

        What the second look does not show counts as 0 there. On 119 photographs with 142 plates this finds
        0.951 of them with 0.084 false boxes an image and a mean IoU of 0.894; the first look alone, at as
        many false boxes, 0.937 with a mean IoU of 0.888.
        """
        surroundings = [_around(plate.box) for plate in found]
        seen = self.detect_in_crops(
            image, surroundings, margin=0, vehicles=False, confidence=min(confidence, WORTH_A_LOOK)
        )
        both: list[Detection] = []
        for plate, candidates in zip(found, seen, strict=True):
            overlap = iou_matrix(to_xyxy([plate.box]), to_xyxy([d.box for d in candidates]))[0]
            if overlap.size and overlap.max() >= _SAME:
                again = candidates[int(overlap.argmax())]
                both.append(replace(again, confidence=(plate.confidence + again.confidence) / 2))
            else:
                both.append(replace(plate, confidence=plate.confidence / 2))
        return sorted((d for d in both if d.confidence >= confidence), key=lambda d: -d.confidence)

    def _readable(self, detections: list[Detection]) -> list[Detection]:
        width, height = self._smallest_px
        return [d for d in detections if d.label == PLATE and d.box.w >= width and d.box.h >= height]


def _fits(plate: Box, vehicle: Box) -> bool:
    x, y = plate.x + plate.w / 2 - vehicle.x, plate.y + plate.h / 2 - vehicle.y
    within = 0 <= x <= vehicle.w and 0 <= y <= vehicle.h
    return within and plate.w <= _WIDEST * vehicle.w and plate.h <= _HIGHEST * vehicle.h


def _around(plate: Box) -> Box:
    side = max(_LEAST_SURROUNDINGS_PX, _SURROUNDINGS * max(plate.w, plate.h))
    return Box(plate.x + plate.w / 2 - side / 2, plate.y + plate.h / 2 - side / 2, side, side)
