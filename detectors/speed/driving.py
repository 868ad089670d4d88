"""How vehicles' accelerations change: what a constant acceleration leaves out over some seconds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def changing_acceleration(times: Array, spread: float) -> Array:
    """The covariance (N, N) in m² of positions at ``times`` (N,) in s because the acceleration wanders.

    It is a Wiener process that has its fitted value at time 0; ``spread`` is how far, in m/s², it gets in a
    second (Rasmussen & Williams, *Gaussian Processes*, section 6.3: twice integrated).
    """
    away = np.abs(times)
    least, most = np.minimum.outer(away, away), np.maximum.outer(away, away)
    apart = most - least
    covariance = spread**2 * (least**5 / 5 + apart * least**4 / 2 + apart**2 * least**3 / 3) / 4
    # What happens before time 0 says nothing of what happens after it.
    return np.asarray(np.where(np.multiply.outer(times, times) > 0, covariance, 0.0))
