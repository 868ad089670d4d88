"""The short clip of a passage: how it drove, with nobody to be known on any frame."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from detectors.clip_coding import MEDIA_TYPE, encode_film
from detectors.clip_frames import ClipFrame, ClipSettings
from detectors.clip_hiding import hide, look_at
from detectors.evidence import Evidence, FaceFinder
from detectors.letterbox import Image
from detectors.platereads import PlateFinder
from detectors.stageclock import StageClock
from streams.messages import EvidenceItem, EvidenceReference

KIND = "clip"


class ClipMaker:
    """Makes clips of passages, with the finders that blur the stills."""

    def __init__(
        self, plates: PlateFinder, faces: FaceFinder, clock: StageClock, settings: ClipSettings
    ) -> None:
        self._plates = plates
        self._faces = faces
        self._clock = clock
        self._settings = settings

    def make(self, passage_id: str, camera_id: str, own_id: int, frames: Sequence[ClipFrame]) -> Evidence:
        """The clip of the vehicle ``own_id``; none where there are no frames, or it grew too large."""
        if not frames:
            return Evidence()
        with self._clock.stage("clip"):
            pictures = self._hidden(frames, own_id)
            times_ns = [frame.captured_at_ns for frame in frames]
            film = encode_film(pictures, times_ns, self._settings.most_bytes)
        if film is None:
            return Evidence()
        height, width = pictures[0].shape[:2]
        digest = hashlib.sha256(film).hexdigest()
        reference = EvidenceReference(KIND, digest, MEDIA_TYPE, times_ns[0], width, height)
        item = EvidenceItem(digest, MEDIA_TYPE, False, passage_id, camera_id, film)
        return Evidence((reference,), (item,))

    def _hidden(self, frames: Sequence[ClipFrame], own_id: int) -> list[Image]:
        images = [frame.image() for frame in frames]
        every, last = self._settings.looks_every, len(frames) - 1
        at = sorted({*range(0, len(frames), every), last})
        looks = {i: look_at(images[i], frames[i], self._plates, self._faces) for i in at}
        return [
            hide(
                image,
                frame,
                [looks[i] for i in sorted({_floor(at, index), _ceiling(at, index)})],
                own_id,
            )
            for index, (image, frame) in enumerate(zip(images, frames, strict=True))
        ]


def _floor(at: Sequence[int], index: int) -> int:
    return max(i for i in at if i <= index)


def _ceiling(at: Sequence[int], index: int) -> int:
    return min(i for i in at if i >= index)
