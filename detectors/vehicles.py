"""Finding vehicles, and the people and bicycles among them: one box a vehicle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detectors.boxes import Floats, areas, containment, to_xyxy
from detectors.classes import FOUR_WHEELED, PEOPLE, VEHICLES, as_road_users, check_road_users
from detectors.letterbox import Image
from detectors.manifest import ModelManifest
from detectors.providers import CPU, on_gpu
from detectors.scene import PASSAGE_PX, input_size_for
from detectors.yolo import Detection, YoloDetector

#: The tracker begins with certain finds and goes on with doubtful ones, so it is given those doubtful ones
#: that are more often right than not: on 78 tuning images six of ten from here to 0.3, and half just below.
CONFIDENCE = 0.25
#: The names of the model in the manifest.
QUANTISED, FLOAT = "vehicles", "vehicles_float"
#: A box that lies in another by at least this part is a candidate for being the same vehicle.
_NESTED = 0.85
#: ... unless its foot is lower by this part of the outer height: then it stands in front of the other.
_IN_FRONT = 0.04
#: Two boxes that share less than this part stand apart.
_APART = 0.3
#: An inner box wins only if it is more certain by this much: a cab is often found beside its lorry.
_CLEARLY_BETTER = 0.25


@dataclass(frozen=True)
class RoadUsers:
    """What one image shows: vehicles (car, motorcycle, bus, truck), and people and bicycles."""

    vehicles: tuple[Detection, ...]
    people: tuple[Detection, ...]


class VehicleDetector:
    """A YOLO model that knows road users, ours or another's; other classes are left out.

    ``input_size`` is the longest side of the model's input in px; None takes what the picture needs for the
    narrowest passage. ``smallest_px`` is the least width and height of a box that is reported, in px of the
    image. ``blind_to`` says which road users the model does not know, None where it knows all. Raises
    ModelUnusable for a model without any vehicle.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        input_size: int | None = 640,
        confidence: float = CONFIDENCE,
        iou: float = 0.6,
        smallest_px: float = 12.0,
        threads: int = 0,
        providers: Sequence[str] | None = None,
    ) -> None:
        path = path or vehicle_model(ModelManifest.load(), providers)[1]
        self._yolo = YoloDetector(
            path,
            input_size=input_size or 640,
            confidence=confidence,
            iou=iou,
            threads=threads,
            providers=providers,
            rivals=[FOUR_WHEELED],
            rename=as_road_users,
        )
        self.blind_to = check_road_users(path, self._yolo.labels)
        self._smallest_px = smallest_px
        self._by_picture = input_size is None

    def detect(self, image: Image) -> list[Detection]:
        """The vehicles in one BGR image (H, W, 3), the most confident first."""
        return list(self.detect_road_users(image).vehicles)

    def detect_road_users(self, image: Image) -> RoadUsers:
        """Vehicles, and people and bicycles, from one run of the model."""
        size = input_size_for(max(image.shape[:2]), PASSAGE_PX) if self._by_picture else None
        found = [d for d in self._yolo.detect(image, size) if min(d.box.w, d.box.h) >= self._smallest_px]
        four_wheeled = one_box_each([d for d in found if d.label in FOUR_WHEELED])
        others = [d for d in found if d.label in VEHICLES - FOUR_WHEELED]
        vehicles = sorted([*four_wheeled, *others], key=lambda d: -d.confidence)
        return RoadUsers(tuple(vehicles), tuple(d for d in found if d.label in PEOPLE))


def vehicle_model(manifest: ModelManifest, providers: Sequence[str] | None = None) -> tuple[str, Path]:
    """The name and file of the model for what runs it: 8 bits on a CPU, in float on a GPU.

    A GPU gains nothing from 8 bits in the form that suits CPUs, and TensorRT refuses it. A folder that holds
    a vehicle detector of its own and none in float has that one run everywhere. Raises ModelError.
    """
    path = manifest.path(QUANTISED)
    if on_gpu(providers or CPU) and any(entry.name == FLOAT for entry in manifest.entries):
        other = manifest.path(FLOAT)
        if other.parent == path.parent:
            return FLOAT, other
    return QUANTISED, path


def one_box_each(detections: Sequence[Detection]) -> list[Detection]:
    """Leave one box of those that lie inside one another and show one vehicle.

    A box around two or more certain ones that stand apart is dropped: it spans several vehicles. Otherwise
    the inner box goes, being a part (a cab, a load), unless it is much more certain. A box whose foot is
    lower than the outer one's stands nearer to the camera and is a vehicle of its own.
    """
    if len(detections) < 2:
        return list(detections)
    boxes = to_xyxy([d.box for d in detections])
    scores = np.asarray([d.confidence for d in detections], np.float32)
    nested = _nested(boxes)
    dropped: set[int] = set()
    for outer in np.argsort(-areas(boxes), kind="stable"):
        inner = [int(i) for i in np.flatnonzero(nested[:, outer]) if int(i) not in dropped]
        if not inner or int(outer) in dropped:
            continue
        certain = [i for i in inner if scores[i] >= scores[outer]]
        spans_several = len(certain) >= 2 and _some_stand_apart(boxes[certain])
        if spans_several or scores[inner].max() >= scores[outer] + _CLEARLY_BETTER:
            dropped.add(int(outer))
        else:
            dropped.update(inner)
    return [d for i, d in enumerate(detections) if i not in dropped]


def _some_stand_apart(boxes: Floats) -> bool:
    return bool(containment(boxes, boxes).min() < _APART)


def _nested(boxes: Floats) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Whether box i lies in the larger box j and does not stand in front of it: (N, N)."""
    size = areas(boxes)
    inside = (containment(boxes, boxes) >= _NESTED) & (size[:, None] < size[None, :])
    heights = boxes[:, 3] - boxes[:, 1]
    in_front = boxes[:, None, 3] > boxes[None, :, 3] + _IN_FRONT * heights[None, :]
    return np.asarray(inside & ~in_front)
