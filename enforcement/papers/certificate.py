"""The calibration of the camera as a certificate: how long it holds, how well it fits, what it adds."""

from __future__ import annotations

import datetime

from enforcement.casebook import Case
from enforcement.papers.records import CalibrationRecord, Records, moment
from enforcement.papers.sheet import BAD, Sheet


def write_certificate(sheet: Sheet, case: Case, records: Records, zone: datetime.tzinfo) -> None:
    """Write the certificate, or why there is none."""
    sheet.add_page()
    sheet.heading("Calibration certificate")
    calibration = records.calibration
    if case.passage.calibration_id is None:
        sheet.paragraph("The camera was not calibrated: nothing in this case rests on a place on the road.")
        return
    if calibration is None:
        sheet.paragraph(
            f"The passage names the calibration {case.passage.calibration_id}; its record is not in the "
            "store of this centre. It stands in the site file of the roadside unit.",
            colour=BAD,
        )
        return
    sheet.paragraph(
        "Points on the road were surveyed and found again in the camera's picture. From them follows where "
        "every place of the picture lies on the road, and how well that is known."
    )
    sheet.facts(_rows(calibration, case.summary.camera_id, zone), name_mm=72.0)
    if not calibration.held_at(case.passage.started_at_ns):
        sheet.paragraph("The calibration did not hold at the time of this case.", colour=BAD, bold=True)


def _rows(calibration: CalibrationRecord, camera_id: str, zone: datetime.tzinfo) -> list[tuple[str, str]]:
    first, end = moment(calibration.valid_from_ns, zone), moment(calibration.valid_until_ns, zone)
    rows = [
        ("Calibration", calibration.calibration_id),
        ("Camera", camera_id),
        ("Holds", f"from {first:%d %B %Y} until {end:%d %B %Y}"),
        ("Picture size", f"{calibration.image_width} × {calibration.image_height} pixels"),
        ("Surveyed points", f"{calibration.points}, of which {calibration.checks} check the others"),
        ("Fit misses the points by (rms)", _both(calibration)),
        ("Stated noise had to be raised", f"{calibration.noise_scale:.2f} times"),
    ]
    if calibration.position_uncertainty_m is not None:
        rows.append(("Uncertainty of a place (k = 2)", f"up to {calibration.position_uncertainty_m:.2f} m"))
    if calibration.speed_uncertainty_percent is not None:
        percent = f"up to {calibration.speed_uncertainty_percent:.2f} % over 10 m of road"
        rows.append(("Its part in a speed's uncertainty (k = 2)", percent))
    rows.append(("SHA-256 of what it was made from", calibration.digest))
    return rows


def _both(calibration: CalibrationRecord) -> str:
    return f"{calibration.residual_px:.2f} pixels, {calibration.residual_m * 100:.1f} cm on the road"
