"""Opening a sealed original from the case page."""

from __future__ import annotations

from pathlib import Path

import pytest
from httpx import Response
from nacl.encoding import Base64Encoder

from dashboards.sign_in.rights import Role
from streams.messages import EvidenceReference
from streams.sealing import SealingKeys
from tests.dashboards.conftest import ORIGIN, BackOffice, LooksOnly, Officer, text_of
from tests.dashboards.invented_passages import AUTHORITY, BLUE, RED
from tests.dashboards.on_the_record import entries, nothing_entered, send, token_of

REASON = "the keeper says it was not their car"


def give_key(office: BackOffice) -> None:
    """The authority's private key lies at the centre, as it does on a real site."""
    assert office.desk.keys
    path = SealingKeys(office.desk.keys).private_path
    path.parent.mkdir(parents=True, exist_ok=True)
    encoded = Base64Encoder.encode(bytes(AUTHORITY)).decode()
    path.write_text(f"roadwitness-sealing-private-1 {encoded}\n")


def original_of(office: BackOffice, speed_kmh: float) -> EvidenceReference:
    return next(piece for piece in office.passages[speed_kmh].evidence if piece.sealed)


def unseal(office: BackOffice, officer: Officer, reason: str = REASON, digest: str = "") -> Response:
    case = f"/cases/{office.case_id(RED)}"
    return send(officer, case, f"{case}/originals/{digest or original_of(office, RED).digest}", reason=reason)


class TestOpening(LooksOnly):
    @pytest.fixture(autouse=True)
    def _key(self, office: BackOffice) -> None:
        give_key(office)

    def test_it_is_shown_to_who_may_and_is_on_the_record(self, office: BackOffice) -> None:
        answer = unseal(office, office.officer("S. Vega", [Role.SUPERVISOR]), f"  {REASON}\n")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store"
        frame = next(piece for piece in office.passages[RED].evidence if piece.kind == "frame")
        assert answer.content == office.evidence.get(frame.digest)
        entry = entries(office, action="opened")[-1]
        subject = f"{office.case_id(RED)}/original/{original_of(office, RED).digest[:12]}"
        assert (entry.who, entry.role, entry.subject, entry.reason) == (
            "S. Vega",
            "supervisor",
            subject,
            REASON,
        )

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
    def test_others_may_not_and_are_not_offered_it(self, office: BackOffice, role: Role) -> None:
        officer = office.officer(f"One {role}", [role])
        before = len(entries(office, action="opened"))
        case = f"/cases/{office.case_id(RED)}"
        assert "Sealed originals" not in officer.client.get(case).text
        answer = send(
            officer, "/account", f"{case}/originals/{original_of(office, RED).digest}", reason=REASON
        )
        assert answer.status_code == 403
        assert len(entries(office, action="opened")) == before

    @pytest.mark.parametrize("reason", ["", "because", "x y z"])
    def test_it_needs_a_reason_in_words(self, office: BackOffice, officer: Officer, reason: str) -> None:
        before = len(entries(office, action="opened"))
        answer = unseal(office, officer, reason)
        assert answer.status_code == 422
        assert "at least 3 words" in text_of(answer)
        assert len(entries(office, action="opened")) == before

    def test_only_originals_of_this_case_are_opened(self, office: BackOffice, officer: Officer) -> None:
        frame = next(piece for piece in office.passages[RED].evidence if piece.kind == "frame")
        for digest in (original_of(office, BLUE).digest, frame.digest, "0" * 64):
            assert unseal(office, officer, digest=digest).status_code == 404

    def test_a_form_from_elsewhere_opens_nothing(self, office: BackOffice, officer: Officer) -> None:
        address = f"/cases/{office.case_id(RED)}/originals/{original_of(office, RED).digest}"
        answer = officer.client.post(address, data={"reason": REASON}, headers={"origin": "http://elsewhere"})
        assert answer.status_code == 403

    def test_the_case_page_offers_it(self, officer: Officer, office: BackOffice) -> None:
        page = officer.client.get(f"/cases/{office.case_id(RED)}").text
        assert (
            f'formaction="/cases/{office.case_id(RED)}/originals/{original_of(office, RED).digest}"' in page
        )

    def test_what_cannot_be_entered_is_not_opened(self, office: BackOffice, officer: Officer) -> None:
        case = f"/cases/{office.case_id(RED)}"
        token = token_of(officer, case)
        with nothing_entered(office):
            answer = officer.client.post(
                f"{case}/originals/{original_of(office, RED).digest}",
                data={"reason": REASON, "csrf_token": token},
                headers=ORIGIN,
            )
            assert officer.client.get(case).status_code == 503, "nor is the case shown"
        assert answer.status_code == 503
        assert "cannot be entered in the audit" in text_of(answer)

    def test_without_the_private_key_it_says_whom_to_ask(
        self, office: BackOffice, officer: Officer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for keys in (tmp_path, None):
            monkeypatch.setattr(office.desk, "keys", keys)
            answer = unseal(office, officer)
            assert answer.status_code == 503
            assert "tell your administrator" in text_of(answer)

    def test_an_erased_original_is_gone(self, office: BackOffice, officer: Officer) -> None:
        digest = original_of(office, RED).digest
        box, before = office.evidence.get(digest), len(entries(office, action="opened"))
        office.evidence.discard(digest)
        assert unseal(office, officer).status_code == 404
        assert len(entries(office, action="opened")) == before
        office.evidence.put(digest, box, "application/octet-stream", True)
