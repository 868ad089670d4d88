"""What the classes of other people's models mean to us, so that any detector can stand in for ours.

Names come from the model's metadata: COCO's 80, our own six, or what a data set calls them. A class that is
no road user keeps its name and is left out later.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detectors.onnx_session import ModelUnusable

VEHICLES = frozenset({"car", "motorcycle", "bus", "truck"})
FOUR_WHEELED = frozenset({"car", "bus", "truck"})
PEOPLE = frozenset({"person", "bicycle"})
PLATE = "plate"

_SAME_AS = {
    "motorcycle": ("motorbike", "motor", "moped", "scooter", "motorcyclist"),
    "truck": ("lorry", "hgv", "pickup", "trailer"),
    "bus": ("coach", "minibus"),
    "car": ("van", "suv", "taxi", "sedan", "auto", "automobile", "vehicle"),
    "bicycle": ("bike", "cycle"),
    "person": ("pedestrian", "people", "human", "rider", "cyclist"),
}
_OURS = {other: ours for ours, others in _SAME_AS.items() for other in (ours, *others)}
_PLATE_WITHOUT_THE_WORD = frozenset({"lp", "licence", "license", "numplate"})


def as_road_users(names: Sequence[str]) -> tuple[str, ...]:
    """A model's class names with those of road users as ours: car, motorcycle, bus, truck, bicycle, person.

    >>> as_road_users(["Motorbike", "lorry", "traffic light"])
    ('motorcycle', 'truck', 'traffic light')
    """
    return tuple(_OURS.get(_plain(name), name) for name in names)


def as_plates(names: Sequence[str]) -> tuple[str, ...]:
    """A model's class names with every kind of number plate as ``plate``.

    The only class of a model is its plates whatever it is called, unless it is a road user.

    >>> as_plates(["License_Plate", "car"]), as_plates(["0"])
    (('plate', 'car'), ('plate',))
    """
    if len(names) == 1 and _plain(names[0]) not in _OURS:
        return (PLATE,)
    return tuple(
        PLATE if "plate" in _plain(name) or _plain(name) in _PLATE_WITHOUT_THE_WORD else name
        for name in names
    )


def check_road_users(path: Path, labels: Sequence[str]) -> str | None:
    """What a model of road users will not see, in a sentence; None for one that knows all six.

    Raises:
        ModelUnusable: for one that knows no vehicle at all.
    """
    if not VEHICLES & set(labels):
        raise ModelUnusable(
            f"The model {path} finds {_listed(labels)} and no vehicle; give a detector whose classes are "
            f"among {', '.join(sorted(VEHICLES | PEOPLE))} (COCO's names will do)."
        )
    missing = sorted((VEHICLES | PEOPLE) - set(labels))
    if not missing:
        return None
    people = " Faces of people outside vehicles are then found by the face model alone."
    return (
        f"The model {path} does not know {_listed(missing)}: none will be seen."
        f"{people if 'person' in missing else ''}"
    )


def check_plates(path: Path, labels: Sequence[str]) -> None:
    """Raise ModelUnusable for a model without a class for number plates."""
    if PLATE not in labels:
        raise ModelUnusable(
            f"The model {path} finds {_listed(labels)} and no number plate; give a detector with a class "
            "whose name holds the word plate, or with that class alone."
        )


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _listed(labels: Sequence[str], most: int = 6) -> str:
    shown = ", ".join(dict.fromkeys(labels[:most]))
    return f"{shown} and {len(labels) - most} more" if len(labels) > most else shown
