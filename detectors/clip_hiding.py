"""What is hidden on each frame of a clip: faces, whole cabins, and the plates of all other vehicles.

Looking for plates and faces on every frame would cost more than following the traffic does. They are looked
for on some frames; between two looks whatever either showed moves with its vehicle. What needs no look is
hidden on every frame: the glass of each vehicle, the head of each person. A vehicle whose plate no look has
found has its plate where plates are: that part is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.cabins import hidden_cabins
from detectors.clip_frames import ClipFrame
from detectors.evidence import FaceFinder
from detectors.faces import heads_of
from detectors.letterbox import STRIDE, Image
from detectors.platereads import WIDEST_PLATE_PART, PlateFinder
from detectors.redaction import redact
from detectors.regions import cut
from detectors.tracking import TrackedVehicle
from streams.messages import Box

#: On a narrower vehicle, in px of the clip, nobody can read a plate: its characters are two pixels wide.
_LEAST_PLATED_PX = 60.0
_SMALLEST_INPUT_PX, _LARGEST_INPUT_PX = 128, 320
#: A plate is not exactly where its vehicle's box says: it is hidden with this part of its sides around it.
_MARGIN = 0.3
#: Faces of people who are not followed may go this part of their size either way between two looks.
_STRAY = 0.5
#: Where plates are, in parts of a vehicle's box: from its left and its top, its width and its height.
_WHERE_PLATES_ARE = Box(0.12, 0.5, 0.76, 0.48)


@dataclass(frozen=True)
class Look:
    """What was found on one frame: plates by vehicle, in parts of its box, and faces in px."""

    plates: dict[int, tuple[Box, ...]]
    faces: tuple[Box, ...]


def look_at(image: Image, frame: ClipFrame, plates: PlateFinder, faces: FaceFinder) -> Look:
    """Look for the plates of all vehicles that are near enough to be read, and for faces."""
    found: dict[int, tuple[Box, ...]] = {}
    everywhere: list[Box] = []
    for vehicle in frame.vehicles:
        crop = cut(image, vehicle.box, 0.05) if vehicle.box.w >= _LEAST_PLATED_PX else None
        if crop is None:
            continue
        boxes = [
            Box(d.box.x + crop.left, d.box.y + crop.top, d.box.w, d.box.h)
            for d in plates.detect(crop.pixels, _input_px(crop.pixels))
            if d.box.w <= WIDEST_PLATE_PART * vehicle.box.w
        ]
        everywhere += boxes
        found[vehicle.track_id] = tuple(_in_parts(box, vehicle.box) for box in boxes)
    seen = faces.detect(image, people=frame.people, plates=everywhere)
    return Look(found, tuple(d.box for d in seen))


def hide(image: Image, frame: ClipFrame, looks: Sequence[Look], own_id: int) -> Image:
    """A copy of ``image`` on which nobody is known: ``looks`` are those before and after, or at, the frame.

    The plate of the vehicle ``own_id`` is left where no other vehicle is.
    """
    others = [vehicle for vehicle in frame.vehicles if vehicle.track_id != own_id]
    shown = redact(image, [box for vehicle in others for box in _found_on(vehicle, looks)], margin=_MARGIN)
    shown = redact(
        shown, [_in_px(_WHERE_PLATES_ARE, v.box) for v in others if _overlooked(v, looks)], margin=0
    )
    own = next((vehicle for vehicle in frame.vehicles if vehicle.track_id == own_id), None)
    if own is not None:
        # A plate inside the vehicle's box may be that of one in front of it.
        strange = [box for box in _found_on(own, looks) if any(_meets(box, v.box) for v in others)]
        shown = redact(shown, strange, margin=_MARGIN)
    heads = [detection.box for detection in heads_of(frame.people)]
    shown = redact(shown, [*heads, *(_strayed(box) for look in looks for box in look.faces)])
    return redact(shown, hidden_cabins(frame.vehicles, []), margin=0.0)


def _input_px(pixels: Image) -> int:
    """As large as the crop is: enlarging it shows no more of a plate."""
    rounded: int = -(-max(pixels.shape[:2]) // STRIDE) * STRIDE
    return min(max(rounded, _SMALLEST_INPUT_PX), _LARGEST_INPUT_PX)


def _overlooked(vehicle: TrackedVehicle, looks: Sequence[Look]) -> bool:
    """Whether a look has found no plate on a vehicle that is near enough for one to be read."""
    near = vehicle.box.w >= _LEAST_PLATED_PX
    return near and not all(look.plates.get(vehicle.track_id) for look in looks)


def _found_on(vehicle: TrackedVehicle, looks: Sequence[Look]) -> list[Box]:
    return [_in_px(part, vehicle.box) for look in looks for part in look.plates.get(vehicle.track_id, ())]


def _in_parts(box: Box, whole: Box) -> Box:
    return Box((box.x - whole.x) / whole.w, (box.y - whole.y) / whole.h, box.w / whole.w, box.h / whole.h)


def _in_px(part: Box, whole: Box) -> Box:
    return Box(whole.x + part.x * whole.w, whole.y + part.y * whole.h, part.w * whole.w, part.h * whole.h)


def _meets(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.w
        and other.x < one.x + one.w
        and one.y < other.y + other.h
        and other.y < one.y + one.h
    )


def _strayed(face: Box) -> Box:
    return Box(
        face.x - _STRAY * face.w,
        face.y - _STRAY * face.h,
        (1 + 2 * _STRAY) * face.w,
        (1 + 2 * _STRAY) * face.h,
    )
