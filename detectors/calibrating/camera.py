"""Where the camera stands above the road, and its focal length, from the homography alone.

The homography from the road to the picture is K [r1 r2 t] (Hartley & Zisserman, 2nd ed., section 8.1); r1 and
r2 are orthogonal and equally long. With square pixels and a known centre these two equations give the focal
length, and then the place of the camera.
"""

from __future__ import annotations

import numpy as np

from detectors.calibrating.control import Matrix

#: Focal lengths in picture widths that a traffic camera has; others mean that the view does not tell.
_PLAUSIBLE = (0.2, 30.0)


def focal_length_px(homography: Matrix, centre_px: tuple[float, float], width_px: int) -> float | None:
    """The focal length in px behind a homography (3, 3) from picture to road; None where the view hides it.

    Straight from above every focal length fits.
    """
    first, second, _ = _columns(homography, centre_px, width_px)
    # (h1, h2) = 0 and (h1, h1) = (h2, h2), with the third coordinate against the others, f squared between.
    flat = np.array([first[:2] @ second[:2], first[:2] @ first[:2] - second[:2] @ second[:2]])
    deep = np.array([first[2] * second[2], first[2] ** 2 - second[2] ** 2])
    if np.abs(deep).max() < 1e-9 * max(float(np.abs(flat).max()), 1e-30):
        return None
    # In units of the picture's width: flat / f² + deep = 0, in least squares over both.
    inverse = -float(flat @ deep) / max(float(flat @ flat), 1e-300)
    if not _PLAUSIBLE[0] ** 2 < 1.0 / max(inverse, 1e-9) < _PLAUSIBLE[1] ** 2:
        return None
    return float(width_px / np.sqrt(inverse))


def camera_place_m(
    homography: Matrix, centre_px: tuple[float, float], width_px: int, focal_px: float | None = None
) -> Matrix | None:
    """The camera's place (x, y, height) in m over the road; ``focal_px`` is taken from the view where None.

    None where the view does not tell it.
    """
    focal = focal_px or focal_length_px(homography, centre_px, width_px)
    if focal is None:
        return None
    first, second, third = (
        np.array([c[0], c[1], c[2] * focal / width_px]) for c in _columns(homography, centre_px, width_px)
    )
    size = np.sqrt(np.linalg.norm(first) * np.linalg.norm(second))
    away = third / size
    right, ahead = first / np.linalg.norm(first), second / np.linalg.norm(second)
    # -Rᵀ t, with the third axis completing the two that the road gives; a camera stands above the road.
    x, y = np.linalg.solve(
        np.array([[1.0, right @ ahead], [right @ ahead, 1.0]]), -np.array([right @ away, ahead @ away])
    )
    normal = np.cross(right, ahead)
    return np.array([x, y, abs(float(normal @ away) / float(np.linalg.norm(normal)))])


def _columns(homography: Matrix, centre_px: tuple[float, float], width_px: int) -> tuple[Matrix, ...]:
    """Columns of the map from road to picture, in picture widths from the centre."""
    back = np.linalg.inv(homography)
    shift = np.array(
        [[1 / width_px, 0, -centre_px[0] / width_px], [0, 1 / width_px, -centre_px[1] / width_px]]
    )
    scaled = np.vstack([shift @ back, back[2]])
    return tuple(np.asarray((scaled / np.linalg.norm(scaled[:, :2])).T))
