"""What a case's history tells, and whom."""

from __future__ import annotations

from dashboards.sign_in.rights import Role
from tests.dashboards.conftest import BackOffice, LooksOnly, Officer
from tests.dashboards.invented_passages import BLUE, RED, WHITE


def history(officer: Officer, case_id: str) -> str:
    page = officer.open(f"/cases/{case_id}")
    return page[page.rindex("History") : page.rindex("Versions and ids")]


class TestHistory(LooksOnly):
    def test_events_and_what_was_handed_out_are_for_everybody(
        self, office: BackOffice, officer: Officer
    ) -> None:
        case_id = office.case_id(RED)
        audit = office.desk.audit
        audit.write("S. Ramos", "supervisor", "assigned", case_id, reason="to A. Moreau")
        audit.write("S. Ramos", "supervisor", "exported", f"{case_id}/package/{'a' * 64}", purpose="court")
        told = history(officer, case_id)
        assert told.index("Opened") < told.index("Assigned , S. Ramos") < told.index("Exported , S. Ramos")
        assert f"package/{'a' * 12}…; court" in told

    def test_who_looked_and_what_was_answered_is_on_the_auditors_pages_alone(
        self, office: BackOffice, officer: Officer
    ) -> None:
        """A second officer must not learn from the history what the first one did."""
        case_id = office.case_id(BLUE)
        for _ in range(3):
            office.desk.audit.write("B. Lund", "reviewer", "looked", case_id)
        office.desk.audit.write("B. Lund", "reviewer", "decided", case_id, reason="confirmed")
        assert "B. Lund" not in history(officer, case_id)
        auditor = office.officer("C. Adeyemi", roles=[Role.AUDITOR])
        assert auditor.client.get(f"/cases/{case_id}").status_code == 403
        assert "B. Lund" in auditor.open(f"/audit/cases/{case_id}")

    def test_of_another_case_nothing(self, office: BackOffice, officer: Officer) -> None:
        case_id = office.case_id(WHITE)
        office.desk.audit.write("B. Lund", "reviewer", "exported", f"{case_id[:-1]}x/package")
        assert "Exported" not in history(officer, case_id)
