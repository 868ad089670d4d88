"""Confirmed cases whose keepers are written to, and the keeper's browser."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from httpx import Response
from starlette.testclient import TestClient

from dashboards.sign_in.rights import Role
from enforcement.casefile.own_keys import signer_of, software
from enforcement.desk.audit_book import AuditBook
from enforcement.desk.nominations import Nominations
from enforcement.inventory import AppliedPolicy, KnownCamera, record_cameras
from enforcement.policy import load_policy
from enforcement.reviewing.faults import CHECKS
from streams.encoding import encode
from streams.identity import identify
from streams.messages import Decision, EvidenceItem, EvidenceReference
from streams.sealing import SealingKeys, seal
from streams.statement_chain import StatementChain
from streams.statements import KIND, MEDIA_TYPE
from streams.topics import Topic
from tests.dashboards.conftest import OFFICER, ORIGIN, BackOffice, Officer, opened
from tests.dashboards.invented_passages import POLICY, Invented, invent
from tests.enforcement.papers.samples import NOTICE

#: One case a purpose, by its measured speed, since a case is answered once: one that is looked at, one that
#: stays open, and those of single tests.
SPEEDS = (105.3, 121.6, 97.4, 93.2, 99.5, 101.9, 95.1, 103.7, 98.2)
LOOKED_AT, OPEN, ANSWERED, UNTOLD, WITHDRAWN, TYPED, FOLDED, NAMED, WRITTEN_TO = SPEEDS
KNOWN = tuple(
    Invented("BMX135" if number % 2 else "KFV482", speed, 12.0 + 600 * number, seed=number + 1)
    for number, speed in enumerate(SPEEDS)
)
CAMERA = KNOWN[0].camera


@dataclass
class Letters:
    """A back office with cases, and what happens around their letters."""

    office: BackOffice

    def confirm(self, speed_kmh: float) -> str:
        """The case of this speed, confirmed by an officer."""
        case_id = self.office.case_id(speed_kmh)
        self._decide(case_id, "confirmed", checked=CHECKS)
        return case_id

    def withdraw(self, case_id: str) -> None:
        """Take the confirmation back."""
        self._decide(case_id, "withdrawn", withdraws=identify("test", case_id, "confirmed"))

    def _decide(self, case_id: str, outcome: str, **more: object) -> None:
        at_ns = self.office.passages[LOOKED_AT].ended_at_ns + 24 * 3600 * 10**9
        decision = Decision(
            identify("test", case_id, outcome),
            case_id,
            "A. Moreau",
            outcome,
            at_ns,
            **more,  # type: ignore[arg-type]
        )
        self.office.bus.publish(Topic.DECISIONS, case_id, encode(decision))
        self.apply()

    def apply(self) -> None:
        """Let the worker apply what lies on the bus."""
        self.office.enforcer.drain(idle_s=0.05)

    def send(
        self, case_id: str, language: str = "en", roles: Collection[Role] = OFFICER, to: str = "keeper"
    ) -> Response:
        """What the button for a notice answers."""
        officer = self.office.officer(roles=roles)
        return post(officer.client, f"/cases/{case_id}", f"/cases/{case_id}/notice", language=language, to=to)

    def letter(self, case_id: str, *, to_driver: bool = False) -> tuple[str, str]:
        """Number and code of a new letter, without its paper."""
        letters = Nominations(self.office.desk.audit)
        until_ns = time.time_ns() + 86_400 * 10**9
        return letters.issue(
            case_id, "en", "A. Moreau", "supervisor", expires_at_ns=until_ns, to_driver=to_driver
        )

    def keeper(self, address: str = "192.0.2.1") -> Keeper:
        """The browser of a keeper, at an address of its own."""
        client = TestClient(self.office.app(), client=(address, 50_000), headers={"accept-language": "en"})
        return Keeper(client)

    def kinds(self, case_id: str) -> list[str]:
        """The kinds of the events in the case's history."""
        return [event.kind for event in self.office.book.events(case_id)]

    def audited(self, case_id: str) -> list[tuple[str, str, str]]:
        """Who did what to which part of the case, by the audit; looking at its page is left out."""
        story = AuditBook(self.office.desk.file).story(case_id)
        return [(one.who, one.action, one.subject) for one in story if one.action != "looked"]


@dataclass
class Keeper:
    """A keeper's browser."""

    client: TestClient

    def enter(self, number: str, code: str, language: str = "en") -> Response:
        return post(self.client, "/nomination", "/nomination", number=number, code=code, language=language)

    def answer(self, language: str = "en", **fields: str) -> Response:
        page = f"/nomination/answer?language={language}"
        return post(self.client, page, "/nomination/answer", language=language, **fields)


def post(client: TestClient, page: str, to: str, /, **fields: str) -> Response:
    """Send a form that stands on a page."""
    token = re.search(r'name="csrf_token" value="([^"]*)"', client.get(page).text)
    sent = {"csrf_token": token[1] if token else "", **fields}
    return client.post(to, data=sent, headers=ORIGIN, follow_redirects=False)


def publish(office: BackOffice, scene: Invented, keys: SealingKeys, chain: StatementChain) -> None:
    """As the roadside does, signed; the sealed original is the frame, which shows the driver."""
    passage, items = invent(scene)
    frame = next(item for item, piece in zip(items, passage.evidence, strict=True) if piece.kind == "frame")
    sealed = seal(frame.content, keys.public)
    digest = hashlib.sha256(sealed).hexdigest()
    evidence = tuple(
        msgspec.structs.replace(piece, digest=digest, media_type="image/jpeg") if piece.sealed else piece
        for piece in passage.evidence
    )
    passage = msgspec.structs.replace(passage, evidence=evidence)
    original = EvidenceItem(digest, "image/jpeg", True, passage.passage_id, passage.camera_id, sealed)
    sent = [*(item for item in items if not item.sealed), original]
    content = msgspec.json.encode(chain.state(passage.camera_id, encode(passage), sent))
    digest = hashlib.sha256(content).hexdigest()
    stated = EvidenceReference(KIND, digest, MEDIA_TYPE, passage.ended_at_ns, 0, 0)
    passage = msgspec.structs.replace(passage, evidence=(*passage.evidence, stated))
    sent.append(EvidenceItem(digest, MEDIA_TYPE, False, passage.passage_id, passage.camera_id, content))
    for item in sent:
        office.bus.publish(Topic.EVIDENCE, item.digest, encode(item))
    office.bus.publish(Topic.PASSAGES, passage.camera_id, encode(passage))
    office.passages[scene.speed_kmh] = passage


@pytest.fixture(scope="package")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all of these tests: setting one up takes longer than any of them."""
    return tmp_path_factory.mktemp("letters")


@pytest.fixture(scope="package")
def letters(root: Path) -> Iterator[Letters]:
    """Cases that were seen by a camera whose policy says how keepers are written to."""
    with opened(root, "letters") as office:
        assert office.desk.keys is not None
        keys = SealingKeys.create(office.desk.keys)
        signer = signer_of(office.desk.keys, "unit.key", f"unit:{CAMERA}")
        chain = StatementChain(root / "statements.sqlite", signer, software())
        for scene in KNOWN:
            publish(office, scene, keys, chain)
        chain.close()
        office.enforcer.drain(idle_s=0.05)
        text = f"{POLICY}\n{NOTICE}".replace("valid_from", 'timezone = "Europe/Berlin"\nvalid_from')
        (root / "notice.toml").write_text(text)
        applied = AppliedPolicy(load_policy(root / "notice.toml"), text)
        cameras = {scene.camera for scene in KNOWN}
        record_cameras(office.store, [KnownCamera(c, "demo-a1", applied, "Harbour Street") for c in cameras])
        yield Letters(office)


@pytest.fixture(scope="package")
def confirmed(letters: Letters) -> str:
    """A confirmed case."""
    return letters.confirm(LOOKED_AT)


def signed_in(letters: Letters, *roles: Role) -> Officer:
    """Somebody with these roles and no others."""
    return letters.office.officer("B. Lund", roles)
