"""Bar charts as geometry; the template draws them as SVG and writes the same figures as a table below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.axes import Tick, round_steps

_WIDTH, _HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 42, 12, 14, 40
_MAX_LABELS = 12


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
    """A chart of upright bars. ``unit`` names what is counted, ``axis`` what the bars stand for."""

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


def _describe(unit: str, counts: Sequence[tuple[str, str, int]]) -> str:
    total = sum(count for _, _, count in counts)
    if not total:
        return f"No {unit} yet."
    name, _, count = max(counts, key=lambda entry: entry[2])
    return f"{total} {unit} in all; most, {count}, at {name}."
