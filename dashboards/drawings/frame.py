"""How metres of the road plane become pixels of a drawing: one scale for both directions, never mirrored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_MARGIN_M = 2.5
_LEAST_M = 10.0


@dataclass(frozen=True)
class PlanFrame:
    """A view of the road plane from above in ``width`` x ``height`` pixels.

    With ``sideways`` the road's y runs to the right of the page and x down it: a turn by a quarter, which
    suits a road that is longer along than across. Otherwise x runs to the right and y up.
    """

    px_per_m: float
    left_m: float
    top_m: float
    width: float
    height: float
    sideways: bool

    def place(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Where a point of the road (m) is drawn (px)."""
        right, down = (y_m, x_m) if self.sideways else (x_m, -y_m)
        return (right - self.left_m) * self.px_per_m, (down - self.top_m) * self.px_per_m

    def path(self, points: Iterable[tuple[float, float]]) -> str:
        """Points of the road (m) as the value of the SVG attribute ``points``."""
        return " ".join("{:.1f},{:.1f}".format(*self.place(x, y)) for x, y in points)


def frame_around(
    points: Iterable[tuple[float, float]], width: float, least_height: float, most_height: float
) -> PlanFrame:
    """The frame that shows all ``points`` (m) with a margin, as large as it can be; at least 10 m wide."""
    xs, ys = zip(*points, strict=True)
    sideways = max(ys) - min(ys) > max(xs) - min(xs)
    across, along = (ys, xs) if sideways else (xs, [-y for y in ys])
    left, right = _widened(min(across) - _MARGIN_M, max(across) + _MARGIN_M, _LEAST_M)
    top, bottom = _widened(min(along) - _MARGIN_M, max(along) + _MARGIN_M, 0.0)
    scale = min(width / (right - left), most_height / (bottom - top))
    left, right = _widened(left, right, width / scale)
    top, bottom = _widened(top, bottom, least_height / scale)
    return PlanFrame(scale, left, top, width, (bottom - top) * scale, sideways)


def _widened(low: float, high: float, least: float) -> tuple[float, float]:
    more = max(least - (high - low), 0.0) / 2
    return low - more, high + more
