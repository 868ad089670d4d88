"""What weighing answers: the raw read, the likeliest text, and why, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import msgspec


class Fit(msgspec.Struct, frozen=True, gc=False):
    """A format that a text fits. ``place`` is in words, ``says`` describes the format.

    ``probability``: that the vehicle's plate is of this format if its text is this one; what is missing to
    one goes to the other formats that it fits, and to plates of no known format.
    """

    country: str
    region: str
    format: str
    place: str
    says: str
    probability: float


@dataclass(frozen=True)
class Hypothesis:
    """One text that the plate may have: by the optics alone, and with the formats (``probability``).

    ``fits`` are the formats that it fits, likeliest first.
    """

    text: str
    optics: float
    probability: float
    fits: tuple[Fit, ...]

    @cached_property
    def fit(self) -> Fit | None:
        """The likeliest format; None where the plate is more likely of no known format at all."""
        return self.fits[0] if sum(fit.probability for fit in self.fits) >= 0.5 else None


@dataclass(frozen=True)
class Weighed:
    """A read, weighed by the formats of a place.

    ``raw`` is the read as it came and ``normalised`` the likeliest text; mostly they are the same.
    ``probability`` and ``raw_probability`` are theirs, given the lattice and the prior. ``country`` (code),
    ``region`` and ``format`` are the likeliest for ``normalised``, None where it fits none that is likelier
    than no format; ``country_probability`` is that country's. ``runners_up`` are the next likeliest texts,
    best first. ``why`` is a sentence for the officer, ``version`` that of the grammars.
    """

    raw: str
    raw_probability: float
    normalised: str
    probability: float
    optics: float
    country: str | None
    country_probability: float
    region: str | None
    format: str | None
    format_probability: float
    runners_up: tuple[Hypothesis, ...]
    why: str
    version: str

    @property
    def changed(self) -> bool:
        """Whether the likeliest text is another than was read."""
        return self.normalised != self.raw
