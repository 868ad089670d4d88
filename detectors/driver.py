"""What could be seen of a driver at the wheel: an interface, and nothing behind it.

Roadwitness ships no witness and has none as a default. Whether a belt is worn or a phone is held shows in a
few pixels behind a windscreen; no model is known here whose errors have been measured on public data well
enough to accuse anybody, and looking into a car needs a legal basis of its own. Whoever gives one answers for
both. A witness judges a moment, never a person: it is given pictures of one vehicle and must keep nothing of
them, and what it says goes before an officer like every other sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from detectors.bestshot import Shot
from streams.messages import DriverSign


class DriverWitness(Protocol):
    """Looks at the pictures of one vehicle. There is no default implementation."""

    def look(self, shots: Sequence[Shot]) -> Sequence[DriverSign]:
        """What is seen of the driver on ``shots``, best first: at most one sign for each offence.

        A sign's ``probability`` must be calibrated: of the signs with 0.99, one of a hundred is wrong.
        """
        ...
