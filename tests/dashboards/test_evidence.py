"""Which pictures are served, to whom, and how often."""

from __future__ import annotations

import re

from tests.dashboards.conftest import BackOffice, LooksOnly, Officer, text_of
from tests.dashboards.invented_passages import INCOMPLETE, RED


class TestEvidence(LooksOnly):
    def test_serves_the_very_bytes(self, office: BackOffice, officer: Officer) -> None:
        piece = office.passages[RED].evidence[0]
        response = officer.client.get(f"/evidence/{piece.digest}")
        assert response.content == office.evidence.get(piece.digest)
        assert response.headers["content-type"] == "image/jpeg"
        kept = re.fullmatch(r"private, max-age=(\d+), immutable", response.headers["cache-control"])
        assert kept
        assert int(kept[1]) <= 24 * 3600, "what is erased here must not stay in browsers"

    def test_a_browser_that_has_it_is_not_sent_it_again(self, office: BackOffice, officer: Officer) -> None:
        address = f"/evidence/{office.passages[RED].evidence[0].digest}"
        tag = officer.client.get(address).headers["etag"]
        response = officer.client.get(address, headers={"if-none-match": tag})
        assert response.status_code == 304
        assert response.content == b""

    def test_a_sealed_original_is_never_served(self, office: BackOffice, officer: Officer) -> None:
        sealed = next(piece for piece in office.passages[RED].evidence if piece.sealed)
        assert office.evidence.has(sealed.digest)
        for headers in ({}, {"if-none-match": f'"{sealed.digest}"'}):
            response = officer.client.get(f"/evidence/{sealed.digest}", headers=headers)
            assert response.status_code == 403
            assert "This is a sealed original" in text_of(response)

    def test_a_thumbnail_shows_the_vehicle_small(self, office: BackOffice, officer: Officer) -> None:
        response = officer.client.get(f"/cases/{office.case_id(RED)}/thumbnail.jpg")
        assert response.headers["content-type"] == "image/jpeg"
        assert len(response.content) < 20_000

    def test_there_is_no_thumbnail_of_a_picture_that_has_not_come(
        self, office: BackOffice, officer: Officer
    ) -> None:
        response = officer.client.get(f"/cases/{office.case_id(INCOMPLETE)}/thumbnail.jpg")
        assert response.status_code == 404
