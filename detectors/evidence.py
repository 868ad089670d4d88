"""Pictures as evidence: the frame with faces and other plates blurred, the plate, the sealed originals.

The frame is the very one on which the plate was read best. What leaves unsealed is redacted; the untouched
frame leaves sealed to the authority's public key only, and what shows the driver once more by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2

from detectors.bestshot import Shot, Still
from detectors.boxes import containment, to_xyxy
from detectors.cabins import hidden_cabins
from detectors.driver_picture import driver_picture
from detectors.letterbox import Image
from detectors.platereads import WIDEST_PLATE_PART, PlateFinder, PlateShot
from detectors.redaction import redact
from detectors.regions import cut
from detectors.stageclock import StageClock
from detectors.yolo import Detection
from streams.messages import Box, EvidenceItem, EvidenceReference
from streams.sealing import PublicKey, seal

_JPEG = "image/jpeg"
_PNG = "image/png"
_FRAME_QUALITY = 88
_PLATE_MARGIN = 0.25
#: On a narrower vehicle a plate's characters are under three pixels wide: nobody can read it.
_LEAST_PLATED_PX = 80.0
_LEAST_CABIN_PX = 40.0
_CROP_INPUT_PX = 320


class FaceFinder(Protocol):
    """Finds faces, as boxes only, as :class:`detectors.faces.FaceDetector` does."""

    def detect(
        self,
        image: Image,
        *,
        vehicles: Sequence[Box] = (),
        people: Sequence[Box] = (),
        plates: Sequence[Box] = (),
    ) -> list[Detection]:
        """Faces and heads in one BGR image, boxes in its pixels."""
        ...


@dataclass(frozen=True)
class Evidence:
    """References for the passage's message, and the items that they name, in the same order."""

    references: tuple[EvidenceReference, ...] = ()
    items: tuple[EvidenceItem, ...] = ()

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(self.references + other.references, self.items + other.items)


class EvidenceMaker:
    """Makes the evidence of passages.

    ``faces`` None leaves no unsealed frame in the evidence, because nobody's face could be blurred.
    ``sealing_public_key`` None leaves the sealed pieces out.
    """

    def __init__(
        self,
        plates: PlateFinder,
        faces: FaceFinder | None,
        clock: StageClock,
        sealing_public_key: PublicKey | None = None,
    ) -> None:
        self._plates = plates
        self._faces = faces
        self._clock = clock
        self._key = sealing_public_key

    def make(
        self,
        passage_id: str,
        camera_id: str,
        shot: Shot,
        plate: PlateShot | None,
        *,
        shows_driver: bool = True,
    ) -> Evidence:
        """The evidence for one passage from ``shot``; ``plate`` is the plate on that very shot, if any.

        ``shows_driver`` False: the vehicle was seen from behind, so there is no picture of the driver.
        """
        still = shot.still
        plate_box = plate.read.box if plate else None
        text = plate.read.reading.text if plate else None
        image = still.image()
        made: list[tuple[EvidenceReference, EvidenceItem]] = []

        def add(
            kind: str, content: bytes, media_type: str, size: tuple[int, int], sealed: bool = False
        ) -> None:
            digest = hashlib.sha256(content).hexdigest()
            reference = EvidenceReference(
                kind=kind,
                digest=digest,
                media_type=media_type,
                captured_at_ns=still.captured_at_ns,
                width_px=size[0],
                height_px=size[1],
                vehicle_box=shot.vehicle.box,
                plate_box=plate_box,
                plate_text=text or None,
                sealed=sealed,
            )
            made.append((reference, EvidenceItem(digest, media_type, sealed, passage_id, camera_id, content)))

        faces: list[Box] = []
        if self._faces is not None:
            shown, faces = self._redacted(self._faces, image, still, shot, plate_box)
            with self._clock.stage("evidence"):
                options = [cv2.IMWRITE_JPEG_QUALITY, _FRAME_QUALITY]
                jpeg = cv2.imencode(".jpg", shown, options)[1].tobytes()
                add("frame", jpeg, _JPEG, (still.width_px, still.height_px))
        if plate is not None and plate_box is not None:
            inner = Box(plate_box.x - shot.left, plate_box.y - shot.top, plate_box.w, plate_box.h)
            crop = cut(shot.pixels, inner, _PLATE_MARGIN)
            if crop is not None:
                height, width = crop.pixels.shape[:2]
                add("plate", cv2.imencode(".png", crop.pixels)[1].tobytes(), _PNG, (width, height))
        if self._key is not None:
            with self._clock.stage("evidence"):
                sealed = seal(still.jpeg, self._key)
                add("original", sealed, _JPEG, (still.width_px, still.height_px), sealed=True)
                driver = driver_picture(image, shot.vehicle, faces) if shows_driver else None
                if driver is not None:
                    content, size = driver
                    add("driver", seal(content, self._key), _PNG, size, sealed=True)
        return Evidence(tuple(r for r, _ in made), tuple(item for _, item in made))

    def make_position(
        self, passage_id: str, camera_id: str, kind: str, shot: Shot, plate_box: Box | None
    ) -> Evidence:
        """A frame of ``kind`` that shows where the vehicle was, all but its own plate hidden as on any other.

        Without a face finder there is none.
        """
        if self._faces is None:
            return Evidence()
        still = shot.still
        shown, _ = self._redacted(self._faces, still.image(), still, shot, plate_box)
        with self._clock.stage("evidence"):
            content = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, _FRAME_QUALITY])[1].tobytes()
            digest = hashlib.sha256(content).hexdigest()
        reference = EvidenceReference(
            kind=kind,
            digest=digest,
            media_type=_JPEG,
            captured_at_ns=still.captured_at_ns,
            width_px=still.width_px,
            height_px=still.height_px,
            vehicle_box=shot.vehicle.box,
            plate_box=plate_box,
        )
        return Evidence((reference,), (EvidenceItem(digest, _JPEG, False, passage_id, camera_id, content),))

    def _redacted(
        self, faces: FaceFinder, image: Image, still: Still, shot: Shot, plate_box: Box | None
    ) -> tuple[Image, list[Box]]:
        """The picture as it may be seen, and the faces that were found on it."""
        with self._clock.stage("plates"):
            plates = self._all_plates(image, still)
        own = [plate_box] if plate_box else []
        with self._clock.stage("faces"):
            boxes = [v.box for v in still.vehicles if v.box.w >= _LEAST_CABIN_PX]
            found = faces.detect(image, vehicles=boxes, people=still.people, plates=[*plates, *own])
        with self._clock.stage("evidence"):
            hidden = [d.box for d in found]
            shown = redact(image, [*hidden, *_other_plates(plates, plate_box)])
            return redact(shown, hidden_cabins(still.vehicles, hidden), margin=0.0), hidden

    def _all_plates(self, image: Image, still: Still) -> list[Box]:
        found: list[Box] = []
        for vehicle in still.vehicles:
            crop = cut(image, vehicle.box, 0.05) if vehicle.box.w >= _LEAST_PLATED_PX else None
            if crop is None:
                continue
            for plate in self._plates.detect(crop.pixels, _CROP_INPUT_PX):
                box = plate.box
                if box.w > WIDEST_PLATE_PART * vehicle.box.w:
                    continue
                found.append(Box(box.x + crop.left, box.y + crop.top, box.w, box.h))
        return found


def _other_plates(plates: Sequence[Box], own: Box | None) -> list[Box]:
    if own is None or not plates:
        return list(plates)
    inside = containment(to_xyxy(plates), to_xyxy([own]))[:, 0]
    around = containment(to_xyxy([own]), to_xyxy(plates))[0]
    return [p for p, a, b in zip(plates, inside, around, strict=True) if max(a, b) < 0.3]
