"""The file of a case for a court: one PDF that a person can read from front to back, without our pages."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from enforcement.casebook import Case
from enforcement.casefile.manifest import PackedFile
from enforcement.papers.certificate import write_certificate
from enforcement.papers.custody import CustodyStep, StatementFacts, write_custody
from enforcement.papers.figures import Figure, Picture, put_figure, put_picture
from enforcement.papers.plain_words import budget_in_words, budget_rows, measurement_in_words
from enforcement.papers.records import Records, moment
from enforcement.papers.sheet import MUTED, Footing, Sheet

#: What a court must know before it reads on.
_CAVEAT = (
    "Whether the instrument was approved and verified as the law of the place wants it is not stated in this "
    "file: ask the authority for the certificate of its verification."
)


@dataclass(frozen=True)
class CourtFile:
    """All that goes into the paper. Times are UTC ns; ``ledger`` are the rows of the measurement, in words.

    ``files`` are the other members of the package in which the paper lies, by path.
    """

    case: Case
    records: Records
    made_at_ns: int
    software: str
    ledger: tuple[tuple[str, str], ...] = ()
    pictures: tuple[Picture, ...] = ()
    figures: tuple[Figure, ...] = ()
    statement: StatementFacts | None = None
    custody: tuple[CustodyStep, ...] = ()
    files: tuple[PackedFile, ...] = field(default=())


def court_paper(file: CourtFile) -> bytes:
    """The PDF; the same file always gives the same bytes.

    Raises:
        CaseFileError: when one of its pictures is none.
    """
    case_id = file.case.summary.case_id
    sheet = Sheet(
        f"Case {case_id}",
        "en",
        file.made_at_ns,
        Footing(f"Case {case_id}", _authority(file), "{page} of {pages}"),
    )
    _cover(sheet, file)
    _measurement(sheet, file)
    if file.pictures:
        sheet.add_page()
        sheet.heading("Pictures")
        sheet.paragraph(
            "Faces and the plates of other vehicles are blurred in every picture. What is drawn over a "
            "picture (the vehicle's box, its way, its plate) is no part of it; the package holds each "
            "picture without it."
        )
        for picture in file.pictures:
            put_picture(sheet, picture)
    if file.figures:
        sheet.add_page()
        sheet.heading("Drawings")
        for figure in file.figures:
            put_figure(sheet, figure)
    _plate_and_register(sheet, file)
    write_certificate(sheet, file.case, file.records, file.records.zone)
    write_custody(sheet, file.statement, file.custody, file.records.zone)
    _digests(sheet, file.files)
    return sheet.as_bytes()


def _authority(file: CourtFile) -> str:
    terms = file.records.policy.terms if file.records.policy else None
    return terms.authority if terms else file.case.passage.site_id


def _cover(sheet: Sheet, file: CourtFile) -> None:
    case, camera = file.case, file.records.camera
    summary, finding = case.summary, case.finding
    sheet.heading("Case file", 0)
    sheet.paragraph(_words(summary.offence), bold=True)
    sheet.paragraph(finding.explanation)
    occurred = moment(summary.occurred_at_ns, datetime.UTC)
    local = moment(summary.occurred_at_ns, file.records.zone)
    place = case.passage.site_id if camera is None else camera.site_name or camera.site_id
    rows = [
        ("Case number", summary.case_id),
        ("Offence", _words(summary.offence)),
        ("Plate", summary.plate or "unreadable"),
        ("Date and time", f"{occurred:%d %B %Y, %H:%M:%S} UTC"),
        ("By the clock of the place", f"{local:%d %B %Y, %H:%M:%S %Z}"),
        ("Place", f"{place}, camera {summary.camera_id}"),
    ]
    if camera is not None and camera.latitude is not None and camera.longitude is not None:
        rows.append(("Position (WGS84)", f"{camera.latitude:.6f}°, {camera.longitude:.6f}°"))
    if case.passage.lane:
        rows.append(("Lane", case.passage.lane))
    rows += [
        ("Vehicle", case.passage.vehicle),
        ("Keeper", "none was found in the register" if case.keeper is None else _keeper(case)),
        ("Decision", _decision(file)),
        ("Law applied", f"{finding.policy_id}, version {finding.policy_version}"),
        ("This file made", f"{moment(file.made_at_ns, datetime.UTC):%d %B %Y, %H:%M:%S} UTC"),
    ]
    sheet.facts(rows, strong=(0, 2))
    sheet.paragraph(
        "This paper lies in a signed package together with every file that it names. Whoever holds the "
        "package can check all of it without us: the command roadwitness verify, or its page in a browser, "
        "says whether a single bit was changed since the roadside unit and the centre signed."
    )
    sheet.paragraph(_CAVEAT, colour=MUTED)


def _keeper(case: Case) -> str:
    keeper = case.keeper
    assert keeper is not None
    return ", ".join(part for part in (keeper.name or keeper.keeper_id, keeper.address) if part)


def _decision(file: CourtFile) -> str:
    ruling = file.case.ruling
    if ruling is None:
        return file.case.summary.status
    at = moment(ruling.at_ns, file.records.zone)
    return f"{ruling.kind} by {ruling.officer or 'an unnamed officer'}, {at:%d %B %Y, %H:%M %Z}"


def _measurement(sheet: Sheet, file: CourtFile) -> None:
    finding, speed = file.case.finding, file.case.passage.speed
    sheet.add_page()
    sheet.heading("What was measured")
    for sentence in measurement_in_words(finding, speed):
        sheet.paragraph(sentence)
    if file.ledger:
        sheet.facts(file.ledger, name_mm=80.0, strong=(3, 5))
    budget = speed.budget if finding.unit == "km/h" else ()
    for sentence in budget_in_words(budget):
        sheet.heading("Where the uncertainty comes from", 2)
        sheet.paragraph(sentence)
        sheet.columns(
            ("Cause", "km/h", "Kind", "How it is known"), budget_rows(budget), (42, 16, 24, 88), right=(1,)
        )
    if finding.moments:
        sheet.heading("Moments", 2)
        sheet.columns(
            ("Moment", "Seconds after it came into view", "± ms (k = 2)"),
            [_moment_row(file.case, number) for number in range(len(finding.moments))],
            (90, 50, 30),
            right=(1, 2),
        )


def _moment_row(case: Case, number: int) -> Sequence[str]:
    one = case.finding.moments[number]
    after_s = (one.at_ns - case.passage.started_at_ns) / 1e9
    doubt = "–" if one.uncertainty_ms is None else f"{one.uncertainty_ms:.0f}"
    return f"{number + 1}. {one.name}", f"{after_s:.2f}", doubt


def _plate_and_register(sheet: Sheet, file: CourtFile) -> None:
    case = file.case
    plate, keeper = case.plate, case.keeper
    sheet.heading("Plate and register")
    rows = [("Read from the pictures", plate.raw or "unreadable")]
    if plate.why:
        rows.append(("Weighed against known formats", plate.why))
    rows.append(("Register asked for", case.summary.plate or "nothing: the plate is unreadable"))
    if keeper is not None:
        known = {"Class": keeper.vehicle_class, "Make": keeper.make, "Colour": keeper.colour}
        rows.append(("Keeper", _keeper(case)))
        rows += [(f"{name} by the register", value) for name, value in known.items() if value]
        rows.append(("Class as seen", case.passage.vehicle))
    sheet.facts(rows, name_mm=58.0)
    reads = case.passage.plate.reads if case.passage.plate else ()
    if reads:
        agree = sum(read.text == case.summary.plate for read in reads)
        sheet.paragraph(
            f"The plate was read in {len(reads)} pictures; in {agree} of them by itself exactly as above. "
            "All reads together were weighed character by character."
        )


def _digests(sheet: Sheet, files: Sequence[PackedFile]) -> None:
    if not files:
        return
    sheet.heading("Files of this package")
    sheet.paragraph(
        "Every file is named by the SHA-256 digest of its bytes: a file with any other content has another "
        "digest. The package's manifest lists the same digests, and that of this paper, under the signature "
        "of the centre."
    )
    sheet.columns(
        ("File and SHA-256", "Bytes"),
        [(f"{one.path}\n{one.sha256}", f"{one.size_bytes:,}".replace(",", " ")) for one in files],
        (146, 24),
        right=(1,),
    )


def _words(code: str) -> str:
    words = code.replace("_", " ")
    return words[:1].upper() + words[1:]
