"""The plots that several kinds of evaluation share: reliability, and where the milliseconds lie."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from detectors.evaluation.reliability import Bin, Reliability
from roadwitness.evaluating.measures import interval_text
from roadwitness.evaluating.report import STYLES, Drawing, Figure, legend
from roadwitness.evaluating.svg import Axis, Plot, shares_axis

_DECADE_PARTS = 12
#: What is quicker is drawn there: nobody waits for it.
_LEAST_MS = 0.1
#: On a wider range than this ratio only powers of ten are marked.
_MANY_MARKS = 300.0


def reliability_figure(found: Mapping[str, Reliability], what: str) -> Figure:
    """One reliability diagram for each thing compared; ``what`` is counted, in the plural."""
    name, first = next(iter(found.items()))
    return Figure(
        heading="Does its confidence mean what it says?",
        sentence=(
            f"Bars: the share of {what} that was right among those given about that confidence, with its "
            f"95 % interval; n says how many {what} these are. On the dashed line stated and true agree, a "
            f"bar below it is overconfidence. {_worst_bin(name, first, what)}"
        ),
        drawings=tuple(
            Drawing(_diagram(trust, STYLES[i % len(STYLES)], what), f"{name}: ECE {trust.ece:.3f}")
            for i, (name, trust) in enumerate(found.items())
        ),
        wide=len(found) > 1,
    )


def _worst_bin(name: str, trust: Reliability, what: str) -> str:
    heaviest = max(trust.equal_width, key=lambda each: abs(each.gap) * each.right.of, default=None)
    if heaviest is None:
        return f"There are no {what}."
    return (
        f"Most of the error of {name} lies at {heaviest.low:.1f} to {heaviest.high:.1f}: stated "
        f"{heaviest.confidence:.2f} on average, right {heaviest.right.value or 0:.2f} (n = "
        f"{heaviest.right.of})."
    )


def _diagram(trust: Reliability, style: str, what: str) -> Plot:
    says = f"Reliability diagram of {trust.samples} {what}: calibration error {trust.ece:.3f}."
    plot = Plot(
        says, shares_axis("stated confidence"), shares_axis("share right"), width=400, height=330, bottom=58
    )
    plot.text(0, 0, "n", "tick", anchor="end", below=31)
    for each in trust.equal_width:
        plot.bar(each.low, each.high, each.right.value or 0.0, style, _bin_tip(each))
        plot.text((each.low + each.high) / 2, 0, str(each.right.of), "tick", below=31)
    plot.line([(0, 0), (1, 1)], "quiet")
    for each in trust.equal_width:
        plot.whisker((each.low + each.high) / 2, *each.right.interval, "ink")
    return plot


def _bin_tip(each: Bin) -> str:
    return (
        f"confidence {each.low:.1f} to {each.high:.1f}, mean {each.confidence:.3f}: right "
        f"{each.right.value or 0:.3f} ({interval_text(each.right)})"
    )


def milliseconds_figure(times_ms: Mapping[str, Sequence[float]], of_what: str) -> Figure:
    """Where the milliseconds lie, on an axis of ratios, so that quick and slow ones fit one picture."""
    everything = np.concatenate([np.asarray(values, np.float64) for values in times_ms.values()])
    everything = np.maximum(everything, _LEAST_MS)
    low, high = _round_ends(float(everything.min()), float(everything.max()))
    edges = np.geomspace(low, high, max(2, round(math.log10(high / low) * _DECADE_PARTS) + 1))
    counts = {
        name: np.histogram(np.maximum(values, _LEAST_MS), edges)[0] / max(1, len(values))
        for name, values in times_ms.items()
    }
    top = max(float(shares.max()) for shares in counts.values())
    marked = _ratio_ticks(low, high)
    if high / low > _MANY_MARKS:
        marked = [value for value in marked if round(math.log10(value), 6).is_integer()]
    ticks = tuple((value, f"{value:g}") for value in marked)
    most = math.ceil(top * 10) / 10
    share_ticks = tuple((most * i / 2, f"{50 * most * i:.0f} %") for i in range(3))
    medians = "; ".join(
        f"{name} half within {np.median(values):.1f} ms, 95 % within {np.percentile(values, 95):.1f} ms"
        for name, values in times_ms.items()
    )
    plot = Plot(
        f"Histogram of milliseconds: {medians}.",
        Axis(f"milliseconds {of_what}", low, high, ticks, log=True),
        Axis("share", 0.0, most, share_ticks),
    )
    for i, (name, shares) in enumerate(counts.items()):
        if len(counts) > 1:
            filled = np.flatnonzero(shares)
            steps = [
                (float(x), float(shares[k]))
                for k in range(filled[0], filled[-1] + 1)
                for x in edges[k : k + 2]
            ]
            plot.line([(steps[0][0], 0), *steps, (steps[-1][0], 0)], STYLES[i % len(STYLES)], name)
            continue
        for start, end, share in zip(edges, edges[1:], shares, strict=False):
            if share:
                tip = f"{start:.2f} to {end:.2f} ms: {100 * share:.0f} %"
                plot.bar(float(start), float(end), float(share), STYLES[0], tip)
    return Figure(
        heading="How long does it take?",
        sentence=f"Each measured alone, wall clock, in turns: {medians}.",
        drawings=(Drawing(plot),),
        legend=legend(list(times_ms)),
    )


def _round_ends(low: float, high: float) -> tuple[float, float]:
    steps = _ratio_ticks(low / 10, high * 10)
    below = max((step for step in steps if step <= low), default=low)
    above = min((step for step in steps if step >= high), default=high)
    return below, above if above > below else below * 2


def _ratio_ticks(low: float, high: float) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [
        factor * 10.0**power
        for power in powers
        for factor in (1, 2, 5)
        if low <= factor * 10.0**power <= high
    ]
