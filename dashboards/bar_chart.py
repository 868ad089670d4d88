"""Bar charts as geometry; the template draws them as SVG and writes the same figures as a table below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.axes import Tick, round_steps

_WIDTH, _HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 42, 12, 14, 40
_MAX_LABELS = 12
#: The room for a letter of a label, and between two labels.
_LETTER, _BETWEEN = 6.8, 10.0
#: A lying bar with the space below it, the room for its name and its count, and the longest name in letters.
_ROW, _NAMES, _COUNTS, _LONGEST = 22, 176, 48, 24


@dataclass(frozen=True)
class Bar:
    """One bar in pixels of the drawing; ``name`` is its full name for the table and for pointing at it."""

    x: float
    y: float
    w: float
    h: float
    name: str
    count: int


@dataclass(frozen=True)
class BarChart:
    """A chart of bars. ``unit`` names what is counted, ``axis`` what the bars stand for.

    Upright bars have ``labels`` below and ``ticks`` at the left; where it ``is_lying``, labels at the left, a
    count at the end of each bar, and no ticks.
    """

    key: str
    title: str
    description: str
    axis: str
    unit: str
    bars: tuple[Bar, ...]
    labels: tuple[Tick, ...]
    ticks: tuple[Tick, ...]
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    right: int = _WIDTH - _RIGHT
    bottom: int = _HEIGHT - _BOTTOM
    is_lying: bool = False

    @property
    def total(self) -> int:
        """The sum of all bars."""
        return sum(bar.count for bar in self.bars)


def upright_bars(
    key: str, title: str, axis: str, unit: str, counts: Sequence[tuple[str, str, int]], *, edges: bool = False
) -> BarChart:
    """Lay out one bar for each ``(full name, short label, count)``.

    Args:
        key: unique on the page; ids in the SVG are made from it.
        title: what the chart shows.
        axis: what the bars stand for.
        unit: what is counted, in the plural.
        counts: in the order they stand.
        edges: labels stand at the left edge of their bar (histograms, hours) and not under its middle.
    """
    highest = max((count for _, _, count in counts), default=0)
    steps = [step for step in round_steps(0, max(highest, 1), 4) if step == int(step)]
    top = steps[-1] if steps[-1] >= highest else steps[-1] + steps[1]
    inner_width, inner_height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    slot = inner_width / max(len(counts), 1)
    width = slot * 0.9 if edges else min(slot * 0.7, 64.0)
    floor = _HEIGHT - _BOTTOM
    bars, labels = [], []
    every = -(-len(counts) // _MAX_LABELS) or 1
    for index, (name, label, count) in enumerate(counts):
        high = inner_height * count / top
        left = _LEFT + index * slot + (0 if edges else (slot - width) / 2)
        bars.append(Bar(left, floor - high, width, high, name, count))
        if index % every == 0:
            labels.append(Tick(left if edges else left + width / 2, label))
    labels = _apart(labels)
    ticks = tuple(Tick(floor - inner_height * step / top, f"{step:g}") for step in {*steps, top})
    return BarChart(
        key=key,
        title=title,
        description=_describe(unit, counts),
        axis=axis,
        unit=unit,
        bars=tuple(bars),
        labels=tuple(labels),
        ticks=ticks,
    )


def lying_bars(key: str, title: str, axis: str, unit: str, counts: Sequence[tuple[str, int]]) -> BarChart:
    """Lay out one lying bar for each ``(name, count)``: what is told apart by names has room for them so.

    The other arguments are those of :func:`upright_bars`.
    """
    highest = max((count for _, count in counts), default=0) or 1
    longest = _WIDTH - _NAMES - _COUNTS
    bars = tuple(
        Bar(_NAMES, _TOP + row * _ROW, longest * count / highest, _ROW - 6, name, count)
        for row, (name, count) in enumerate(counts)
    )
    bottom = _TOP + len(counts) * _ROW
    return BarChart(
        key=key,
        title=title,
        description=_describe(unit, [(name, name, count) for name, count in counts]),
        axis=axis,
        unit=unit,
        bars=bars,
        labels=tuple(Tick(bar.y + bar.h / 2, _cut(bar.name)) for bar in bars),
        ticks=(),
        height=bottom + _TOP,
        left=_NAMES,
        bottom=bottom,
        is_lying=True,
    )


def _apart(labels: Sequence[Tick]) -> list[Tick]:
    """Those labels, from the left, that do not run into the one before."""
    kept: list[Tick] = []
    for label in labels:
        half = _LETTER * len(label.label) / 2
        ends = kept[-1].at_px + _LETTER * len(kept[-1].label) / 2 if kept else 0.0
        if not kept or label.at_px - half >= ends + _BETWEEN:
            kept.append(label)
    return kept


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _describe(unit: str, counts: Sequence[tuple[str, str, int]]) -> str:
    total = sum(count for _, _, count in counts)
    if not total:
        return f"No {unit} yet."
    name, _, count = max(counts, key=lambda entry: entry[2])
    return f"{total} {unit} in all; most, {count}, at {name}."
