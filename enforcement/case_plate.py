"""The plate of a case: what the roadside read, weighed by plate formats, and what the register is asked for.

The bar is the roadside's own (``detectors.consensus.ConsensusSettings``), so that a plate counts as readable
by one measure wherever it is decided: a probability of ``READABLE`` for the whole text, ``MARGIN`` to one
against the next likeliest, and ``LEAST_READS`` frames that were read as the lattice's best text or as the
answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from enforcement.grammars import Prior, Weighed, weigh
from enforcement.grammars.lattice import certain
from enforcement.register import normalise
from streams.messages import PlateReading

READABLE = 0.9
MARGIN = 50.0
LEAST_READS = 2
_LENGTHS = range(4, 11)


@dataclass(frozen=True)
class CasePlate:
    """What is kept of a plate beside its case; everything is None or empty where it is unreadable.

    ``text`` is the plate that the case is about and that the register is asked for, with ``confidence``.
    ``raw`` is what the frames show together (letters and digits, upper case), ``normalised`` the likeliest
    text when formats are weighed in, with ``probability``; ``legible`` is what the roadside said of ``raw``.
    ``country`` (its code), ``region`` and ``format`` are estimates for ``normalised``, ``why`` the sentence
    that explains it all, and ``grammar_version`` names the formats.
    """

    text: str | None = None
    confidence: float = 0.0
    raw: str | None = None
    legible: bool = False
    normalised: str | None = None
    probability: float = 0.0
    country: str | None = None
    country_probability: float = 0.0
    region: str | None = None
    format: str | None = None
    why: str = ""
    grammar_version: str = ""

    @property
    def changed(self) -> bool:
        """Whether weighing finds another text likelier than the one that was read."""
        return self.normalised != self.raw


def plate_of_case(reading: PlateReading | None, prior: Prior | None = None) -> CasePlate:
    """The plate of a case from the consensus of its passage; a pure function of its arguments.

    A legible read stays what it is unless another text passes the bar. An illegible one becomes readable only
    where a text passes it; otherwise it stays unreadable, and no guess is kept.
    """
    if reading is None:
        return CasePlate()
    text = normalise(reading.text or "")
    if not text and not reading.lattice:
        return CasePlate(confidence=reading.confidence)
    weighed = weigh(
        reading.lattice or certain(text, reading.confidence), prior, raw=text or None, runners_up=1
    )
    probability = weighed.probability * doubt_left_out(reading)
    passes = _passes(weighed, probability, reading)
    if not text and not passes:
        return CasePlate(confidence=reading.confidence)
    taken = weighed.normalised if passes else text
    same = taken == text
    return CasePlate(
        text=taken,
        confidence=reading.confidence if same else probability,
        raw=weighed.raw,
        legible=bool(text),
        normalised=weighed.normalised,
        probability=probability,
        country=weighed.country,
        country_probability=weighed.country_probability,
        region=weighed.region,
        format=weighed.format,
        why=weighed.why,
        grammar_version=weighed.version,
    )


def _passes(weighed: Weighed, probability: float, reading: PlateReading) -> bool:
    next_best = max((one.probability for one in weighed.runners_up), default=0.0)
    supporting = [read for read in reading.reads if normalise(read.text) in (weighed.raw, weighed.normalised)]
    return (
        probability >= READABLE
        and weighed.probability >= MARGIN * next_best
        and len(supporting) >= LEAST_READS
        and len(weighed.normalised) in _LENGTHS
    )


def doubt_left_out(reading: PlateReading) -> float:
    """The part of the reading's confidence that its lattice does not show.

    The roadside leaves out positions at which most likely nothing stands; how far it doubted that is only in
    the confidence of the whole.
    """
    shown = math.prod(max(one.probability for one in slot) for slot in reading.lattice if slot)
    if not reading.lattice or not shown > 0.0:
        return 1.0
    return min(1.0, max(0.0, reading.confidence / shown))
