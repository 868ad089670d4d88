"""Papers of a case on the command line: the package for a court, and the notice to the keeper."""

from __future__ import annotations

import getpass
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from dashboards.papers.case_package import make_package
from dashboards.papers.notice_file import make_notice
from enforcement.casebook import Case, CaseBook
from enforcement.casefile.manifest import PAPER
from enforcement.desk.audit_book import AuditBook
from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.desk_file import DeskFile
from enforcement.desk.nominations import Nominations
from enforcement.errors import CaseFileError, PapersError
from enforcement.papers.texts import load_texts
from roadwitness.desk_audit import COMMAND_LINE
from roadwitness.premises import Premises
from roadwitness.progress import say
from roadwitness.site import load_site
from roadwitness.site_law import road_of


def package_case(
    case_id: str, out: Path, premises: Premises, *, language: str = "", sites: Sequence[Path] = ()
) -> None:
    """Write the package of a case, countersigned with the centre's key, which lies in the data folder.

    The paper in it is in ``language`` or, where that is empty, the policy's; the road is drawn with the lines
    and zones of the one of ``sites`` that has the case's camera.

    Raises:
        CaseFileError: when there is no such case, or its passage came without a statement.
        PapersError: for a language without texts, and where nothing can be written to ``out``.
        StoreError: when there is no store.
        SiteFileError, RoadError: when one of the sites cannot be read.
    """
    _refuse_unwritable(out)
    roads = {site.file.camera.id: road_of(site) for site in map(load_site, sites)}
    with premises.kept_store() as store, _audit(premises) as audit:
        evidence = premises.open_evidence()
        book = CaseBook(store)
        case = _case(book, case_id)
        road = roads.get(case.passage.camera_id)
        if roads and road is None:
            say(
                f"None of the sites has the camera {case.passage.camera_id}: the road is drawn bare.",
                "yellow",
            )
        package = make_package(
            book,
            evidence,
            case,
            premises.folder.keys,
            road=road,
            language=language,
            story=AuditBook(audit.desk).story(case_id),
        )
        audit.write(getpass.getuser(), COMMAND_LINE, "exported", f"{case_id}/package")
    out.write_bytes(package)
    say(f"{out}: {len(package) / 1e6:.1f} MB with {PAPER}; `roadwitness verify` or its page checks it.")


def write_notice(
    case_id: str, language: str, out: Path, texts: Path | None, premises: Premises, *, to_driver: bool = False
) -> None:
    """Write the notice to the keeper of a case, or to the driver whom they named.

    It has a new one-time code where it is answered on a page.

    Raises:
        PapersError: when there may be no notice about this case, texts or terms are missing, or nothing can
            be written to ``out``; then no code was given out.
        CaseFileError: when there is no such case.
    """
    _refuse_unwritable(out)
    said = load_texts(language, texts)
    with premises.kept_store() as store, _audit(premises) as audit:
        evidence = premises.open_evidence()
        book = CaseBook(store)
        notice = make_notice(
            book,
            evidence,
            Nominations(audit),
            _case(book, case_id),
            said,
            by=getpass.getuser(),
            role=COMMAND_LINE,
            made_at_ns=time.time_ns(),
            to_driver=to_driver,
        )
        reason = f"to the {'driver' if to_driver else 'keeper'}, in {language}"
        audit.write(getpass.getuser(), COMMAND_LINE, "exported", f"{case_id}/notice", reason=reason)
    out.write_bytes(notice)
    name = said.say("language.name")
    say(f"{out}: a notice in {name}; earlier letters to the same person can't be used now.")


def _refuse_unwritable(out: Path) -> None:
    """Said before a code is given out or the audit says that a paper was."""
    place = out if out.exists() else out.parent
    if out.is_dir() or not out.parent.is_dir() or not os.access(place, os.W_OK):
        raise PapersError(f"{out} cannot be written: name a file in a folder of yours with --out.")


def _case(book: CaseBook, case_id: str) -> Case:
    case = book.case(case_id)
    if case is None:
        raise CaseFileError(f"There is no case {case_id}: `roadwitness sql` on v_violations shows their ids.")
    return case


@contextmanager
def _audit(premises: Premises) -> Iterator[AuditChain]:
    with closing(DeskFile(premises.folder.desk)) as desk:
        yield AuditChain(desk)
