"""A notice to a keeper or the driver whom they named: whether there may be one, its code, and the PDF."""

from __future__ import annotations

import io

from PIL import Image

from dashboards.nominations.vehicle_picture import vehicle_picture
from enforcement.case_queue import NO_PAPER
from enforcement.casebook import Case, CaseBook
from enforcement.desk.nominations import Nominations, naming
from enforcement.errors import PapersError
from enforcement.evidence_store import EvidenceStore
from enforcement.papers.figures import Picture
from enforcement.papers.notice import (
    Addressee,
    Letter,
    Notice,
    end_of,
    last_day,
    notice_paper,
    picture_of_notice,
    terms_of,
)
from enforcement.papers.texts import Texts


def make_notice(
    book: CaseBook,
    evidence: EvidenceStore,
    letters: Nominations,
    case: Case,
    texts: Texts,
    *,
    by: str,
    role: str,
    made_at_ns: int,
    to_driver: bool = False,
) -> bytes:
    """The notice as a PDF; where it is answered on a page, with a new letter's number and code.

    Args:
        book: the case book that ``case`` is from.
        evidence: for the picture of the vehicle; without it the notice has none.
        letters: keeps the hash of the code.
        case: confirmed, with a keeper.
        texts: what it says, in one language.
        by: who makes it, for the audit.
        role: their roles.
        made_at_ns: its date (UTC ns).
        to_driver: it goes to the driver whom the keeper named.

    Raises:
        PapersError: when there may be no notice about this case or to this person, or its policy says nothing
            about notices.
    """
    if book.is_seeded(case.summary.case_id):
        raise PapersError(NO_PAPER)
    refuse_unfit(case)
    driver = _named(letters, case) if to_driver else None
    records = book.records(case.passage, case.finding)
    terms = terms_of(records)
    until = last_day(records, made_at_ns)
    picture = _picture(evidence, case, texts)
    letter = None
    if terms.page:
        # Everything that can be missing was looked for before the letter's code is counted as given out.
        expires = end_of(until, records)
        issued = letters.issue(
            case.summary.case_id, texts.language, by, role, expires_at_ns=expires, to_driver=to_driver
        )
        letter = Letter(*issued)
    return notice_paper(Notice(case, records, texts, made_at_ns, until, letter, picture, driver))


def refuse_unfit(case: Case) -> None:
    """Nobody is written to about a case that is not confirmed, or whose keeper is not known.

    Raises:
        PapersError: saying why.
    """
    if case.summary.status != "confirmed":
        raise PapersError(
            f"This case is {case.summary.status}: a notice is written when an officer has confirmed it."
        )
    if case.keeper is None:
        raise PapersError("The register names no keeper for this case, so there is nobody to write to.")


def _named(letters: Nominations, case: Case) -> Addressee:
    named = naming(letters.of_case(case.summary.case_id))
    if named is None or named.answer is None:
        raise PapersError("The keeper has named no driver, so there is nobody else to write to.")
    return Addressee(named.answer.name, named.answer.address)


def _picture(evidence: EvidenceStore, case: Case, texts: Texts) -> Picture | None:
    content = vehicle_picture(evidence, case.passage)
    if content is None:
        return None
    with Image.open(io.BytesIO(content)) as opened:
        return picture_of_notice(content, *opened.size, texts)
