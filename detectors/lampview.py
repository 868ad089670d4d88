"""A signal head cut out of a shaking picture, at a standard size, or the word that it is hidden.

By day the edges of the housing and of what lies around it fix where it is, to a fraction of a lamp; when they
are not there, something stands in front. At night there are no such edges: then the region stays where it was
set, and whether the light lies where the lamps are is judged by the reader.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.letterbox import Image
from streams.messages import Box

#: One lamp's cell at the standard size, and what is looked at around the head: for its edges, and for shake.
CELL = 12
_AROUND = 6
_SHAKE = 4
#: Fine structure weaker than this (grey levels, RMS) fixes nothing.
_LEAST_STRUCTURE = 3.0
#: Correlation below which the head is taken for hidden; above it the remembered look is refreshed.
_HIDDEN, _REFRESH = 0.35, 0.6
_SLOWLY = 0.02
#: A head that is hidden for so long looks differently now: another season, or the camera was turned.
_RELEARN_NS = 20 * 10**9
#: Cells whose mean colours differ by no more than this (grey levels) show the same: a lamp makes more of it.
_NOISE = 8
#: Frames until the head's average place is taken for settled.
_CENTRING = 250

_Grey = NDArray[np.float32]


class HeadView:
    """Finds one head again in each frame, within a third of a lamp of its region."""

    def __init__(self, region: Box, lamps: int, vertical: bool) -> None:
        self.why = ""
        self._lamps = lamps
        self._vertical = vertical
        length = region.h if vertical else region.w
        breadth = region.w if vertical else region.h
        pad = (_AROUND + _SHAKE) / CELL
        along, across = pad * length / lamps, pad * breadth
        dx, dy = (across, along) if vertical else (along, across)
        self._window = (region.x - dx, region.y - dy, region.w + 2 * dx, region.h + 2 * dy)
        self._size = (CELL + 2 * (_AROUND + _SHAKE), lamps * CELL + 2 * (_AROUND + _SHAKE))
        self._mask = _around_the_lamps(lamps)
        self._look: _Grey | None = None
        self._strange_since_ns: int | None = None
        self._aligned = 0
        self._centre = np.full(2, _SHAKE, np.float32)

    def body(self, window: Image, captured_at_ns: int) -> Image | None:
        """The housing, (CELL * lamps, CELL, 3), lamps from the top; None, with ``why``, if it is not seen."""
        edges = _fine(window)
        inner = edges[_SHAKE:-_SHAKE, _SHAKE:-_SHAKE]
        if self._look is None:
            self._look = inner.copy()
        top = left = _SHAKE
        if float(np.sqrt((self._look[self._mask > 0] ** 2).mean())) >= _LEAST_STRUCTURE:
            scores = cv2.matchTemplate(edges, self._look, cv2.TM_CCOEFF_NORMED, mask=self._mask)
            _, score, _, (left, top) = cv2.minMaxLoc(scores)
            if score >= _REFRESH:
                self._strange_since_ns = None
            elif self._strange_since_ns is None:
                self._strange_since_ns = captured_at_ns
            elif captured_at_ns - self._strange_since_ns > _RELEARN_NS:
                self._look, self._aligned, self._strange_since_ns = inner.copy(), 0, None
            if score < _HIDDEN:
                self.why = "hidden"
                return None
            if score >= _REFRESH:
                self._refresh(edges[top : top + len(inner), left : left + inner.shape[1]])
                if self._aligned < _CENTRING:
                    self._aligned += 1
                    self._centre += (np.array([top, left], np.float32) - self._centre) / self._aligned
        else:
            self._refresh(inner)
        # The first frame was shaken too: the region is where the head is on average.
        off_y, off_x = (round(float(c)) - _SHAKE for c in self._centre)
        top, left = top - off_y + _AROUND, left - off_x + _AROUND
        return window[top : top + self._lamps * CELL, left : left + CELL]

    def is_unchanged(self, one: Image, other: Image) -> bool:
        """Whether the same lamps burn in both windows: each cell has the same mean colour, but for noise."""
        start, size = _AROUND + _SHAKE, (1, self._lamps)
        means = [
            cv2.resize(
                window[start : start + self._lamps * CELL, start : start + CELL],
                size,
                interpolation=cv2.INTER_AREA,
            )
            for window in (one, other)
        ]
        return int(cv2.absdiff(*means).max()) <= _NOISE

    def _refresh(self, edges: _Grey) -> None:
        assert self._look is not None
        self._look += _SLOWLY * (edges - self._look)

    def window(self, image: Image) -> Image:
        """The window around the head at the standard size, lamps from the top."""
        x, y, w, h = self._window
        width, height = self._size if self._vertical else self._size[::-1]
        # A large head is taken at a multiple of the standard size first, so that no pixel is left out.
        times = max(1, round(w / width))
        by_x, by_y = w / (width * times), h / (height * times)
        place = np.array([[by_x, 0.0, x + 0.5 * by_x - 0.5], [0.0, by_y, y + 0.5 * by_y - 0.5]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (width * times, height * times)
        cut = cv2.warpAffine(image, place, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        if times > 1:
            cut = cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(cut if self._vertical else cut.transpose(1, 0, 2), np.uint8)


def _around_the_lamps(lamps: int) -> _Grey:
    mask = np.ones((lamps * CELL + 2 * _AROUND, CELL + 2 * _AROUND), np.float32)
    for lamp in range(lamps):
        middle = (_AROUND + CELL // 2, _AROUND + lamp * CELL + CELL // 2)
        cv2.circle(mask, middle, CELL // 2, 0.0, -1)
    return mask


def _fine(window: Image) -> _Grey:
    """Edges without the glow of lamps, which is smooth, and without their strength, which varies."""
    grey = cv2.cvtColor(np.ascontiguousarray(window), cv2.COLOR_BGR2GRAY).astype(np.float32)
    fine = grey - cv2.blur(grey, (7, 7))
    return np.asarray(np.minimum(np.maximum(fine, -25.0, out=fine), 25.0, out=fine), np.float32)
