"""Plate grammars: what plates of a country can be, used to weigh what a reader saw, never to overwrite it.

from enforcement.grammars import Prior, weigh
weighed = weigh(passage.plate.lattice, Prior.of({"RO": 0.9, "any": 0.1}))
print(weighed.raw, weighed.normalised, weighed.probability, weighed.why)
"""

from __future__ import annotations

from enforcement.grammars.prior import Prior
from enforcement.grammars.weighed import Fit, Hypothesis, Weighed
from enforcement.grammars.weighing import fits_of, weigh

__all__ = ["Fit", "Hypothesis", "Prior", "Weighed", "fits_of", "weigh"]
