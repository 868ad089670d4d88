"""A desk with its pages, without cases; each test makes accounts of its own."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyotp
import pytest
from httpx import Response
from starlette.testclient import TestClient

from dashboards.sign_in.accounts import Account
from dashboards.sign_in.desk import Desk
from dashboards.sign_in.rights import Role
from dashboards.sign_in.settings import SignInSettings
from tests.dashboards.conftest import AT_EASE, ORIGIN, BackOffice, opened, text_of

PASSWORD = "quiet lamp river oak"
_numbers = itertools.count(1)


@dataclass
class Clock:
    """The desk's time, in nanoseconds since 1970, which a test sets forward."""

    now_ns: int = 1_800_000_000 * 10**9

    def __call__(self) -> int:
        return self.now_ns

    def forward(self, seconds: float) -> None:
        self.now_ns += round(seconds * 10**9)


@dataclass
class Entrance:
    """The pages of a desk, and what somebody without scripts does there."""

    office: BackOffice
    clock: Clock
    settings: SignInSettings = AT_EASE
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        own = self.office.desk
        self.desk = Desk(own.file, own.audit, self.settings, keys=own.keys, clock=self.clock)
        self._own = replace(self.office, desk=self.desk, _apps={})

    def account(
        self, roles: Collection[Role] = (Role.REVIEWER,), *, must_change: bool = False, name: str = ""
    ) -> Account:
        """A new account whose password is PASSWORD."""
        name = name or f"officer {next(_numbers)}"
        kept = self.desk.passwords.keep(PASSWORD)
        return self.desk.accounts.add(name, roles, password=kept, must_change=must_change)

    def second_factor(self, account: Account) -> str:
        """Set a second factor up; its secret."""
        secret = pyotp.random_base32()
        assert self.desk.second_factor.set_up(account.name, secret, self.code(secret))
        self.clock.forward(60)  # that code is used up
        return secret

    def code(self, secret: str) -> str:
        return pyotp.TOTP(secret).at(self.clock.now_ns // 10**9)

    def browser(self, base_url: str = "http://testserver", **settings: object) -> Browser:
        """The browser of somebody who is not signed in."""
        return Browser(TestClient(self._own.app(**settings), base_url=base_url, follow_redirects=False))


@dataclass
class Browser:
    """Opens pages and sends their forms."""

    client: TestClient
    name: str = ""

    def open(self, address: str) -> Response:
        return self.client.get(address)

    def send(self, address: str, page: str = "", **fields: object) -> Response:
        """Send a form as it stands on ``page``, or on the page of the same address."""
        markup = self.client.get(page or address).text
        token = re.search(r'name="csrf_token" value="([^"]*)"', markup)
        assert token, f"no form on {page or address}"
        origin = {"origin": str(self.client.base_url).rstrip("/")}
        return self.client.post(address, data={"csrf_token": token[1], **fields}, headers=origin)

    def sign_in(self, name: str, password: str = PASSWORD, **fields: object) -> Response:
        self.name = name
        return self.send("/sign-in", name=name, password=password, **fields)

    def reads(self, address: str) -> str:
        return text_of(self.client.get(address))

    @property
    def is_in(self) -> bool:
        return self.client.get("/account").status_code == 200


@pytest.fixture(scope="module")
def bare_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackOffice]:
    with opened(tmp_path_factory.mktemp("desks"), "desks") as office:
        yield office


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def entrance(bare_office: BackOffice, clock: Clock) -> Entrance:
    """The pages with no second factor needed, and passwords that cost next to nothing."""
    return Entrance(bare_office, clock)


@pytest.fixture
def strict(bare_office: BackOffice, clock: Clock) -> Entrance:
    """The pages as they are unless somebody says otherwise."""
    return Entrance(bare_office, clock, SignInSettings(memory_kib=64, passes=1))


__all__ = ["ORIGIN", "PASSWORD", "Browser", "Clock", "Entrance", "Path"]


@pytest.fixture
def account(entrance: Entrance) -> Account:
    return entrance.account()


@pytest.fixture
def browser(entrance: Entrance) -> Browser:
    return entrance.browser()
