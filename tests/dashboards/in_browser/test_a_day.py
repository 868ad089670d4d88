"""An officer's day in Chromium: every case that there is, by keyboard alone."""

from __future__ import annotations

from tests.dashboards.conftest import BackOffice
from tests.dashboards.in_browser.desk import IN_CHROMIUM, Desk
from tests.dashboards.in_browser.working_day import decide_all

pytestmark = IN_CHROMIUM


def test_every_case_is_decided_by_keyboard_alone(desk: Desk, office: BackOffice) -> None:
    desk.page.add_init_script(
        "addEventListener('click', (event) => event.detail && console.error('a mouse'))"
    )
    waiting = {case.case_id for case in office.book.queue()}
    decided = list(decide_all(desk, at_most=20))
    assert {each.address.rpartition("/")[2] for each in decided} == waiting
    assert len(decided) == len(waiting) == 7
    assert "Every case is decided." in desk.page.inner_text("main")
    desk.page.locator("#sent:not(:has(.pending))").wait_for(state="attached")
    outcomes = {each.address.rpartition("/")[2]: each.outcome for each in decided}
    assert {case.case_id: case.status for case in office.book.queue(None)} == outcomes
    assert set(outcomes.values()) == {"confirmed", "rejected"}
    with office.desk.file.reading() as database:
        [(entries,)] = database.execute("SELECT count(*) FROM audit_entries WHERE action = 'decided'")
    assert entries == 7
