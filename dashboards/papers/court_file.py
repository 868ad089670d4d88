"""What of a case goes into the paper for a court: its marked pictures, its drawings, its history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from dashboards.drawings.phase_diagram import draw_phases, into_red_s
from dashboards.drawings.road_plan import draw_road
from dashboards.drawings.speed_plot import plot_speed
from dashboards.formatting import measured
from dashboards.overlay import best_frame, plate_crop
from dashboards.papers.court_drawings import phases_figure, plan_figure, speed_figure
from dashboards.wording import ledger
from enforcement.casebook import Case, CaseBook
from enforcement.casefile.manifest import PackedFile
from enforcement.casefile.receipt import SignedReceipt
from enforcement.desk.audit_entry import AuditEntry
from enforcement.evidence_store import EvidenceStore
from enforcement.papers.court import CourtFile
from enforcement.papers.custody import CustodyStep, StatementFacts
from enforcement.papers.figures import Area, Dot, Figure, Picture, Stroke, Words
from enforcement.papers.sheet import ACCENT, BAD, ORANGE
from enforcement.papers.texts import Texts
from enforcement.reasons import REASON_CODES
from enforcement.road import Road
from streams.messages import Box, EvidenceReference
from streams.statements import SignedStatement

_HAPPENED = {
    "opened": "the case was opened by a rule",
    "confirmed": "confirmed",
    "rejected": "rejected",
    "conflict": "an answer that came after another and changed nothing",
    "answered": "a letter was answered",
    "withdrawn": "a decision was taken back",
    "lapsed": "the time for a decision ran out",
}
#: What the audit calls by a short past tense, where a court needs more words.
_DONE = {"looked": "looked at", "nominated": "wrote a letter:", "answered": "answered:"}
_POSITIONS = ("before", "after")
_PLATE_MM = 32.0


def court_file(
    book: CaseBook,
    evidence: EvidenceStore,
    case: Case,
    *,
    texts: Texts,
    made_at_ns: int,
    software: str,
    road: Road | None = None,
    statement: SignedStatement | None = None,
    receipt: bytes = b"",
    time_stamp: bytes = b"",
    files: Sequence[PackedFile] = (),
    story: Sequence[AuditEntry] = (),
) -> CourtFile:
    """Put the parts of the paper together, in the language of ``texts``; ``story`` is the audit of the case.

    ``receipt`` and ``time_stamp`` of the statement are empty where there are none.

    Raises:
        EvidenceMissing, EvidenceCorrupt: when a picture of the case is not there or was changed.
    """
    return CourtFile(
        case=case,
        records=book.records(case.passage, case.finding),
        texts=texts,
        made_at_ns=made_at_ns,
        software=software,
        ledger=tuple(_ledger(case, texts)),
        pictures=tuple(_pictures(case, evidence, texts)),
        plate=_plate(case, evidence, texts),
        figures=tuple(_figures(case, road, texts)),
        statement=None if statement is None else _facts(statement, receipt, time_stamp),
        custody=(*_history(case, texts), *(_entered(entry, texts) for entry in story)),
        files=tuple(files),
    )


def _ledger(case: Case, texts: Texts) -> Iterator[tuple[str, str]]:
    for row in ledger(case.finding):
        value = texts.say("court.not_stated") if row.value is None else texts.figures(row.value)
        yield texts.recorded(row.name), value


def _pictures(case: Case, evidence: EvidenceStore, texts: Texts) -> Iterator[Picture]:
    passage, finding = case.passage, case.finding
    frame = best_frame(passage)
    if frame is not None:
        content, taken = evidence.get(frame.digest), _taken(case, frame, texts)
        speed = passage.speed.speed_kmh
        label = texts.recorded(passage.vehicle)
        if speed is not None:
            label += texts.figures(f" · {measured(speed)} km/h")
        over = (*_track(case), *_boxes(frame, label))
        told = f"{taken} {texts.say('court.overlay_told')}"
        yield Picture(texts.say("court.overlay"), told, content, frame.width_px, frame.height_px, over)
        told = f"{taken} {texts.say('court.evidence_told')}"
        yield Picture(texts.say("court.evidence"), told, content, frame.width_px, frame.height_px)
    for piece in passage.evidence:
        if piece.kind in _POSITIONS and not piece.sealed:
            red, told = into_red_s(finding, piece.captured_at_ns), _taken(case, piece, texts)
            if red is not None:
                told += " " + texts.say("court.had_been_red", seconds=texts.number(red, 2))
            yield _boxed(texts.say(f"court.{piece.kind}"), told, evidence, piece)
    other = finding.other
    for piece in other.evidence if other else ():
        if other and piece.kind == "frame" and not piece.sealed:
            told = texts.say("court.taken_elsewhere", digest=piece.digest, camera=other.camera_id)
            yield _boxed(texts.say("court.other_place"), told, evidence, piece)


def _plate(case: Case, evidence: EvidenceStore, texts: Texts) -> Picture | None:
    crop = plate_crop(case.passage, best_frame(case.passage))
    if crop is None:
        return None
    told = _taken(case, crop, texts)
    if crop.plate_text:
        told += " " + texts.say("court.read_here", text=crop.plate_text)
    content, title = evidence.get(crop.digest), texts.say("court.plate_picture")
    return Picture(title, told, content, crop.width_px, crop.height_px, most_mm=_PLATE_MM)


def _boxed(title: str, told: str, evidence: EvidenceStore, piece: EvidenceReference) -> Picture:
    content = evidence.get(piece.digest)
    return Picture(title, told, content, piece.width_px, piece.height_px, tuple(_boxes(piece)))


def _taken(case: Case, piece: EvidenceReference, texts: Texts) -> str:
    after_s = (piece.captured_at_ns - case.passage.started_at_ns) / 1e9
    return texts.say("court.taken", digest=piece.digest, seconds=texts.number(after_s, 2))


def _track(case: Case) -> Iterator[Stroke | Dot]:
    points = tuple((point.x_px, point.y_px) for point in case.passage.track)
    if len(points) > 1:
        yield Stroke(points, ORANGE, 0.35)


def _boxes(piece: EvidenceReference, label: str = "") -> Iterator[Stroke | Area | Words]:
    if piece.vehicle_box is not None:
        box = piece.vehicle_box
        yield Stroke(_ring(box), ACCENT, 0.5)
        if label:
            size = piece.width_px / 60
            top = max(box.y - 0.4 * size, 1.4 * size)
            left, right = box.x, box.x + 0.62 * size * len(label)
            corners = ((left, top - size), (right, top - size), (right, top), (left, top))
            yield Area(corners, (255, 255, 255), 0.8)
            yield Words((left + 0.2 * size, top - 0.22 * size), label, ACCENT, "start", 8.0, bold=True)
    if piece.plate_box is not None:
        yield Stroke(_ring(piece.plate_box), BAD, 0.4)


def _ring(box: Box) -> tuple[tuple[float, float], ...]:
    right, bottom = box.x + box.w, box.y + box.h
    return (box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom), (box.x, box.y)


def _figures(case: Case, road: Road | None, texts: Texts) -> Iterator[Figure]:
    plan = draw_road(case.passage, case.finding, road)
    if plan is not None:
        yield plan_figure(plan, case, texts)
    phases = draw_phases(case.passage, case.finding)
    if phases is not None:
        yield phases_figure(phases, case.finding, texts)
    plot = plot_speed(case.passage, case.finding)
    if plot is not None:
        yield speed_figure(plot, case.passage, texts)


def _facts(signed: SignedStatement, receipt: bytes, time_stamp: bytes) -> StatementFacts:
    stated = signed.read()
    received = msgspec.json.decode(receipt, type=SignedReceipt).read() if receipt else None
    return StatementFacts(
        camera_id=stated.camera_id,
        sequence=stated.sequence,
        digest=signed.digest,
        previous=stated.previous,
        signed_at_ns=stated.signed_at_ns,
        key_id=signed.signature.key_id,
        software=stated.software,
        received_at_ns=received.received_at_ns if received else None,
        is_time_stamped=bool(time_stamp),
    )


def _history(case: Case, texts: Texts) -> Iterator[CustodyStep]:
    passage, centre = case.passage, texts.say("court.centre")
    camera = texts.say("court.by_camera", camera=passage.camera_id)
    yield CustodyStep(passage.started_at_ns, texts.say("court.came_into_view"), camera)
    for piece in passage.evidence:
        where = case.whereabouts[piece.digest]
        if where.since_ns is not None and where.state == "here":
            kind = texts.recorded(piece.kind)
            what = texts.say("court.stored", piece=kind, digest=piece.digest[:12])
            yield CustodyStep(where.since_ns, what, centre)
    for event in case.events:
        why = texts.recorded(REASON_CODES.get(event.reason_code or "", ""))
        note = "" if event.note == case.finding.explanation else _words_of(event.note, texts)
        who = texts.recorded(event.officer) if event.officer else centre
        told = texts.recorded(_HAPPENED.get(event.kind, event.kind))
        yield CustodyStep(event.at_ns, told, who, " ".join((why, note)).strip())


def _words_of(note: str, texts: Texts) -> str:
    """A note: in the paper's language where it is our own, or quoted as whoever wrote it did."""
    told = texts.recorded(note)
    return texts.say("court.as_written", text=note) if note and told == note else told


def _entered(entry: AuditEntry, texts: Texts) -> CustodyStep:
    what = entry.subject.partition("/")[2].replace("/", " ", 1)
    about = texts.recorded(what) or texts.say("court.the_case")
    why = " ".join(_words_of(part, texts) for part in (entry.purpose, entry.reason) if part)
    done = texts.recorded(_DONE.get(entry.action, entry.action))
    return CustodyStep(entry.at_ns, f"{done} {about}", texts.recorded(entry.who), why)
