"""The lens from photographs of a checkerboard: rendered through a lens whose truth is known."""

import cv2
import numpy as np
import pytest

from detectors.calibrating.checkerboard import Board, calibrate_lens, find_corners
from detectors.calibration import CalibrationError, Lens

WIDTH, HEIGHT = 640, 360
TRUE = Lens((550.0, 552.0), (326.0, 175.0), k1=-0.28, k2=0.09, p1=0.0006, p2=-0.0004)
BOARD = Board(8, 5, 0.03)
_SQUARE_PX = 40


def _sheet():
    """The board as it is printed, with a white border; its first inner corner lies two squares in."""
    sheet = np.full(((BOARD.down + 3) * _SQUARE_PX, (BOARD.across + 3) * _SQUARE_PX), 225, np.uint8)
    for row in range(BOARD.down + 1):
        for column in range(row % 2, BOARD.across + 1, 2):
            y, x = (row + 1) * _SQUARE_PX, (column + 1) * _SQUARE_PX
            sheet[y : y + _SQUARE_PX, x : x + _SQUARE_PX] = 35
    return sheet


def _rays():
    """Through which direction every quarter of a pixel looks, without the lens's distortion: (4WH, 3)."""
    y, x = np.mgrid[0 : 2 * HEIGHT, 0 : 2 * WIDTH]
    pixels = (np.column_stack([x.ravel(), y.ravel()]) + 0.5) / 2 - 0.5
    flat = (TRUE.undistort(pixels) - TRUE.centre_px) / TRUE.focal_px
    return np.column_stack([flat, np.ones(len(flat))])


@pytest.fixture(scope="module")
def photos():
    rng, sheet, rays, taken = np.random.default_rng(3), _sheet(), _rays(), {}
    middle = np.array([(BOARD.across - 1) / 2, (BOARD.down - 1) / 2, 0.0]) * BOARD.square_m
    for number in range(9):
        turn = cv2.Rodrigues(rng.uniform(-0.45, 0.45, 3))[0]
        away = rng.uniform(0.4, 0.5)
        side = [(-1, -1), (1, -1), (-1, 1), (1, 1), (0, 0)][number % 5]
        at = np.array([side[0] * 0.22 * away, side[1] * 0.1 * away, away]) - turn @ middle
        plane = np.linalg.inv(np.column_stack([turn[:, 0], turn[:, 1], at]))
        on_board = rays @ plane.T
        on_sheet = on_board[:, :2] / on_board[:, 2:] / BOARD.square_m * _SQUARE_PX + 2 * _SQUARE_PX - 0.5
        maps = on_sheet.astype(np.float32).reshape(2 * HEIGHT, 2 * WIDTH, 2)
        fine = cv2.remap(sheet, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderValue=110)
        small = cv2.resize(fine, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(float)
        noisy = np.clip(small + rng.normal(0, 3, small.shape), 0, 255).astype(np.uint8)
        taken[f"photo {number}"] = cv2.cvtColor(noisy, cv2.COLOR_GRAY2BGR)
    return taken


@pytest.fixture(scope="module")
def report(photos):
    return calibrate_lens(photos.items(), BOARD)


@pytest.mark.parametrize("name", ["fx", "fy", "cx", "cy", "k1", "k2", "p1", "p2"])
def test_the_lens_is_found_within_what_is_said_of_its_errors(report, name):
    lens = report.lens
    found = dict(zip(report.sigmas, (*lens.focal_px, *lens.centre_px, *lens.coefficients), strict=True))
    true = dict(zip(report.sigmas, (*TRUE.focal_px, *TRUE.centre_px, *TRUE.coefficients), strict=True))
    assert abs(found[name] - true[name]) < 4 * report.sigmas[name]


def test_the_focal_length_is_known_to_a_thousandth(report):
    assert report.sigmas["fx"] < 0.001 * report.lens.focal_px[0]


def test_it_puts_every_pixel_of_the_picture_where_it_belongs(report):
    pixels = np.array([(x, y) for x in (5.0, 320.0, 635.0) for y in (5.0, 180.0, 355.0)])
    slopes = (report.lens.undistort(pixels) - report.lens.centre_px) / report.lens.focal_px
    true = (TRUE.undistort(pixels) - TRUE.centre_px) / TRUE.focal_px
    assert np.abs(slopes - true).max() * 550 < 2.0, "of the 59 px that the corners are moved"


def test_it_says_how_well_it_fits(report):
    assert report.rms_px < 0.15
    assert report.image_size == (WIDTH, HEIGHT)
    assert report.corner_shift_px > 20
    assert 0.6 < report.reach <= 1.0
    assert len(report.photos) >= 4


def test_photos_without_the_board_are_left_out_by_name(photos, report):
    grey = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    assert find_corners(grey, BOARD) is None
    with_it = calibrate_lens({**photos, "a wall": grey}.items(), BOARD)
    assert with_it.left_out["a wall"] == "no board of 8 x 5 inner corners is seen whole"
    assert with_it.lens.coefficients == pytest.approx(report.lens.coefficients, rel=1e-6)


def test_too_few_photos_are_refused(photos):
    with pytest.raises(CalibrationError, match="take at least 4"):
        calibrate_lens(list(photos.items())[:3], BOARD)


def test_photos_of_different_cameras_are_refused(photos):
    other = np.full((480, 640, 3), 120, np.uint8)
    with pytest.raises(CalibrationError, match="differ in size \\(640x360, 640x480\\)"):
        calibrate_lens({**photos, "other": other}.items(), BOARD)
