"""A case with all its records, invented, as papers are made of it."""

from __future__ import annotations

import datetime
import io
from dataclasses import replace

import msgspec
from PIL import Image
from pypdf import PdfReader

from enforcement.casebook import Case
from enforcement.papers.figures import Figure, Picture, Stroke
from enforcement.papers.notice import Letter, Notice
from enforcement.papers.records import CalibrationRecord, CameraRecord, PolicyRecord, Records
from enforcement.papers.texts import load_texts
from enforcement.register import Keeper
from streams.messages import BudgetTerm
from tests.enforcement.casefile.conftest import case_of
from tests.enforcement.samples import T0, passage

MADE_AT = T0 + 86_400 * 10**9
#: What a policy says about notices.
NOTICE = """
[notice]
authority = "Simford Traffic Office"
address = ["1 Invented Square", "Simford"]
contact = "Monday to Friday, 9 to 15"
page = "https://answers.example/nomination"
answer_days = 14
fines = { speeding = "40 SIM (placeholder)" }
"""
POLICY_TEXT = f"""
id = "sim-rural-2026"
version = "1"
jurisdiction = "Simulated"
valid_from = 2026-01-01
timezone = "Europe/Berlin"
[speeding]
limit_kmh = 80.0
tolerance = {{ below_100_kmh = 3.0, above_100_percent = 3.0 }}
{NOTICE}"""
BUDGET = (
    BudgetTerm("timing", 0.1, "random", "jitter of the timestamps"),
    BudgetTerm("calibration", 0.5, "systematic", "spread over 64 draws of the survey's uncertainty"),
)
RECORDS = Records(
    CameraRecord("cam-1", "site-1", "Harbour Street", 44.43, 26.1),
    CalibrationRecord(
        "cam-1-2026", "c" * 64, T0 - 10**15, T0 + 10**15, 1280, 720, 12, 8, 0.7, 0.03, 1.0, 0.12, 0.9
    ),
    PolicyRecord("sim-rural-2026", "1", "d" * 64, "Simulated", POLICY_TEXT),
)


def confirmed_case() -> Case:
    """A speeding case, confirmed, whose keeper is known."""
    seen = passage(0)
    seen = msgspec.structs.replace(
        seen, calibration_id="cam-1-2026", speed=msgspec.structs.replace(seen.speed, budget=BUDGET)
    )
    case = case_of(seen)
    summary = replace(case.summary, status="confirmed", plate="AB123CD")
    return replace(
        case,
        summary=summary,
        keeper=Keeper("AB123CD", "K-1", "Ines Farrow", "4 Larch Row, Simford", "car", "Vesta", "red"),
        whereabouts={},
    )


def picture(title: str = "Evidence picture") -> Picture:
    """A small picture."""
    content = io.BytesIO()
    Image.new("RGB", (64, 36), (90, 120, 150)).save(content, "JPEG")
    return Picture(title, "A picture.", content.getvalue(), 64, 36, (Stroke(((0, 0), (64, 36))),))


def drawing() -> Figure:
    """A small drawing."""
    return Figure("The road from above", "A drawing.", 100, 40, (Stroke(((0, 20), (100, 20))),))


def notice(language: str, case: Case | None = None, records: Records = RECORDS) -> Notice:
    """A notice in a language, with a letter."""
    until = datetime.date(2026, 5, 19)
    letter = Letter("1234567890", "123456789012")
    return Notice(case or confirmed_case(), records, load_texts(language), MADE_AT, until, letter)


def pages_of(content: bytes) -> list[str]:
    """The text of each page of a PDF, white space as one blank."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def fonts_in(content: bytes) -> dict[str, bool]:
    """The fonts that a PDF's pages use, and whether each is embedded."""
    found = {}
    for page in PdfReader(io.BytesIO(content)).pages:
        for reference in page["/Resources"]["/Font"].values():
            font = reference.get_object()
            below = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            described = below.get("/FontDescriptor", {})
            found[str(font["/BaseFont"])] = any(key.startswith("/FontFile") for key in described)
    return found
