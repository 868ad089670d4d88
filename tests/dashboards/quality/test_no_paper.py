"""A case that was invented to test reviews never becomes a paper."""

from __future__ import annotations

import uuid

import pytest

from dashboards.papers.case_package import make_package
from dashboards.papers.notice_file import make_notice
from enforcement.case_queue import NO_PAPER
from enforcement.desk.nominations import Nominations
from enforcement.errors import CaseFileError, PapersError
from enforcement.papers.texts import load_texts
from tests.dashboards.conftest import BackOffice
from tests.dashboards.invented_passages import RED


def test_it_becomes_neither_a_notice_nor_a_package(shown: BackOffice) -> None:
    case_id = shown.case_id(RED)
    row = (uuid.UUID(case_id), uuid.uuid4(), "rejected", "plate_wrong")
    shown.store.insert("seeded_cases", ("case_id", "known_id", "answer", "reason_code"), [row])
    case = shown.book.case(case_id)
    assert case is not None
    with pytest.raises(PapersError, match=NO_PAPER):
        make_notice(
            shown.book,
            shown.evidence,
            Nominations(shown.desk.audit),
            case,
            load_texts("en"),
            by="S. Vargas",
            role="supervisor",
            made_at_ns=0,
        )
    with pytest.raises(CaseFileError, match=NO_PAPER):
        make_package(shown.book, shown.evidence, case, shown.desk.keys)
