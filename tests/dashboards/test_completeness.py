"""Incomplete cases on the pages: what is missing is said, and such a case cannot be confirmed."""

from __future__ import annotations

import socket
from dataclasses import replace

import msgspec
import pytest
from starlette.testclient import TestClient

from dashboards.app import create_app
from enforcement.evidence_store import open_evidence
from streams.encoding import encode
from streams.messages import EvidenceItem
from streams.topics import Topic
from tests.dashboards.conftest import SESSION_COOKIE, BackOffice, LooksOnly, Officer, text_of
from tests.dashboards.invented_passages import BLUE, INCOMPLETE, RED, SCENES, Invented, invent

PLATE = "HGA771"
(SCENE,) = (scene for scene in SCENES if scene.without)
WHOLE = replace(SCENE, without=())


def frame_of(scene: Invented) -> EvidenceItem:
    passage, items = invent(scene)
    digest = next(piece.digest for piece in passage.evidence if piece.kind == "frame")
    return next(item for item in items if item.digest == digest)


def bring(office: BackOffice, item: EvidenceItem) -> None:
    office.bus.publish(Topic.EVIDENCE, item.digest, encode(item))
    office.enforcer.drain(idle_s=0.05)


class TestTheQueue(LooksOnly):
    @pytest.mark.parametrize(
        ("query", "plates", "badges"),
        [
            ("", {"KFV482", PLATE}, 1),
            ("?evidence=incomplete", {PLATE}, 1),
            ("?evidence=complete", {"KFV482"}, 0),
            ("?evidence=incomplete&camera=demo-a1-north", set(), 0),
            ("?evidence=perhaps", {"KFV482", PLATE}, 1),
        ],
    )
    def test_it_marks_and_finds_incomplete_cases(
        self, office: BackOffice, query: str, plates: set[str], badges: int
    ) -> None:
        markup = office.officer().client.get(f"/{query}").text
        assert {plate for plate in ("KFV482", PLATE) if f">{plate}<" in markup} == plates
        assert markup.count('class="pill warn">incomplete<') == badges

    def test_the_filter_goes_along_from_page_to_page(self, office: BackOffice) -> None:
        markup = office.officer(page_size=2).client.get("/?evidence=complete").text
        assert 'href="/?evidence=complete&amp;page=2"' in markup
        assert '<option value="complete" selected>' in markup


@pytest.fixture
def incomplete(empty_office: BackOffice) -> BackOffice:
    """With one case, all of whose evidence has come but for the picture."""
    passage, items = invent(WHOLE)
    for item in items:
        if item != frame_of(WHOLE):
            bring(empty_office, item)
    empty_office.bus.publish(Topic.PASSAGES, passage.camera_id, encode(passage))
    empty_office.enforcer.drain(idle_s=0.05)
    return empty_office


def test_a_case_completes_itself_when_the_piece_comes(incomplete: BackOffice) -> None:
    officer, case_id = incomplete.officer(), incomplete.case_id(INCOMPLETE)
    assert officer.decide(case_id, "confirmed").status_code == 422
    bring(incomplete, frame_of(WHOLE))
    page = officer.open(f"/cases/{case_id}")
    assert "incomplete" not in page
    assert "no picture" not in officer.open("/")
    incomplete.work()
    assert officer.decide(case_id, "confirmed").status_code == 303
    assert incomplete.status(INCOMPLETE) == "confirmed"


def test_a_piece_that_came_damaged_is_called_so(incomplete: BackOffice) -> None:
    officer, case_id = incomplete.officer(), incomplete.case_id(INCOMPLETE)
    frame = frame_of(WHOLE)
    bring(incomplete, msgspec.structs.replace(frame, content=frame.content[:-1]))
    page = officer.open(f"/cases/{case_id}")
    assert f"The evidence picture ({frame.digest[:12]}…) arrived damaged and lies among the dead" in page
    assert "less than a minute ago" in page
    assert officer.decide(case_id, "confirmed").status_code == 422
    bring(incomplete, frame)
    assert "incomplete" not in officer.open(f"/cases/{case_id}")


def test_a_piece_that_is_gone_from_its_place_is_missed(empty_office: BackOffice) -> None:
    empty_office.receive(SCENES[0])
    officer, case_id = empty_office.officer(), empty_office.case_id(RED)
    frame = frame_of(SCENES[0])
    empty_office.evidence.discard(frame.digest)
    page = officer.open(f"/cases/{case_id}")
    assert f"The evidence picture ({frame.digest[:12]}…) was here and is gone" in page
    assert "The evidence picture is not here." in page
    assert officer.decide(case_id, "confirmed").status_code == 422


def test_a_piece_that_was_changed_is_not_shown(empty_office: BackOffice) -> None:
    empty_office.receive(SCENES[0])
    digest = frame_of(SCENES[0]).digest
    (file,) = empty_office.evidence.path.rglob(digest)
    file.write_bytes(b"another picture")
    response = empty_office.officer().client.get(f"/evidence/{digest}")
    assert response.status_code == 503
    assert "This piece was changed since it was stored" in text_of(response)
    assert str(file) not in response.text


class TestWhileTheBucketIsAway(LooksOnly):
    """The pages say so and go on; nothing can be confirmed that nobody can look at."""

    @pytest.fixture
    def officer(self, office: BackOffice, monkeypatch: pytest.MonkeyPatch) -> Officer:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        away = open_evidence(f"s3://evidence?endpoint=http://127.0.0.1:{port}&patience_s=0")
        officer = Officer(TestClient(create_app(office.book, away, office.bus, office.desk)))
        officer.client.cookies.set(SESSION_COOKIE, office.session())
        return officer

    def test_the_queue_is_there(self, officer: Officer) -> None:
        page = officer.open("/")
        assert "KFV482" in page
        assert page.count("no picture") == 1

    def test_a_case_says_that_its_pictures_cannot_be_looked_at(
        self, office: BackOffice, officer: Officer
    ) -> None:
        page = officer.open(f"/cases/{office.case_id(BLUE)}")
        assert "cannot be looked at now: where the evidence is kept cannot be reached" in page
        assert "The evidence picture is not here." in page
        refused = officer.decide(office.case_id(BLUE), "confirmed")
        assert refused.status_code == 422

    @pytest.mark.parametrize("address", ["/evidence/{digest}", "/cases/{case}/thumbnail.jpg"])
    def test_a_picture_is_refused_with_a_sentence(
        self, office: BackOffice, officer: Officer, address: str
    ) -> None:
        digest = office.passages[BLUE].evidence[0].digest
        response = officer.client.get(address.format(case=office.case_id(BLUE), digest=digest))
        assert response.status_code == 503
        assert "Where the evidence is kept cannot be reached; try again" in text_of(response)
        assert "s3://" not in response.text
