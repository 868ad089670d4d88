"""How well vehicles are found on labelled images, by class."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from detectors.classes import FOUR_WHEELED, PEOPLE, VEHICLES, as_road_users
from detectors.evaluation.dataset import DatasetError, labelled_images
from detectors.evaluation.detection import DetectionEvaluation, evaluate_detectors
from detectors.evaluation.seen_image import Detector
from detectors.letterbox import Image
from detectors.vehicles import VehicleDetector
from detectors.yolo import Detection

#: The least confidence of a vehicle that is followed.
CONFIDENCE = 0.3
#: Classes of a data set that does not name them.
USUAL_CLASSES = ("car", "motorcycle")


@dataclass(frozen=True)
class RoadUserFinder:
    """A vehicle detector as one detector of vehicles and of people, as the data set may label both.

    ``four_wheels_are_cars`` calls buses and trucks cars, for data sets that do not tell them apart.
    """

    vehicles: VehicleDetector
    four_wheels_are_cars: bool = False

    def detect(self, image: Image) -> list[Detection]:
        """The boxes in one BGR image (H, W, 3)."""
        users = self.vehicles.detect_road_users(image)
        found = [*users.vehicles, *users.people]
        if not self.four_wheels_are_cars:
            return found
        return [replace(d, label="car") if d.label in FOUR_WHEELED else d for d in found]


def evaluate_vehicles(
    folder: Path,
    detectors: Mapping[str, Detector],
    classes: Sequence[str],
    *,
    confidence: float = CONFIDENCE,
    iou: float = 0.5,
    part: str = "val",
    progress: Callable[[int, int], None] | None = None,
) -> list[DetectionEvaluation]:
    """Find vehicles in every image of a YOLO data set and compare with its labels, by class.

    ``classes`` are the data set's (see ``class_names``). See ``evaluate_detectors``. Raises DatasetError.
    """
    pairs = labelled_images(folder, part)
    return evaluate_detectors(pairs, detectors, classes, confidence=confidence, iou=iou, progress=progress)


def class_names(folder: Path, given: Sequence[str] = ()) -> tuple[str, ...]:
    """The names of a data set's classes, in order, as ours: those given, or from its YAML or classes.txt.

    A data set that says nothing has car and motorcycle. Raises DatasetError where a name is none of ours.
    """
    named = tuple(given) or _from_yaml(folder) or _from_text(folder) or USUAL_CLASSES
    ours = as_road_users(named)
    if not set(ours) & (VEHICLES | PEOPLE):
        raise DatasetError(
            f"None of the classes {', '.join(named)} is one of ours; name them in the order of the labels, "
            f"from {', '.join(sorted(VEHICLES | PEOPLE))}."
        )
    return ours


def _from_yaml(folder: Path) -> tuple[str, ...]:
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise DatasetError(
                f"{path} cannot be read ({type(error).__name__}); correct or remove it."
            ) from error
        names = content.get("names") if isinstance(content, dict) else None
        if isinstance(names, dict):
            names = [names[number] for number in sorted(names)]
        if isinstance(names, list) and names:
            return tuple(map(str, names))
    return ()


def _from_text(folder: Path) -> tuple[str, ...]:
    path = folder / "classes.txt"
    if not path.is_file():
        return ()
    return tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
