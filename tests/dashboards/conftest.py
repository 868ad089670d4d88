"""A whole back office of real parts: a bus, a store, an evidence folder, a worker and the pages."""

from __future__ import annotations

import html
import re
import threading
import time
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

from dashboards.app import create_app
from dashboards.sign_in.desk import Desk
from dashboards.sign_in.rights import Role
from dashboards.sign_in.settings import SignInSettings
from enforcement.casebook import CaseBook
from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.desk_file import DeskFile
from enforcement.evidence import EvidenceFolder
from enforcement.policy import load_policy
from enforcement.register import import_register
from enforcement.reviewing.faults import CHECKS
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.encoding import decode
from streams.local import LocalBus
from streams.messages import Decision, Passage
from streams.topics import Topic
from tests.dashboards.invented_cases import keep_cases
from tests.dashboards.invented_offences import OFFENCES
from tests.dashboards.invented_passages import POLICY, REGISTER, SCENES, Invented, publish

ORIGIN = {"origin": "http://testserver"}
#: What an officer is unless a test says otherwise.
OFFICER = frozenset({Role.REVIEWER, Role.SUPERVISOR})
#: No second factor, and passwords that cost next to nothing.
AT_EASE = SignInSettings(second_factor=frozenset(), memory_kib=64, passes=1)
SESSION_COOKIE = "roadwitness_session"


@dataclass
class BackOffice:
    """The parts, and what a test does with them."""

    store: Store
    bus: LocalBus
    evidence: EvidenceFolder
    enforcer: Enforcer
    desk: Desk
    passages: dict[float, Passage] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _worker: threading.Thread | None = None
    _apps: dict[str, FastAPI] = field(default_factory=dict)

    @property
    def book(self) -> CaseBook:
        return CaseBook(self.store)

    def receive(self, *scenes: Invented) -> None:
        """Let passages arrive and be judged."""
        for scene in scenes:
            self.passages[scene.speed_kmh] = publish(self.bus, scene)
        self.enforcer.drain(idle_s=0.05)

    def work(self) -> None:
        """Apply decisions in the background from now on, as ``roadwitness enforce`` does."""
        self._worker = threading.Thread(target=self.enforcer.run, args=(self._stop,), daemon=True)
        self._worker.start()

    def rest(self) -> None:
        """Stop applying decisions."""
        self._stop.set()
        if self._worker:
            self._worker.join(10)
        self._worker, self._stop = None, threading.Event()

    def app(self, **settings: object) -> FastAPI:
        """The pages; made once for the same settings, since that takes a while."""
        wanted = repr(sorted(settings.items()))
        if wanted not in self._apps:
            self._apps[wanted] = create_app(self.book, self.evidence, self.bus, self.desk, **settings)  # type: ignore[arg-type]
        return self._apps[wanted]

    def session(self, name: str = "A. Moreau", roles: Collection[Role] = OFFICER) -> str:
        """The token of a session of somebody who has these roles; makes the account where it is not there."""
        if self.desk.accounts.find(name) is None:
            self.desk.accounts.add(name, roles)
        self.desk.accounts.set_roles(name, roles)
        return self.desk.sessions.begin(name, "a test", is_proven=True)

    def officer(
        self, name: str = "A. Moreau", roles: Collection[Role] = OFFICER, **settings: object
    ) -> Officer:
        """A signed-in officer's browser, without scripts."""
        client = TestClient(self.app(**settings))
        client.cookies.set(SESSION_COOKIE, self.session(name, roles))
        return Officer(client)

    def stranger(self, **settings: object) -> Officer:
        """The browser of somebody who is not signed in."""
        return Officer(TestClient(self.app(**settings)))

    def case_id(self, speed_kmh: float) -> str:
        """The case of the passage with this measured speed."""
        return next(case.case_id for case in self.book.queue(None) if case.speed_kmh == speed_kmh)

    def case_of(self, offence: str) -> str:
        """The case of this offence, where there is one of each."""
        return next(case.case_id for case in self.book.queue(None) if case.offence == offence)

    def status(self, speed_kmh: float) -> str:
        case = self.book.case(self.case_id(speed_kmh))
        assert case is not None
        return case.summary.status


@dataclass
class Officer:
    """Opens pages and sends the forms that stand on them."""

    client: TestClient

    def open(self, address: str) -> str:
        response = self.client.get(address)
        assert response.status_code == 200, response.text
        return text_of(response)

    def told(self) -> str:
        """What became of the answers that were sent; asked until nothing is being recorded, at most 10 s."""
        until_s = time.monotonic() + 10
        while "is being recorded" in (page := self.open("/answers")) and time.monotonic() < until_s:
            time.sleep(0.05)
        return page

    def form(self, case_id: str) -> dict[str, str]:
        """The hidden fields of the decision form of a case."""
        page = self.client.get(f"/cases/{case_id}").text
        return {
            name: re.search(rf'name="{name}" value="([^"]*)"', page)[1]  # type: ignore[index]
            for name in ("csrf_token", "form_id", "review")
        }

    def send(
        self, case_id: str, fields: Mapping[str, str | list[str]], headers: dict[str, str] = ORIGIN
    ) -> Response:
        return self.client.post(
            f"/cases/{case_id}/decision", data=fields, headers=headers, follow_redirects=False
        )

    def decide(self, case_id: str, outcome: str, **fields: str) -> Response:
        """Fill in the form as an officer does who has looked at everything, and send it."""
        checked = list(CHECKS) if outcome == "confirmed" else []
        return self.send(case_id, {**self.form(case_id), "outcome": outcome, "checked": checked, **fields})


def text_of(response: Response) -> str:
    """The page as it reads: tags gone, white space as one blank."""
    return as_read(response.text)


def as_read(markup: str) -> str:
    """Markup as it reads."""
    visible = re.sub(r"<(script|style|title|desc)\b.*?</\1>", " ", markup, flags=re.S)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", visible).split()))


def decisions_on(office: BackOffice) -> list[Decision]:
    """Every decision that lies on the bus."""
    subscription = office.bus.subscribe([Topic.DECISIONS], f"test-{time.monotonic_ns()}")
    records = subscription.poll(0.05)
    subscription.close()
    return [decode(record.value, Decision) for record in records]


class LooksOnly:
    """Base of tests that decide nothing: they share one back office, since setting one up takes a second."""

    @pytest.fixture
    def office(self, shown: BackOffice) -> BackOffice:
        return shown


@contextmanager
def opened(root: Path, database: str, more_law: str = "") -> Iterator[BackOffice]:
    """A back office under ``root``; a process can have only one store folder open, so they share it.

    ``more_law`` are tables for the policy.
    """
    here = root / database
    here.mkdir()
    store = Store.embedded(root / "store", database)
    store.migrate()
    (here / "policy.toml").write_text(POLICY + more_law)
    (here / "register.csv").write_text(REGISTER)
    import_register(store, here / "register.csv")
    policy = load_policy(here / "policy.toml")
    bus = LocalBus(here / "bus")
    evidence = EvidenceFolder(here / "evidence")
    policies = {scene.camera: policy for scene in SCENES}
    file = DeskFile(here / "desk.sqlite")
    desk = Desk(file, AuditChain(file), AT_EASE, keys=here / "keys")
    office = BackOffice(store, bus, evidence, Enforcer(bus, store, evidence, policies), desk)
    yield office
    office.rest()
    file.close()
    bus.close()
    store.close()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("offices")


@pytest.fixture(scope="module")
def shown(root: Path) -> Iterator[BackOffice]:
    """A back office with the invented cases, for tests that only look."""
    with opened(root, "shown") as office:
        office.receive(*SCENES)
        yield office


@pytest.fixture(scope="module")
def every_offence(root: Path) -> Iterator[BackOffice]:
    """A back office with one case of every offence, for tests that only look."""
    with opened(root, "offences") as office:
        keep_cases(office.store, office.evidence, OFFENCES)
        yield office


@pytest.fixture
def empty_office(root: Path) -> Iterator[BackOffice]:
    """A back office in which nothing has happened yet."""
    with opened(root, f"office_{uuid.uuid4().hex}") as office:
        yield office


@pytest.fixture
def office(empty_office: BackOffice) -> BackOffice:
    """A back office with the invented cases, whose worker applies decisions."""
    empty_office.receive(*SCENES)
    empty_office.work()
    return empty_office


@pytest.fixture
def officer(office: BackOffice) -> Officer:
    return office.officer()
