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
from enforcement.papers.plain_words import budget_rows, measurement_in_words
from enforcement.papers.records import Records, moment
from enforcement.papers.sentences import retold_or_quoted
from enforcement.papers.sheet import MUTED, Footing, Sheet
from enforcement.papers.texts import Texts

#: The plate, what the register knows of it, and how it was read stand together on one page; its picture too.
_PLATE_MM, _PICTURE_MM = 105.0, 56.0
#: The heading of the drawings, and the highest drawing.
_DRAWING_MM = 130.0


@dataclass(frozen=True)
class CourtFile:
    """All that goes into the paper. Times are UTC ns; ``ledger`` are the rows of the measurement, in words.

    ``texts`` are those of the paper's language, in which pictures, drawings and steps are told too; ``files``
    the other members of the package in which the paper lies, by path; ``plate`` is the picture of the plate.
    """

    case: Case
    records: Records
    texts: Texts
    made_at_ns: int
    software: str
    ledger: tuple[tuple[str, str], ...] = ()
    pictures: tuple[Picture, ...] = ()
    plate: Picture | None = None
    figures: tuple[Figure, ...] = ()
    statement: StatementFacts | None = None
    custody: tuple[CustodyStep, ...] = ()
    files: tuple[PackedFile, ...] = field(default=())


def court_paper(file: CourtFile) -> bytes:
    """The PDF; the same file always gives the same bytes.

    Raises:
        CaseFileError: when one of its pictures is none.
    """
    case_id, texts = file.case.summary.case_id, file.texts
    title = texts.say("language.case", case=case_id)
    pages = texts.say("language.page", page="{page}", pages="{pages}")
    sheet = Sheet(title, texts.language, file.made_at_ns, Footing(title, _authority(file), pages))
    _cover(sheet, file)
    _measurement(sheet, file)
    if file.pictures:
        sheet.add_page()
        sheet.heading(texts.say("court.pictures_title"))
        sheet.paragraph(texts.say("court.pictures"))
        for picture in file.pictures:
            put_picture(sheet, picture)
    if file.figures:
        sheet.room(_DRAWING_MM)
        sheet.heading(texts.say("court.drawings_title"))
        for figure in file.figures:
            put_figure(sheet, figure)
    _plate_and_register(sheet, file)
    write_certificate(sheet, file.case, file.records, file.records.zone, texts)
    write_custody(sheet, file.statement, file.custody, file.records.zone, texts)
    _digests(sheet, file.files, texts)
    return sheet.as_bytes()


def _authority(file: CourtFile) -> str:
    terms = file.records.policy.terms if file.records.policy else None
    return terms.authority if terms else file.case.passage.site_id


def _cover(sheet: Sheet, file: CourtFile) -> None:
    case, camera, texts = file.case, file.records.camera, file.texts
    summary, finding = case.summary, case.finding
    offence = _begun(texts.say(f"offences.{summary.offence}"))
    sheet.heading(texts.say("court.file"), 0)
    sheet.paragraph(offence, bold=True)
    sheet.paragraph(retold_or_quoted(finding.explanation, texts))
    place = case.passage.site_id if camera is None else camera.site_name or camera.site_id
    rows = [
        (texts.say("court.case_number"), summary.case_id),
        (texts.say("court.offence"), offence),
        (texts.say("court.plate"), summary.plate or texts.say("court.unreadable")),
        (texts.say("court.when"), texts.moment(moment(summary.occurred_at_ns, datetime.UTC))),
        (texts.say("court.local_time"), texts.moment(moment(summary.occurred_at_ns, file.records.zone))),
        (texts.say("court.place"), texts.say("court.place_camera", place=place, camera=summary.camera_id)),
    ]
    if camera is not None and camera.latitude is not None and camera.longitude is not None:
        rows.append((texts.say("court.position"), f"{camera.latitude:.6f}°, {camera.longitude:.6f}°"))
    if case.passage.lane:
        rows.append((texts.say("court.lane"), case.passage.lane))
    keeper = texts.say("court.no_keeper") if case.keeper is None else _keeper(case)
    law = texts.say("court.law_version", policy=finding.policy_id, version=finding.policy_version)
    rows += [
        (texts.say("court.vehicle"), texts.recorded(case.passage.vehicle)),
        (texts.say("court.keeper"), keeper),
        (texts.say("court.decision"), _decision(file)),
        (texts.say("court.law"), law),
        (texts.say("court.made"), texts.moment(moment(file.made_at_ns, datetime.UTC))),
    ]
    sheet.facts(rows, strong=(0, 2))
    sheet.paragraph(texts.say("court.package_note"))
    sheet.paragraph(texts.say("court.caveat"), colour=MUTED)


def _keeper(case: Case) -> str:
    keeper = case.keeper
    assert keeper is not None
    return ", ".join(part for part in (keeper.name or keeper.keeper_id, keeper.address) if part)


def _decision(file: CourtFile) -> str:
    ruling, texts = file.case.ruling, file.texts
    if ruling is None:
        return texts.recorded(file.case.summary.status)
    return texts.say(
        "court.decided",
        kind=texts.recorded(ruling.kind),
        officer=ruling.officer or texts.say("court.unnamed_officer"),
        at=texts.moment(moment(ruling.at_ns, file.records.zone)),
    )


def _measurement(sheet: Sheet, file: CourtFile) -> None:
    finding, speed, texts = file.case.finding, file.case.passage.speed, file.texts
    sheet.add_page()
    sheet.heading(texts.say("court.measured_title"))
    for sentence in measurement_in_words(finding, speed, texts):
        sheet.paragraph(sentence)
    if file.ledger:
        sheet.facts(file.ledger, name_mm=80.0, strong=(3, 5))
    if finding.unit == "km/h" and speed.budget:
        sheet.heading(texts.say("court.budget_title"), 2)
        sheet.paragraph(texts.say("court.budget"))
        heads = [texts.say(f"court.budget_{head}") for head in ("cause", "kind", "why")]
        heads.insert(1, texts.say("court_drawings.km_per_h"))
        sheet.columns(heads, budget_rows(speed.budget, texts), (42, 16, 28, 84), right=(1,))
    if finding.moments:
        sheet.heading(texts.say("court.moments"), 2)
        sheet.columns(
            (texts.say("court.moment"), texts.say("court.moment_after"), "± ms (k = 2)"),
            [_moment_row(file, number) for number in range(len(finding.moments))],
            (90, 50, 30),
            right=(1, 2),
        )


def _moment_row(file: CourtFile, number: int) -> Sequence[str]:
    case, texts = file.case, file.texts
    one = case.finding.moments[number]
    after_s = (one.at_ns - case.passage.started_at_ns) / 1e9
    doubt = "–" if one.uncertainty_ms is None else f"{one.uncertainty_ms:.0f}"
    return f"{number + 1}. {texts.recorded(one.name)}", texts.number(after_s, 2), doubt


def _plate_and_register(sheet: Sheet, file: CourtFile) -> None:
    case, texts = file.case, file.texts
    plate, keeper = case.plate, case.keeper
    sheet.room(_PLATE_MM + (_PICTURE_MM if file.plate else 0.0))
    sheet.heading(texts.say("court.plate_title"))
    if file.plate:
        put_picture(sheet, file.plate)
    rows = [(texts.say("court.plate_read"), plate.raw or texts.say("court.unreadable"))]
    if plate.why:
        rows.append((texts.say("court.plate_weighed"), retold_or_quoted(plate.why, texts)))
    rows.append((texts.say("court.plate_asked"), case.summary.plate or texts.say("court.plate_nothing")))
    if keeper is not None:
        known = {"class": keeper.vehicle_class, "make": keeper.make, "colour": keeper.colour}
        rows.append((texts.say("court.keeper"), _keeper(case)))
        rows += [
            (texts.say(f"court.by_register_{name}"), texts.recorded(value))
            for name, value in known.items()
            if value
        ]
        rows.append((texts.say("court.class_seen"), texts.recorded(case.passage.vehicle)))
    sheet.facts(rows, name_mm=58.0)
    reads = case.passage.plate.reads if case.passage.plate else ()
    if reads:
        agree = sum(read.text == case.summary.plate for read in reads)
        sheet.paragraph(texts.say("court.reads", pictures=str(len(reads)), same=str(agree)))


def _digests(sheet: Sheet, files: Sequence[PackedFile], texts: Texts) -> None:
    if not files:
        return
    sheet.heading(texts.say("court.files_title"))
    sheet.paragraph(texts.say("court.files"))
    sheet.columns(
        (texts.say("court.files_name"), texts.say("court.files_bytes")),
        [(f"{one.path}\n{one.sha256}", f"{one.size_bytes:,}".replace(",", " ")) for one in files],
        (146, 24),
        right=(1,),
    )


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]
