"""The calibration of a site, from the points that its file lists."""

from __future__ import annotations

from detectors.calibrating.requests import calibrate
from detectors.calibration import Calibration
from roadwitness.site import SiteFile


def calibration_of(site: SiteFile) -> Calibration | None:
    """The homography of a site's surveyed points, or None where there are none.

    Raises:
        CalibrationError: when the points do not fix a plane.
    """
    return None if site.calibration is None else calibrate(site.calibration.request())
