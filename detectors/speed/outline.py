"""Which point of a vehicle the foot of its box shows: the model that turns boxes into positions on the road.

The lower edge of a box is where the vehicle comes lowest in the picture. Far away that is where its nearer
wheels stand, on the road but behind the bumper; near by it is the bumper's lower edge, which is above the
road and therefore seems to lie behind itself: a point at height h, seen from height H, appears H / (H - h)
times as far away. On the way from the one to the other a vehicle seems to be faster than it is, by 1 or 2 %.
The vehicle's outline, laid on the road and projected, says for each place how far the foot of the box is from
the vehicle's end, and that is taken off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from detectors.calibration import Calibration

Array = NDArray[np.float64]

#: The correction depends on the position that it corrects; it changes slowly, so two rounds settle it.
_ROUNDS = 2
#: What is not well below the camera cannot be laid on the road.
_HIGHEST_PART = 0.7
#: How many vehicles stand for a kind.
_VARIANTS = 24
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Outline:
    """The lower outline of a kind of vehicle in metres, with the standard uncertainty of what matters.

    ``skirt_m`` is the height of the lower edge of the end that faces the camera, ``overhang_m`` how far the
    nearer wheels stand behind that end, as the box shows it.
    """

    length_m: float
    width_m: float
    skirt_m: float
    skirt_sigma_m: float
    overhang_m: float
    overhang_sigma_m: float
    rounding_m: float = 0.2

    @lru_cache(maxsize=256)  # noqa: B019 - outlines are few, frozen and small
    def vertices(self) -> Array:
        """Points (V, 3), not to be written to: metres behind the end, to its left, and above the road."""
        half = self.width_m / 2
        edge = [(0.0, 0.0, self.skirt_m)]
        for side in (-half, half):
            edge += [
                (self.rounding_m, 0.95 * side, self.skirt_m),
                (self.rounding_m, side, self.skirt_m + 0.25),
                (self.overhang_m, 0.97 * side, 0.0),
                (self.length_m - self.overhang_m, 0.97 * side, 0.0),
                (self.length_m - self.rounding_m, side, self.skirt_m + 0.25),
            ]
        return np.array(edge)


#: Lower edges and overhangs of usual vehicles: cars have 0.15 to 0.25 m and 0.8 to 1.0 m. Boxes of detectors
#: end before the place where a tyre touches, in the shadow under the vehicle; far before it under buses.
OUTLINES = {
    "car": Outline(4.5, 1.8, 0.2, 0.035, 0.45, 0.15),
    "truck": Outline(9.0, 2.45, 0.32, 0.08, 0.85, 0.5),
    "bus": Outline(11.5, 2.5, 0.25, 0.06, 0.65, 0.5),
    "motorcycle": Outline(2.1, 0.3, 0.0, 0.05, 0.25, 0.1, 0.0),
}


def end_positions(
    foot: Array, heading: Array, calibration: Calibration, camera: Array, outline: Outline
) -> Array:
    """Where the vehicle's end that faces the camera was, (N, 2) in road metres.

    ``foot`` (N, 2) is the foot of the box laid on the road, ``heading`` (2,) the unit vector from the
    vehicle's middle to that end, ``camera`` (3,) where the camera is.
    """
    place = foot
    for _ in range(_ROUNDS):
        place = foot - _apparent_shift(place, heading, calibration, camera, outline)
    return place


@lru_cache(maxsize=32)
def variants(outline: Outline) -> tuple[Outline, ...]:
    """Vehicles of the same kind, as different as they are: skirts and overhangs normal, the rest as usual.

    They stand for the whole kind, because what a box shows is not linear in its measures: where the bumper
    hides the wheels depends on both. Points of Hammersley's set fill the space evenly, and always alike.
    """
    made = []
    for number in range(_VARIANTS):
        shares = ((number + 0.5) / _VARIANTS, *(_radical_inverse(number + 1, base) for base in (2, 3, 5)))
        skirt, overhang, rounding, width = (_NORMAL.inv_cdf(share) for share in shares)
        made.append(
            replace(
                outline,
                skirt_m=max(0.0, outline.skirt_m + skirt * outline.skirt_sigma_m),
                overhang_m=max(0.0, outline.overhang_m + overhang * outline.overhang_sigma_m),
                rounding_m=max(0.0, outline.rounding_m * (1 + 0.3 * rounding)),
                width_m=outline.width_m * (1 + 0.04 * width),
            )
        )
    return tuple(made)


def _radical_inverse(number: int, base: int) -> float:
    answer, part = 0.0, 1.0 / base
    while number:
        answer += part * (number % base)
        number, part = number // base, part / base
    return answer


def _apparent_shift(
    place: Array, heading: Array, calibration: Calibration, camera: Array, outline: Outline
) -> Array:
    """From the end's position (N, 2) to where the foot of its box would be laid on the road."""
    left = np.array([-heading[1], heading[0]])
    vertices = outline.vertices()
    behind, aside, height = vertices.T
    height = np.minimum(height, _HIGHEST_PART * camera[2])
    ground = place[:, None] - behind[:, None] * heading + aside[:, None] * left
    ground = camera[:2] + (ground - camera[:2]) * (camera[2] / (camera[2] - height))[:, None]
    pixels = calibration.road_to_image(ground.reshape(-1, 2)).reshape(len(place), -1, 2)
    middle = (pixels[:, :, 0].min(axis=1) + pixels[:, :, 0].max(axis=1)) / 2
    foot = calibration.image_to_road(np.column_stack([middle, pixels[:, :, 1].max(axis=1)]))
    return np.asarray(foot - place)
