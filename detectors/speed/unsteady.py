"""Whether frames were lost again and again without a trace in evenly stamped times.

Each lost frame moves a vehicle on by what it drives in one interval, and the times say nothing of it. The
mean loss looks like a higher speed; but losses come at random, so that the positions wander about an even
motion, more and more with time, as no error of boxes does. How likely the residuals are with such a wandering
and without it is compared.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.speed.fit import Motion, box_covariance, design, expectation, solve

Array = NDArray[np.float64]

_SCALES = (0.67, 1.0, 1.5, 2.25, 3.4)
_REACHES = (0.6, 1.8)
#: Parts of the frames that may be lost.
_LOSSES = (0.03, 0.1, 0.25)


def wandering(
    times: Array,
    along: Array,
    noise_m: Array,
    path: Array,
    common: Array,
    motion: Motion,
    interval_s: float,
    acceleration_sigma: float,
) -> float:
    """The logarithm of how much likelier lost frames make the positions than the boxes' errors alone.

    Arguments are those of :func:`detectors.speed.fit.fit_motion` and its result; ``interval_s`` is that from
    frame to frame.
    """
    matrix = design(times)
    apart = np.abs(path[:, None] - path[None, :])
    prior = np.diag([0.0, 0.0, 1.0 / acceleration_sigma**2])
    boxes = [(reach, box_covariance(noise_m, motion.weights, apart, reach)) for reach in _REACHES]
    frames = (times - times[0]) / interval_s
    walk = np.minimum(frames[:, None], frames[None, :]) * (float(motion.state[1]) * interval_s) ** 2

    def evidence(loss: float) -> float:
        lost = common + loss * (1 - loss) * walk
        found = [
            solve(matrix, along, s**2 * own + lost, prior)[1] + expectation(s, reach)
            for s in _SCALES
            for reach, own in boxes
        ]
        return float(np.logaddexp.reduce(found))

    return max(evidence(loss) for loss in _LOSSES) - evidence(0.0)
