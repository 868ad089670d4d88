"""The lens from photographs of a checkerboard (Zhang, *IEEE PAMI* 22 (2000) 1330), by OpenCV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.calibrating.control import CalibrationError, Matrix
from detectors.calibrating.lens import Lens

Image = NDArray[np.uint8]

_LEAST_PHOTOS = 4
_WORST = 3.0
_NAMES = ("fx", "fy", "cx", "cy", "k1", "k2", "p1", "p2", "k3")
_SUBPIXEL = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 40, 1e-4)


@dataclass(frozen=True)
class Board:
    """A checkerboard by its inner corners, across and down; ``square_m`` is a square's side."""

    across: int
    down: int
    square_m: float

    def corners(self) -> NDArray[np.float32]:
        """The corners on the board in m, (N, 3)."""
        grid = np.zeros((self.across * self.down, 3), np.float32)
        grid[:, :2] = np.mgrid[0 : self.across, 0 : self.down].T.reshape(-1, 2) * self.square_m
        return grid


@dataclass(frozen=True)
class LensReport:
    """A lens, the residual ``rms_px`` over all corners, and each parameter's standard uncertainty.

    ``photos`` maps each photo that took part to its own rms in px, ``left_out`` the others to the reason.
    ``corner_shift_px`` is how far the lens moves the picture's corners, ``reach`` how far the boards came to
    the picture's edge: the part of the way from its middle to its corner.
    """

    lens: Lens
    image_size: tuple[int, int]
    rms_px: float
    sigmas: Mapping[str, float]
    photos: Mapping[str, float]
    left_out: Mapping[str, str]
    corner_shift_px: float
    reach: float


def find_corners(photo: Image, board: Board) -> Matrix | None:
    """The board's inner corners (N, 2) in px, to a fraction of a pixel; None where it is not seen whole."""
    grey = cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY) if photo.ndim == 3 else photo
    flags = cv2.CALIB_CB_ADAPTIVE_THRESH | cv2.CALIB_CB_NORMALIZE_IMAGE
    found, corners = cv2.findChessboardCorners(grey, (board.across, board.down), None, flags)
    if not found:
        return None
    spacing = np.linalg.norm(np.diff(corners.reshape(-1, 2), axis=0), axis=1).min()
    # The window must not reach the next corner.
    half = int(np.clip(spacing / 3, 2, 11))
    fine = cv2.cornerSubPix(grey, corners, (half, half), (-1, -1), _SUBPIXEL)
    return np.asarray(fine, dtype=np.float64).reshape(-1, 2)


def calibrate_lens(photos: Iterable[tuple[str, Image]], board: Board) -> LensReport:
    """The lens that took ``photos``, each with its name, all of one size.

    Photos without the whole board, and those that fit three times worse than the others, are left out.

    Raises:
        CalibrationError: when too few photos show the board, or they differ in size.
    """
    sizes: set[tuple[int, int]] = set()
    left_out: dict[str, str] = {}
    seen: dict[str, Matrix] = {}
    for name, photo in photos:
        sizes.add((int(photo.shape[1]), int(photo.shape[0])))
        if len(sizes) > 1:
            said = ", ".join(f"{w}x{h}" for w, h in sorted(sizes))
            raise CalibrationError(f"the photos differ in size ({said}); take all with the camera as it runs")
        corners = find_corners(photo, board)
        if corners is None:
            left_out[name] = f"no board of {board.across} x {board.down} inner corners is seen whole"
        else:
            seen[name] = corners
    size = _enough(seen, sizes)
    fitted = _fit(seen, board, size)
    usual = float(np.median(fitted.views))
    worse = [name for name, error in zip(seen, fitted.views, strict=True) if error > _WORST * usual]
    if worse:
        for name in worse:
            left_out[name] = "its corners fit three times worse than the other photos'"
            del seen[name]
        fitted = _fit(seen, board, _enough(seen, sizes))
    middle = np.array(size) / 2
    reach = max(float(np.linalg.norm((c - middle) / middle, axis=1).max()) for c in seen.values())
    edge = np.array([[0.0, 0.0], [size[0], 0.0], [0.0, size[1]], [size[0], size[1]]])
    moved = np.linalg.norm(fitted.lens.undistort(edge) - edge, axis=1)
    return LensReport(
        lens=fitted.lens,
        image_size=size,
        rms_px=fitted.rms_px,
        sigmas=fitted.sigmas,
        photos=dict(zip(seen, (float(v) for v in fitted.views), strict=True)),
        left_out=left_out,
        corner_shift_px=float(moved.max()),
        reach=reach / float(np.sqrt(2.0)),
    )


@dataclass(frozen=True, eq=False)
class _Fitted:
    lens: Lens
    rms_px: float
    sigmas: dict[str, float]
    views: Matrix


def _enough(seen: Mapping[str, Matrix], sizes: set[tuple[int, int]]) -> tuple[int, int]:
    if len(seen) < _LEAST_PHOTOS:
        raise CalibrationError(
            f"only {len(seen)} of the photos show the board whole; take at least {_LEAST_PHOTOS}, better 15,"
            " with the board tilted differently and out to the picture's corners"
        )
    return next(iter(sizes))


def _fit(seen: Mapping[str, Matrix], board: Board, size: tuple[int, int]) -> _Fitted:
    """Fit without k3, and with it where it is clearly not zero: it is hard to tell from k2."""
    plain = _fit_with(seen, board, size, cv2.CALIB_FIX_K3)
    full = _fit_with(seen, board, size, 0)
    return full if abs(full.lens.k3) > 3 * full.sigmas["k3"] > 0 else plain


def _fit_with(seen: Mapping[str, Matrix], board: Board, size: tuple[int, int], flags: int) -> _Fitted:
    solid = [board.corners()] * len(seen)
    shown = [corners.astype(np.float32).reshape(-1, 1, 2) for corners in seen.values()]
    try:
        rms, matrix, coefficients, _, _, spread, _, views = cv2.calibrateCameraExtended(
            solid, shown, size, np.eye(3), np.zeros(5), flags=flags
        )
    except cv2.error as error:
        raise CalibrationError(
            "the photos do not fix the lens: the board stands the same way in all; tilt it differently"
        ) from error
    k1, k2, p1, p2, k3 = (float(c) for c in coefficients.ravel()[:5])
    lens = Lens(
        focal_px=(float(matrix[0, 0]), float(matrix[1, 1])),
        centre_px=(float(matrix[0, 2]), float(matrix[1, 2])),
        k1=k1,
        k2=k2,
        p1=p1,
        p2=p2,
        k3=k3,
    )
    sigmas = {name: float(value) for name, value in zip(_NAMES, spread.ravel(), strict=False)}
    return _Fitted(lens, float(rms), sigmas, np.asarray(views, dtype=np.float64).ravel())
