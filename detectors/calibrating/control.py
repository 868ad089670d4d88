"""Control points: places whose position is known in the picture and on the road, and how well it is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streams.errors import RoadwitnessError

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: What a point may be off by where nobody said: a careful click, and a tape held by two people.
SIGMA_PX = 0.5
SIGMA_M = 0.02


class CalibrationError(RoadwitnessError):
    """The surveyed points do not fix the road plane; the message says why and what to do."""


@dataclass(frozen=True)
class ControlPoint:
    """One surveyed point: ``image`` in px (x, y), ``road`` in metres (x right across, y along the road).

    ``sigma_px`` and ``sigma_m`` are the standard uncertainties of each coordinate in the picture and on the
    road, errors that are independent from point to point.
    """

    image: tuple[float, float]
    road: tuple[float, float]
    sigma_px: float = SIGMA_PX
    sigma_m: float = SIGMA_M
    name: str = ""


@dataclass(frozen=True)
class SharedError:
    """An error that all points share, such as a tape that is too long: it does not average out.

    ``shifts_m`` says how far (x, y) each point moves, in m and in the points' order, for one standard
    uncertainty of the error.
    """

    name: str
    shifts_m: tuple[tuple[float, float], ...]
