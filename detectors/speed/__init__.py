"""The speed of a vehicle from its track: the fit, the uncertainty budget, and what is void."""

from detectors.speed.measuring import measure_speed
from detectors.speed.outline import OUTLINES, Outline
from detectors.speed.settings import EDGE_INPUT_PX, Seen, SpeedSettings

__all__ = ["EDGE_INPUT_PX", "OUTLINES", "Outline", "Seen", "SpeedSettings", "measure_speed"]
