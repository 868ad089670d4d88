"""Where names stand in a drawing, so that they cover neither each other nor what matters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]

_CHARACTER_PX, _LINE_PX, _EDGE_PX = 6.7, 15.0, 4.0
_CROWD_PX = 7.0


@dataclass
class LabelPlacer:
    """Gives each name a free place in a drawing of ``width`` x ``height`` pixels.

    ``taken`` are points that no name should cover, such as those along the way of a vehicle.
    """

    width: float
    height: float
    taken: list[Point]

    def place(self, text: str, candidates: Iterable[Point]) -> Point | None:
        """The least crowded candidate (middle of the text's foot), the earlier one first; None outside."""
        inside = [one for one in candidates if self._is_inside(text, one)]
        if not inside:
            return None
        best = min(inside, key=lambda one: self._crowd(text, one))
        half = len(text) * _CHARACTER_PX / 2
        steps = range(-int(half), int(half) + 1, 8)
        self.taken += [(best[0] + step, best[1] - _LINE_PX / 3) for step in steps]
        return best

    def _is_inside(self, text: str, at: Point) -> bool:
        half = len(text) * _CHARACTER_PX / 2 + _EDGE_PX
        return half <= at[0] <= self.width - half and _LINE_PX <= at[1] <= self.height - _EDGE_PX

    def _crowd(self, text: str, at: Point) -> int:
        half = len(text) * _CHARACTER_PX / 2 + _CROWD_PX
        top, bottom = at[1] - _LINE_PX - _CROWD_PX, at[1] + _CROWD_PX
        return sum(at[0] - half < x < at[0] + half and top < y < bottom for x, y in self.taken)


def zone_candidates(text: str, corners: Sequence[Point], width: float, height: float) -> list[Point]:
    """Places inside the part of a zone that can be seen: along its upper and lower edge, then its middle."""
    left, right = max(min(x for x, _ in corners), 0.0), min(max(x for x, _ in corners), width)
    top, bottom = max(min(y for _, y in corners), 0.0), min(max(y for _, y in corners), height)
    half = len(text) * _CHARACTER_PX / 2 + 8.0
    across = [left + half + part / 4 * (right - left - 2 * half) for part in (0, 2, 4, 1, 3)]
    if left >= right or top >= bottom:
        return []
    return [(x, y) for y in (top + 17.0, bottom - 7.0, (top + bottom) / 2) for x in across]


def line_candidates(ends: Sequence[Point], text: str) -> list[Point]:
    """Places just beyond both ends of a line, and beside them."""
    half = len(text) * _CHARACTER_PX / 2 + 7.0
    places = []
    for x, y in (ends[0], ends[-1]):
        places += [
            (x, y - 8.0),
            (x, y + 17.0),
            (x + half, y - 4.0),
            (x - half, y - 4.0),
            (x + half, y + 12.0),
        ]
    return places
