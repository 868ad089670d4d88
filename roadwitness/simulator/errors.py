"""What can go wrong while a site is simulated."""

from __future__ import annotations

from streams.errors import RoadwitnessError


class SimulatorError(RoadwitnessError):
    """A scene that cannot be simulated, or a folder that cannot be written."""


class TruthError(RoadwitnessError):
    """A ground truth file that is missing or broken."""
