"""Drawing what the pipeline sees: boxes, the way each vehicle came, and what is known of those gone by."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from detectors.cabins import hidden_cabins
from detectors.faces import heads_of
from detectors.frames import Frame
from detectors.letterbox import Image
from detectors.pipeline import ClosedPassage
from detectors.redaction import redact
from detectors.tracking import TrackedVehicle
from streams.messages import Box, Passage

_COLOURS = ((80, 200, 90), (230, 160, 60), (90, 140, 240), (200, 110, 210), (70, 210, 220), (150, 150, 240))
_INK = (255, 255, 255)
_SHADE = (30, 30, 30)


class OverlayPainter:
    """Paints one camera's frames. Tails are as long as ``tail_s``; the last ``lines`` passages are listed.

    Nobody's face goes out: the glass of every vehicle near enough and the heads of people are hidden.
    """

    def __init__(self, tail_s: float = 1.5, lines: int = 6) -> None:
        self._tail_ns = round(tail_s * 1e9)
        self._tails: dict[int, deque[tuple[int, int, int]]] = {}
        self._passed: deque[str] = deque(maxlen=lines)

    def paint(
        self,
        frame: Frame,
        vehicles: Sequence[TrackedVehicle],
        closed: Iterable[ClosedPassage] = (),
        people: Sequence[Box] = (),
    ) -> Image:
        """A copy of ``frame`` with its vehicles and the latest passages drawn on it."""
        # Looking for faces in every frame would cost more than all the rest, so none is spared.
        picture = redact(frame.image, [head.box for head in heads_of(people)])
        picture = redact(picture, hidden_cabins(vehicles, []), margin=0.0)
        thick = max(1, picture.shape[1] // 640)
        for vehicle in vehicles:
            self._vehicle(picture, frame.captured_at_ns, vehicle, thick)
        oldest = frame.captured_at_ns - self._tail_ns
        self._tails = {i: tail for i, tail in self._tails.items() if tail[-1][0] > oldest}
        self._passed.extend(described(c.passage) for c in closed)
        for row, line in enumerate(self._passed):
            _write(picture, line, (8 * thick, (14 + 12 * row) * thick), thick)
        return picture

    def _vehicle(self, picture: Image, now_ns: int, vehicle: TrackedVehicle, thick: int) -> None:
        box = vehicle.box
        colour = _COLOURS[vehicle.track_id % len(_COLOURS)]
        corner = (round(box.x), round(box.y))
        cv2.rectangle(picture, corner, (round(box.x + box.w), round(box.y + box.h)), colour, thick)
        tail = self._tails.setdefault(vehicle.track_id, deque())
        tail.append((now_ns, round(box.x + box.w / 2), round(box.y + box.h)))
        while tail[0][0] < now_ns - self._tail_ns:
            tail.popleft()
        way = np.array([(x, y) for _, x, y in tail], dtype=np.int32)
        cv2.polylines(picture, [way], False, colour, thick, cv2.LINE_AA)
        _write(picture, f"{vehicle.track_id} {vehicle.label}", (corner[0], corner[1] - 3 * thick), thick)


def described(passage: Passage) -> str:
    """One line about a passage: what it was, its plate or `unreadable`, its speed or `no speed`.

    Only what OpenCV's font has is written: a province's character becomes a question mark.
    """
    text = passage.plate.text if passage.plate else None
    plate = "".join(c if c.isascii() else "?" for c in text) if text else "unreadable"
    speed = passage.speed.speed_kmh
    return f"{passage.vehicle}  {plate}  {'no speed' if speed is None else f'{speed:.0f} km/h'}"


def _write(picture: Image, text: str, at: tuple[int, int], thick: int) -> None:
    scale = 0.4 * thick
    for colour, width in ((_SHADE, 3 * thick), (_INK, thick)):
        cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, width, cv2.LINE_AA)
