"""Plots as SVG in the page itself: axes, and marks given in the data's own units.

Colours are classes (``s0`` … ``s3`` for what is compared, ``good``, ``bad``, ``quiet``), which the page's
style defines for light and for dark. Every mark may carry a tip, which browsers show when it is pointed at.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 14, 12, 42


@dataclass(frozen=True)
class Axis:
    """An axis from ``low`` to ``high``, marked at ``ticks``, each (value, label). ``log`` spaces by ratio."""

    name: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    log: bool = False

    def place(self, value: float) -> float:
        """Where a value stands, 0 to 1 between the ends; values outside are put at the nearer end."""
        low, high, at = self.low, self.high, min(max(value, self.low), self.high)
        if self.log:
            low, high, at = math.log(low), math.log(high), math.log(at)
        return (at - low) / (high - low)


class Plot:
    """A plot being drawn. ``says`` is what it shows, for those who do not see it.

    ``width``, ``height`` and the room below for the marks of the axis, ``bottom``, are px.
    """

    def __init__(
        self, says: str, x: Axis, y: Axis, *, width: int = 440, height: int = 280, bottom: int = _BOTTOM
    ) -> None:
        self._says, self._x, self._y = says, x, y
        self._width, self._height, self._bottom = width, height, bottom
        self._marks: list[Markup] = []

    def _at(self, x: float, y: float) -> tuple[float, float]:
        across, up = self._x.place(x), self._y.place(y)
        return (
            round(_LEFT + across * (self._width - _LEFT - _RIGHT), 1),
            round(self._height - self._bottom - up * (self._height - _TOP - self._bottom), 1),
        )

    def line(self, points: Sequence[tuple[float, float]], style: str, tip: str = "") -> None:
        """A line through points (x, y)."""
        path = " ".join("{},{}".format(*self._at(x, y)) for x, y in points)
        self._marks.append(
            Markup('<polyline class="line {}" points="{}">{}</polyline>').format(style, path, _tip(tip))
        )

    def bar(self, start: float, end: float, top: float, style: str, tip: str = "", base: float = 0.0) -> None:
        """A bar from ``start`` to ``end`` across and from ``base`` to ``top`` upwards."""
        left, upper = self._at(start, max(top, base))
        right, lower = self._at(end, min(top, base))
        self._marks.append(
            Markup('<rect class="bar {}" x="{}" y="{}" width="{}" height="{}">{}</rect>').format(
                style, left, upper, round(max(right - left - 1, 0.5), 1), round(lower - upper, 1), _tip(tip)
            )
        )

    def dot(self, x: float, y: float, style: str, tip: str = "") -> None:
        """A point."""
        left, top = self._at(x, y)
        self._marks.append(
            Markup('<circle class="dot {}" cx="{}" cy="{}" r="3.6">{}</circle>').format(
                style, left, top, _tip(tip)
            )
        )

    def whisker(self, x: float, low: float, high: float, style: str) -> None:
        """An upright interval."""
        (left, bottom), (_, top) = self._at(x, low), self._at(x, high)
        self._marks.append(
            Markup('<path class="whisker {}" d="M{x},{low}V{high}M{a},{low}H{b}M{a},{high}H{b}"/>').format(
                style, x=left, low=bottom, high=top, a=left - 3, b=left + 3
            )
        )

    def text(
        self, x: float, y: float, words: str, style: str = "", *, anchor: str = "middle", below: float = 0.0
    ) -> None:
        """Words whose middle, start or end stands at (x, y), or so many px below."""
        left, top = self._at(x, y)
        top += below
        self._marks.append(
            Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
                style, left, top, anchor, words
            )
        )

    def __html__(self) -> str:
        """The SVG element."""
        body = Markup("").join([*self._grid(), *self._marks, *self._names()])
        return Markup('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
            self._width, self._height, self._says, body
        )

    def _grid(self) -> list[Markup]:
        bottom, right = self._height - self._bottom, self._width - _RIGHT
        drawn = [Markup('<path class="axis" d="M{},{}V{}H{}"/>').format(_LEFT, _TOP, bottom, right)]
        for value, label in self._y.ticks:
            _, at = self._at(self._x.low, value)
            drawn.append(Markup('<path class="grid" d="M{},{}H{}"/>').format(_LEFT, at, right))
            drawn.append(
                Markup('<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>').format(
                    _LEFT - 6, at + 4, label
                )
            )
        for value, label in self._x.ticks:
            at, _ = self._at(value, self._y.low)
            drawn.append(
                Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                    at, bottom + 16, label
                )
            )
        return drawn

    def _names(self) -> list[Markup]:
        middle_x, middle_y = (_LEFT + self._width - _RIGHT) / 2, (_TOP + self._height - self._bottom) / 2
        return [
            Markup('<text class="name" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                middle_x, self._height - 6, self._x.name
            ),
            Markup(
                '<text class="name" transform="translate(11 {}) rotate(-90)" text-anchor="middle">{}</text>'
            ).format(middle_y, self._y.name),
        ]


def _tip(words: str) -> Markup:
    return Markup("<title>{}</title>").format(words) if words else Markup("")


def shares_axis(name: str, low: float = 0.0) -> Axis:
    """An axis of shares from ``low`` to 1."""
    step = 0.2 if low < 0.4 else 0.1 if low < 0.8 else 0.05
    count = round((1 - low) / step)
    return Axis(name, low, 1.0, tuple((low + i * step, f"{low + i * step:g}") for i in range(count + 1)))


def interval_bar(low: float, high: float, value: float, style: str) -> Markup:
    """A share and its interval on a line from 0 to 1, small enough for a table."""
    return Markup(
        '<svg class="interval" viewBox="0 0 120 10" aria-hidden="true"><path class="grid" d="M1,5H119"/>'
        '<path class="span {}" d="M{},5H{}"/><circle class="dot {}" cx="{}" cy="5" r="3.4"/></svg>'
    ).format(style, round(1 + 118 * low, 1), round(1 + 118 * high, 1), style, round(1 + 118 * value, 1))
