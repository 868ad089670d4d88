"""The calibration of the camera as a certificate: how long it holds, how well it fits, what it adds."""

from __future__ import annotations

import datetime

from enforcement.casebook import Case
from enforcement.papers.records import CalibrationRecord, Records, moment
from enforcement.papers.sheet import BAD, Sheet
from enforcement.papers.texts import Texts


def write_certificate(
    sheet: Sheet, case: Case, records: Records, zone: datetime.tzinfo, texts: Texts
) -> None:
    """Write the certificate, or why there is none."""
    sheet.add_page()
    sheet.heading(texts.say("court.calibration_title"))
    calibration = records.calibration
    if case.passage.calibration_id is None:
        sheet.paragraph(texts.say("court.uncalibrated"))
        return
    if calibration is None:
        unknown = texts.say("court.calibration_unknown", calibration=case.passage.calibration_id)
        sheet.paragraph(unknown, colour=BAD)
        return
    sheet.paragraph(texts.say("court.calibration"))
    sheet.facts(_rows(calibration, case.summary.camera_id, zone, texts), name_mm=72.0)
    if not calibration.held_at(case.passage.started_at_ns):
        sheet.paragraph(texts.say("court.calibration_over"), colour=BAD, bold=True)


def _rows(
    calibration: CalibrationRecord, camera_id: str, zone: datetime.tzinfo, texts: Texts
) -> list[tuple[str, str]]:
    first, end = (
        texts.day(moment(at_ns, zone).date())
        for at_ns in (calibration.valid_from_ns, calibration.valid_until_ns)
    )
    width, height = str(calibration.image_width), str(calibration.image_height)
    points, checks = str(calibration.points), str(calibration.checks)
    residual = {
        "pixels": texts.number(calibration.residual_px, 2),
        "centimetres": texts.number(calibration.residual_m * 100, 1),
    }
    times = texts.number(calibration.noise_scale, 2)
    rows = [
        (texts.say("court.calibration_name"), calibration.calibration_id),
        (texts.say("court.camera"), camera_id),
        (texts.say("court.holds"), texts.say("court.holds_from", first=first, end=end)),
        (texts.say("court.picture_size"), texts.say("court.pixels", width=width, height=height)),
        (texts.say("court.points"), texts.say("court.points_checks", points=points, checks=checks)),
        (texts.say("court.residual"), texts.say("court.residual_both", **residual)),
        (texts.say("court.noise"), texts.say("court.noise_times", times=times)),
    ]
    if calibration.position_uncertainty_m is not None:
        doubt = f"{texts.number(calibration.position_uncertainty_m, 2)} {texts.say('court_drawings.metre')}"
        rows.append((texts.say("court.place_doubt"), texts.say("court.up_to", value=doubt)))
    if calibration.speed_uncertainty_percent is not None:
        percent = texts.number(calibration.speed_uncertainty_percent, 2)
        part = texts.say("court.speed_doubt_percent", percent=percent)
        rows.append((texts.say("court.speed_doubt"), part))
    rows.append((texts.say("court.made_from"), calibration.digest))
    return rows
