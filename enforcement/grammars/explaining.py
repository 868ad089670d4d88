"""The sentence in which weighing explains itself to an officer."""

from __future__ import annotations

from collections.abc import Sequence

from enforcement.grammars.weighed import Hypothesis

_SHOWN = 3


def explain(read: Hypothesis, answer: Hypothesis, others: Sequence[Hypothesis]) -> str:
    """What was read, what it was taken for and why, and what comes next.

    ``others`` are the hypotheses after ``answer``, best first; at most the first is named.
    """
    if answer.text == read.text:
        said = f"Read {answer.text}, which {_fit(answer)}"
    else:
        said = (
            f"Read {read.text}, which {_fit(read)}; {answer.text} {_fit(answer)} and is likelier: "
            f"{_percent(answer.probability)} against {_percent(read.probability)}"
        )
    for other in others:
        if other.text != read.text and other.probability >= 0.0005:
            said += f"; next comes {other.text}, {_percent(other.probability)}, which {_fit(other)}"
    return said + "."


def _fit(one: Hypothesis) -> str:
    if one.fit is None:
        return "fits no format that is expected here"
    countries = list(dict.fromkeys(fit.country for fit in one.fits))
    own = sum(fit.probability for fit in one.fits if fit.country == countries[0])
    if own >= 0.5:
        return f"fits {one.fit.place} ({one.fit.says})"
    return f"fits the formats of {len(countries)} countries ({', '.join(countries[:_SHOWN])}, …)"


def _percent(fraction: float) -> str:
    """A probability in words that never claim certainty."""
    if fraction >= 0.995:
        return "more than 99 %"
    return f"{fraction * 100:.0f} %" if fraction >= 0.01 else f"{fraction * 100:.1f} %"
