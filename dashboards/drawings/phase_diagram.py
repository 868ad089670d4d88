"""What the lamps showed when: each signal's phases on a time axis, with the moments of the finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.axes import Tick, round_steps
from dashboards.formatting import NANOSECONDS
from enforcement.rules.finding import Finding, Moment
from streams.messages import LampPhase, Passage

WIDTH, ROW, TOP, BOTTOM, LEFT, RIGHT = 900, 30, 34, 40, 92, 14
_MARGIN_S = 0.6
_MOST_BEFORE_S, _MOST_AFTER_S = 6.0, 6.0


@dataclass(frozen=True)
class PhaseBar:
    """A stretch in which a signal showed ``state``; ``edge`` is the half width (px) of its start's doubt."""

    x: float
    y: float
    w: float
    state: str
    edge: float
    label: str


@dataclass(frozen=True)
class SignalRow:
    """One signal: its name's place and where its state is known from."""

    y: float
    name: str
    source: str


@dataclass(frozen=True)
class MomentLine:
    """A moment on the axis; ``half`` is the half width (px) of its k = 2 uncertainty."""

    number: int
    x: float
    half: float


@dataclass(frozen=True)
class PhaseDiagram:
    """Everything in pixels, ``width`` x ``height``; times are seconds into red where red is known."""

    height: int
    bottom: int
    rows: tuple[SignalRow, ...]
    bars: tuple[PhaseBar, ...]
    moments: tuple[MomentLine, ...]
    ticks: tuple[Tick, ...]
    axis: str
    summary: str
    width: int = WIDTH
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    row: int = ROW

    @property
    def has_doubt(self) -> bool:
        """Whether any phase's beginning is drawn with its uncertainty."""
        return any(bar.edge > 0.5 for bar in self.bars)


def red_began_ns(lamps: Sequence[LampPhase], at_ns: int) -> int | None:
    """When the red began that was shown at this time; None where another state, or two signals, were."""
    if len({phase.signal_id for phase in lamps}) != 1:
        return None
    shown = max((p for p in lamps if p.from_ns <= at_ns), key=lambda phase: phase.from_ns, default=None)
    return shown.from_ns if shown is not None and shown.state == "red" else None


def into_red_s(finding: Finding, at_ns: int) -> float | None:
    """How long the finding's signal had been red at this time, in seconds; None where that is not known."""
    began = red_began_ns(finding.lamps, at_ns)
    return None if began is None else (at_ns - began) / NANOSECONDS


def draw_phases(passage: Passage, finding: Finding) -> PhaseDiagram | None:
    """Draw the lamps of a finding; None where it rests on none."""
    lamps = finding.lamps
    if not lamps:
        return None
    began = next((at for m in finding.moments if (at := red_began_ns(lamps, m.at_ns)) is not None), None)
    zero = began if began is not None else passage.started_at_ns
    first_ns, last_ns = _shown(lamps, finding.moments, zero)
    span = max(last_ns - first_ns, 1)

    def x_of(at_ns: int) -> float:
        return LEFT + (at_ns - first_ns) / span * (WIDTH - LEFT - RIGHT)

    def wide(milliseconds: float | None) -> float:
        return (milliseconds or 0.0) * 1e6 / span * (WIDTH - LEFT - RIGHT)

    signals = sorted({phase.signal_id for phase in lamps})
    rows, bars = [], []
    for index, signal in enumerate(signals):
        own = sorted((phase for phase in lamps if phase.signal_id == signal), key=lambda phase: phase.from_ns)
        y = TOP + index * (ROW + 8)
        rows.append(SignalRow(y, signal, ", ".join(sorted({phase.source for phase in own}))))
        for phase in own:
            begin, end = max(phase.from_ns, first_ns), min(phase.until_ns, last_ns)
            if end > begin:
                edge = wide(phase.uncertainty_ms) if phase.from_ns >= first_ns else 0.0
                label = phase.state.replace("_", " and ")
                bars.append(PhaseBar(x_of(begin), y, x_of(end) - x_of(begin), phase.state, edge, label))
    height = TOP + len(signals) * (ROW + 8) + BOTTOM
    steps = round_steps((first_ns - zero) / NANOSECONDS, (last_ns - zero) / NANOSECONDS, 9)
    return PhaseDiagram(
        height=height,
        bottom=height - BOTTOM,
        rows=tuple(rows),
        bars=tuple(bars),
        moments=tuple(
            MomentLine(number, x_of(moment.at_ns), wide(moment.uncertainty_ms))
            for number, moment in enumerate(finding.moments, 1)
            if first_ns <= moment.at_ns <= last_ns
        ),
        ticks=tuple(Tick(x_of(zero + round(s * NANOSECONDS)), f"{s:g}") for s in steps),
        axis="seconds into red" if began is not None else "seconds since it came into view",
        summary=_summary(lamps, finding.moments, began),
    )


def _shown(lamps: Sequence[LampPhase], moments: Sequence[Moment], zero: int) -> tuple[int, int]:
    """From when to when is drawn: all moments and the edges near them, not a whole quarter of an hour."""
    times = [zero, *(moment.at_ns for moment in moments)]
    first, last = min(times), max(times)
    margin = round(_MARGIN_S * NANOSECONDS)
    begin = max(min(phase.from_ns for phase in lamps), first - round(_MOST_BEFORE_S * NANOSECONDS))
    end = min(max(phase.until_ns for phase in lamps), last + round(_MOST_AFTER_S * NANOSECONDS))
    return min(begin, first - margin), max(end, last + margin)


def _summary(lamps: Sequence[LampPhase], moments: Sequence[Moment], began: int | None) -> str:
    signals = ", ".join(sorted({phase.signal_id for phase in lamps}))
    if began is None:
        return f"Phases of {signals}."
    told = [f"{m.name} {(m.at_ns - began) / NANOSECONDS:.2f} s into red" for m in moments]
    return f"Phases of {signals}: " + "; ".join(told) + "."
