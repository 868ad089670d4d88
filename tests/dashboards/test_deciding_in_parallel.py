"""Officers at work at the same time over HTTP; `python -m benchmarks.officers` does it with many more."""

from __future__ import annotations

from pathlib import Path

from roadwitness.listening import bind
from roadwitness.web_server import WebServer
from tests.dashboards.conftest import opened
from tests.dashboards.many_officers import LAW, ManyOfficers, faults, scenes

OFFICERS, CASES = 5, 12


def test_every_case_is_decided_once_and_nobody_is_overwritten(root: Path) -> None:
    with opened(root, "parallel", LAW) as office:
        office.receive(*scenes(CASES))
        case_ids = [case.case_id for case in office.book.queue(None, limit=2 * CASES)]
        office.work()
        server = WebServer(office.app(wait_s=30.0), bind(0))
        server.start()
        officers = ManyOfficers(office, server.url, OFFICERS)
        try:
            officers.work()
        finally:
            server.stop()
        assert len(case_ids) == CASES
        assert faults(office, case_ids, officers.done) == []
        assert sum(officers.done.taken.values()) > CASES
