"""What a rule answers: a finding that explains itself."""

from __future__ import annotations

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """One offence that a rule found in one passage, with everything needed to explain it.

    ``enforced_kmh`` is ``measured_kmh - subtracted_kmh`` and is larger than ``allowed_kmh``.
    ``uncertainty_kmh`` is the measurement's expanded uncertainty (k = 2), None where it has none.
    """

    offence: str
    measured_kmh: float
    uncertainty_kmh: float | None
    subtracted_kmh: float
    enforced_kmh: float
    allowed_kmh: float
    policy_id: str
    policy_version: str
    explanation: str

    @property
    def excess_kmh(self) -> float:
        """How much the enforced speed is over the allowed one, km/h."""
        return round(self.enforced_kmh - self.allowed_kmh, 6)
