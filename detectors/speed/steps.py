"""Sudden steps in a track's positions, and the faults of the frames' times that show as such.

A frame that was lost without a trace, a jump of the clock and a change from one vehicle to another all move
the positions after them against the times. The test is that of one more parameter in the fit: a step between
two points. Where the step's size is known beforehand, because a frame's time is, a smaller one can be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.speed.fit import Motion, design

Array = NDArray[np.float64]

#: Errors of boxes are not taken for smaller than this part of what is expected of them.
_LEAST_SCALE = 0.6
#: Frames that may be missing from the times, or too many in them.
_FRAMES = (-2, -1, 1, 2)
#: More gaps than this are a camera that loses frames, and no clock that jumps.
_MOST_GAPS = 2
#: Twice the logarithm of how much likelier one explanation must be than the other (20 times).
_DECIDED = 6.0
#: What changes a speed by less than this part of its uncertainty need not be settled.
_MATTERS = 0.25


@dataclass(frozen=True)
class Steps:
    """The likeliest step before each point but the first: ``sizes`` (N-1,) in m, ``powers`` (N-1,) in 1/m².

    A power is the inverse of the size's variance, with errors as large as the residuals say.
    """

    times: Array
    sizes: Array
    powers: Array

    @classmethod
    def of(cls, times: Array, motion: Motion) -> Steps:
        """All steps of a fitted motion; ``times`` (N,) are those of the fit."""
        matrix, precision = design(times), motion.precision
        information = matrix.T @ precision @ matrix
        free = precision - precision @ matrix @ np.linalg.solve(information, matrix.T @ precision)
        after = np.tri(len(times), len(times), 0)[:, 1:]
        powers = np.maximum(np.einsum("ij,ik,kj->j", after, free, after), 1e-12)
        residuals = free @ motion.residuals
        sizes = after.T @ residuals / powers
        # What is left without the step says how large the errors are.
        left = (motion.residuals @ residuals - sizes**2 * powers) / max(len(times) - 4, 1)
        return cls(times - times[0], sizes, powers / np.maximum(left, _LEAST_SCALE**2))

    def likelier(self, size: float) -> Array:
        """Twice the logarithm of how much likelier a step of ``size`` is than none, (N-1,)."""
        return np.asarray((2 * size * self.sizes - size**2) * self.powers)


def stepping(
    times: Array, motion: Motion, interval_s: float, largest_step: float, likeliest_frame: float
) -> str | None:
    """Why the positions do not go on evenly; the limits are in standard deviations."""
    steps = Steps.of(times, motion)
    # A step before the last two points or after the first is one point that errs.
    inner = slice(1, -2)
    worth = np.abs(steps.sizes[inner]) * np.sqrt(steps.powers[inner])
    if len(worth) == 0:
        return None
    best = int(worth.argmax())
    if worth[best] > largest_step:
        by_m, at_s = abs(steps.sizes[best + 1]), steps.times[best + 2]
        return f"the position jumps by {by_m:.1f} m at {at_s:.2f} s into the track"
    for frames in _FRAMES:
        gains = steps.likelier(frames * interval_s * float(motion.state[1]))[inner]
        if gains.max() > likeliest_frame**2:
            at_s = steps.times[int(gains.argmax()) + 2]
            return f"the times seem to hold frames too few or too many at {at_s:.2f} s into the track"
    return None


def unsettled_gap(
    times: Array, motion: Motion, gaps: Sequence[tuple[float, float]], uncertainty_ms: float
) -> str | None:
    """Why it cannot be told whether frames were lost or the clock jumped, where that matters.

    ``gaps`` are (after which time, how much is missing) in s, on the scale of ``times``; ``uncertainty_ms``
    is the speed's (k = 2), in m/s.
    """
    if not 0 < len(gaps) <= _MOST_GAPS:
        return None
    steps = Steps.of(times, motion)
    for after_s, missing_s in gaps:
        first = int(np.searchsorted(times, after_s, side="right"))
        if not 0 < first < len(times):
            continue
        # Had the clock jumped, the vehicle would have gone less far than the times allow.
        size = -missing_s * float(motion.state[1])
        effect = abs(float(motion.operator[1, first:].sum()) * size)
        if effect > _MATTERS * uncertainty_ms and steps.likelier(size)[first - 1] > -_DECIDED:
            return (
                f"the times leave out {missing_s:.2f} s, and the positions do not tell whether frames were "
                "lost or the clock jumped"
            )
    return None
