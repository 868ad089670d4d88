"""Whether the camera still looks where it looked when the reference picture was taken.

Edges of the standing scene are compared by phase correlation (Kuglin & Hines 1975) in tiles, with vehicles
and people left out; edges and phases change little with the light. A turn or a zoom shifts the tiles
differently, so a similarity is fitted to their shifts and the largest shift that it gives counts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.letterbox import Image
from streams.messages import Box, HealthEvent

Plane = NDArray[np.float32]
Array = NDArray[np.float64]

#: About the width at which pictures are compared (shrinking by whole numbers is quick), and the tiles' grid.
_WIDTH, _ACROSS, _DOWN = 600, 5, 3
#: Edges of this strength (grey levels) count half; weaker ones are noise.
_EDGE = 24.0
#: A tile needs this mean edge, this part that is not hidden, and this peak to count.
_LEAST_EDGE, _LEAST_SEEN, _LEAST_PEAK = 0.015, 0.6, 0.12
#: So many tiles must agree, this part of all and to so many px of the small picture.
_LEAST_TILES, _AGREEING, _ALIKE_PX = 4, 0.6, 0.5
#: The reference is the median of so many checks: what moves through the picture is gone from it.
_TOGETHER = 5
#: Checks that must agree before a person is told, and after which another view is taken as moved.
_AGREE, _LOST = 2, 6


@dataclass(frozen=True)
class MovedSettings:
    """``every_s`` between checks; ``largest_px`` of the full picture is the shift that voids measurements."""

    every_s: float = 1.25
    largest_px: float = 1.5
    renew_s: float = 1800.0
    history: int = 30


class CameraWatch:
    """Compares frames with the reference: what stood still on the first ones, or on ``reference`` (BGR)."""

    def __init__(self, settings: MovedSettings | None = None, reference: Image | None = None) -> None:
        self._settings = settings or MovedSettings()
        self._window: Plane | None = None
        self._reference = None if reference is None else _edges(reference)
        self._hidden: Plane | None = None
        self._recent: deque[tuple[Plane, Plane]] = deque(maxlen=_TOGETHER)
        self._base = np.zeros(2)
        self._renewed_ns: int | None = None
        self._checked_ns: int | None = None
        self._good_ns: int | None = None
        self._bad = self._lost = 0
        self._since_ns: int | None = None
        self._told = False
        self._past: deque[tuple[int, int]] = deque(maxlen=32)
        self._shifts: deque[Array] = deque(maxlen=self._settings.history)
        self._events: list[HealthEvent] = []
        self._latest = 0.0

    @property
    def shift_px(self) -> float:
        """The largest shift of the scene at the latest check, in px of the full picture."""
        return self._latest

    @property
    def shake_px(self) -> float:
        """How much the camera trembles: the standard deviation of the shifts in px of the full picture."""
        if len(self._shifts) < 5:
            return 0.0
        return float(np.sqrt(np.var(np.array(self._shifts), axis=0).mean()))

    def see(self, captured_at_ns: int, image: Image, moving: Sequence[Box]) -> None:
        """Look at a frame if a check is due; ``moving`` are the boxes of what does not stand still."""
        due = self._checked_ns is None or captured_at_ns - self._checked_ns >= self._settings.every_s * 1e9
        if not due:
            return
        self._checked_ns = captured_at_ns
        edges = _edges(image)
        hidden = _hidden(edges.shape, image.shape[1], moving)
        self._recent.append((edges, hidden))
        if self._reference is None or self._reference.shape != edges.shape:
            if len(self._recent) == _TOGETHER:
                self._take_reference(captured_at_ns)
            return
        scale = image.shape[1] / edges.shape[1]
        usable, found = self._compare(edges, hidden)
        if found is None:
            if usable >= _LEAST_TILES:
                self._unrecognised(captured_at_ns)
            return
        largest, middle = found[0] * scale, found[1] * scale
        self._latest, self._lost = largest, 0
        if largest > self._settings.largest_px:
            self._moved(captured_at_ns, f"the scene has shifted by {largest:.1f} px")
            return
        self._shifts.append(middle)
        self._settled(captured_at_ns)
        if self._renewed_ns is None or captured_at_ns - self._renewed_ns > self._settings.renew_s * 1e9:
            # The light changes over hours. What was shifted by then stays counted.
            self._base = self._base + found[1]
            self._take_reference(captured_at_ns)

    def reason_between(self, from_ns: int, until_ns: int) -> str | None:
        """Why nothing from ``from_ns`` to ``until_ns`` (UTC ns) can be measured, None if it can."""
        stretches = [*self._past, *([(self._since_ns, until_ns)] if self._since_ns is not None else [])]
        if any(begun <= until_ns and from_ns <= ended for begun, ended in stretches):
            return "the camera has moved since it was calibrated"
        return None

    def events(self) -> list[HealthEvent]:
        """What a person must know, since the last call."""
        fresh, self._events = self._events, []
        return fresh

    def _take_reference(self, now_ns: int) -> None:
        stack = np.array([np.where(shown > 0, edges, np.nan) for edges, shown in self._recent])
        shown = np.isfinite(stack).sum(axis=0) * 2 > len(stack)
        self._reference = np.zeros(shown.shape, np.float32)
        self._reference[shown] = np.nanmedian(stack[:, shown], axis=0)
        self._hidden = shown.astype(np.float32)
        self._renewed_ns = self._good_ns = now_ns

    def _moved(self, now_ns: int, detail: str) -> None:
        self._bad += 1
        if self._since_ns is None:
            self._since_ns = now_ns if self._good_ns is None else self._good_ns
        if self._bad >= _AGREE and not self._told:
            self._told = True
            self._events.append(HealthEvent("camera-moved", self._since_ns, detail))

    def _unrecognised(self, now_ns: int) -> None:
        """There are edges, but not those of the reference: the camera may show another view."""
        self._lost += 1
        if self._lost >= _LOST:
            self._moved(now_ns, "the camera shows another scene")

    def _settled(self, now_ns: int) -> None:
        if self._since_ns is not None:
            self._past.append((self._since_ns, now_ns))
            if self._told:
                self._events.append(HealthEvent("camera-back", now_ns, "the scene is where it was"))
        self._bad, self._since_ns, self._told, self._good_ns = 0, None, False, now_ns

    def _compare(self, edges: Plane, hidden: Plane) -> tuple[int, tuple[float, Array] | None]:
        """How many tiles can be compared; the largest and the middle shift, in px of the small picture."""
        assert self._reference is not None
        seen = hidden if self._hidden is None else hidden * self._hidden
        before, now = self._reference * seen, edges * seen
        height, width = edges.shape
        tall, wide = height // _DOWN, width // _ACROSS
        if self._window is None or self._window.shape != (tall, wide):
            self._window = np.asarray(cv2.createHanningWindow((wide, tall), cv2.CV_32F), np.float32)
        usable, places, shifts = 0, [], []
        for top in range(0, tall * _DOWN, tall):
            for left in range(0, wide * _ACROSS, wide):
                part = np.s_[top : top + tall, left : left + wide]
                least = min(cv2.mean(before[part])[0], cv2.mean(now[part])[0])
                if least < _LEAST_EDGE or cv2.mean(seen[part])[0] < _LEAST_SEEN:
                    continue
                usable += 1
                shift, peak = cv2.phaseCorrelate(before[part], now[part], self._window)
                if peak >= _LEAST_PEAK:
                    places.append((left + wide / 2 - width / 2, top + tall / 2 - height / 2))
                    shifts.append(shift)
        if len(shifts) < _LEAST_TILES:
            return usable, None
        return usable, _similarity(np.array(places), np.array(shifts) + self._base)


def _edges(image: Image) -> Plane:
    """Edges (h, w) from 0 to 1 of a BGR picture at the width of comparing."""
    part = max(1, round(image.shape[1] / _WIDTH))
    size = image.shape[1] // part, image.shape[0] // part
    small = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    small = cv2.GaussianBlur(small, (0, 0), 0.8)
    across = cv2.Sobel(small, cv2.CV_32F, 1, 0, scale=0.25)
    down = cv2.Sobel(small, cv2.CV_32F, 0, 1, scale=0.25)
    square = across * across + down * down
    return np.asarray(square / (square + _EDGE**2), np.float32)


def _hidden(shape: tuple[int, ...], width_px: int, moving: Sequence[Box]) -> Plane:
    """1 where the scene shows, 0 where something moves before it, with room for its shadow."""
    mask = np.ones(shape[:2], np.float32)
    scale = shape[1] / width_px
    for box in moving:
        left, right = (box.x - 0.15 * box.w) * scale, (box.x + 1.15 * box.w) * scale
        top, bottom = (box.y - 0.1 * box.h) * scale, (box.y + 1.15 * box.h) * scale
        mask[max(0, int(top)) : max(0, int(bottom) + 1), max(0, int(left)) : max(0, int(right) + 1)] = 0
    return mask


def _similarity(places: Array, shifts: Array) -> tuple[float, Array] | None:
    """The largest shift over the tiles, and the middle one (2,): shift, turn and zoom are fitted to all.

    None where the tiles do not agree: then something else moved than the camera.
    """
    middle = np.median(shifts, axis=0)
    solution = np.array([middle[0], middle[1], 0.0, 0.0])
    x, y = places.T
    ones, noughts = np.ones_like(x), np.zeros_like(x)
    design = np.concatenate([np.column_stack([ones, noughts, x, -y]), np.column_stack([noughts, ones, y, x])])
    target = np.concatenate([shifts[:, 0], shifts[:, 1]])
    for _ in range(5):
        rest = np.abs(target - design @ solution)
        weights = 1.0 / np.maximum(rest, 0.1)
        root = np.sqrt(weights)[:, None]
        # Turn and zoom are drawn to nought: a few tiles in a row say little about them.
        solution = np.linalg.lstsq(
            np.vstack([design * root, np.diag([0.0, 0.0, 30.0, 30.0])]),
            np.concatenate([target * root[:, 0], np.zeros(4)]),
            rcond=None,
        )[0]
    fitted = (design @ solution).reshape(2, -1)
    away = np.linalg.norm(fitted - shifts.T, axis=0)
    if (away < _ALIKE_PX).mean() < _AGREEING:
        return None
    return float(np.linalg.norm(fitted, axis=0).max()), np.asarray(solution[:2])
