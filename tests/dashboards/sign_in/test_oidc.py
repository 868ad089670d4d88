"""Signing in at an organisation's own provider, which runs here and can be made to lie."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey

from dashboards.sign_in.errors import SettingsError
from dashboards.sign_in.rights import Role
from dashboards.sign_in.settings import SignInSettings, load_sign_in
from tests.dashboards.conftest import BackOffice, text_of
from tests.dashboards.sign_in.conftest import Browser, Clock, Entrance
from tests.dashboards.sign_in.provider import CLIENT, SECRET, House

ADA = {"sub": "0001", "preferred_username": "ada.m", "name": "Ada M", "groups": ["traffic-review", "staff"]}

PROVIDER = "[oidc]\nclient_id = 'x'\nsecret_file = 'x'"


@pytest.fixture
def house() -> Iterator[House]:
    house = House(dict(ADA))
    house.start()
    yield house
    house.stop()


@pytest.fixture
def settings(house: House, tmp_path: Path) -> SignInSettings:
    (tmp_path / "secret").write_text(SECRET + "\n")
    (tmp_path / "sign-in.toml").write_text(f"""
passwords = false
second_factor = ["administrator"]
[oidc]
issuer = "{house.url}"
client_id = "{CLIENT}"
secret_file = "secret"
called = "the city's account"
[oidc.roles]
traffic-review = "reviewer"
traffic-lead = "supervisor"
audit = "auditor"
""")
    return load_sign_in(tmp_path / "sign-in.toml")


@pytest.fixture
def entrance(bare_office: BackOffice, clock: Clock, settings: SignInSettings) -> Entrance:
    with bare_office.desk.file.transaction() as database:
        database.execute("DELETE FROM sessions")
        database.execute("DELETE FROM account_roles")
        database.execute("DELETE FROM accounts")
    return Entrance(bare_office, clock, settings)


@pytest.fixture
def browser(entrance: Entrance) -> Browser:
    return entrance.browser()


def there(browser: Browser, to: str = "") -> str:
    """Go to the provider and come back as far as our door: the address that it sends the browser to."""
    leaving = browser.open(f"/sign-in/elsewhere{f'?to={to}' if to else ''}").headers["location"]
    back = httpx.get(leaving).headers["location"]
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def test_who_is_known_there_is_signed_in_here(browser: Browser, entrance: Entrance) -> None:
    page = browser.open("/sign-in").text
    assert "Sign in with the city&#39;s account" in page
    assert 'type="password"' not in page
    done = browser.open(there(browser, "/numbers"))
    assert (done.status_code, done.headers["location"]) == (303, "/numbers")
    assert browser.is_in
    account = entrance.desk.accounts.get("ada.m")
    assert (account.shown_as, account.roles) == ("Ada M", {Role.REVIEWER})
    assert "Known by" in browser.reads("/account")


def test_it_is_asked_with_pkce_state_and_nonce(browser: Browser, house: House) -> None:
    there(browser)
    first = house.asked
    there(browser)
    assert first["response_type"] == "code"
    assert first["code_challenge_method"] == "S256"
    assert first["redirect_uri"] == "http://testserver/sign-in/elsewhere/done"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != house.asked[name]


def test_its_groups_of_today_are_the_roles(browser: Browser, house: House, entrance: Entrance) -> None:
    browser.open(there(browser))
    house.person["groups"] = ["traffic-lead"]
    later = entrance.browser()
    later.open(there(later))
    assert entrance.desk.accounts.get("ada.m").roles == {Role.SUPERVISOR}
    assert not browser.is_in, "a session with other rights has ended"
    house.person["groups"] = ["staff"]
    assert "You have no role at this desk" in text_of(later.open(there(later)))


@pytest.mark.parametrize("known_before", [False, True])
def test_groups_that_would_let_somebody_audit_themselves_let_nobody_in(
    browser: Browser, house: House, entrance: Entrance, known_before: bool
) -> None:
    if known_before:
        browser.open(there(browser))
    house.person["groups"] = ["traffic-review", "audit"]
    later = entrance.browser()
    answer = later.open(there(later))
    assert answer.status_code == 403
    assert "an auditor is neither reviewer nor supervisor" in text_of(answer)
    assert not later.is_in


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"exp": int(time.time()) - 3600},
        {"iat": int(time.time()) + 7200},
        {"nonce": "of another sign-in"},
        {"nonce": ""},
        {"exp": None},
        {"sub": ""},
    ],
    ids=["iss", "aud", "azp", "exp", "iat", "nonce", "no nonce", "no exp", "no sub"],
)
def test_a_token_that_is_not_ours_of_now_is_refused(
    browser: Browser, house: House, lies: dict[str, object]
) -> None:
    house.lies = lies
    answer = browser.open(there(browser))
    assert answer.status_code == 503
    assert "its token is not signed, not for us, not for this sign-in, or too old" in text_of(answer)
    assert not browser.is_in


def test_a_token_that_another_key_signed_is_refused(browser: Browser, house: House) -> None:
    house.signs_with = ECKey.generate_key("P-256", {"kid": "1"})
    assert browser.open(there(browser)).status_code == 503
    assert not browser.is_in


def test_a_sign_in_that_another_browser_began_is_refused(entrance: Entrance, house: House) -> None:
    begun, other = entrance.browser(), entrance.browser()
    address = there(begun)
    assert other.open(address).status_code == 403
    there(other)
    assert other.open(address).status_code == 403, "with a sign-in of its own under way"
    assert house.redeemed == 0
    assert not other.is_in


def test_a_code_works_once(browser: Browser, entrance: Entrance) -> None:
    address = there(browser)
    cookies = dict(browser.client.cookies)
    assert browser.open(address).status_code == 303
    again = entrance.browser()
    again.client.cookies.update(cookies)
    assert again.open(address).status_code == 503
    assert not again.is_in


def test_a_provider_under_another_name_is_refused(browser: Browser, house: House) -> None:
    house.calls_itself = "https://evil.example"
    assert browser.open("/sign-in/elsewhere").status_code == 503


def test_a_provider_that_is_away_is_said_in_a_sentence(browser: Browser, house: House) -> None:
    house.stop()
    answer = browser.open("/sign-in/elsewhere")
    assert answer.status_code == 503
    assert "Your organisation's sign-in cannot be relied on just now" in text_of(answer)


def test_it_does_not_take_over_an_account_of_that_name(browser: Browser, entrance: Entrance) -> None:
    entrance.account(name="ada.m")
    assert "Another account has your name" in text_of(browser.open(there(browser)))
    assert not browser.is_in


@pytest.mark.parametrize("groups", [7, [["traffic-review"]], [{"traffic-review": 1}]])
def test_groups_that_make_no_sense_are_said_in_a_sentence(
    browser: Browser, house: House, groups: object
) -> None:
    house.person["groups"] = groups
    answer = browser.open(there(browser))
    assert answer.status_code == 503
    assert "nothing that can be used of who that is" in text_of(answer)


def test_a_locked_account_stays_out(browser: Browser, entrance: Entrance) -> None:
    browser.open(there(browser))
    entrance.desk.accounts.set_locked("ada.m", True)
    assert browser.open(there(browser)).status_code == 403


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("idle_minutes = 0", "are more than nothing"),
        ("passwords = false", "nobody gets in"),
        ("second_factor = ['king']", "correct that field"),
        ("tempo = 1", "correct that field"),
        ("address = 'http://desk.example'", "by https"),
        ("hosts = ['https://answers.example']", "which is no host name"),
        (
            f"{PROVIDER}\nissuer = 'http://id.example'\nroles = {{a = 'reviewer'}}",
            "https",
        ),
        (
            f"{PROVIDER}\nissuer = 'https://id.example'\nroles = {{}}",
            "nobody would be",
        ),
        ("= 1", "is no TOML"),
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "sign-in.toml").write_text(text)
    with pytest.raises(SettingsError, match=sentence):
        load_sign_in(tmp_path / "sign-in.toml")
