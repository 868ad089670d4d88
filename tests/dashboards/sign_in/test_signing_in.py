"""Getting in, and not getting in, at the pages themselves."""

from __future__ import annotations

import re

import pytest

from dashboards.sign_in.accounts import Account
from dashboards.sign_in.limits import Limits
from dashboards.sign_in.passwords import Passwords
from dashboards.sign_in.rights import Role
from dashboards.sign_in.settings import SignInSettings
from dashboards.sign_in.tries import FREE, wait_s
from tests.dashboards.conftest import SESSION_COOKIE, text_of
from tests.dashboards.sign_in.conftest import PASSWORD, Browser, Entrance

NOT_THESE = "This name and password do not fit together."


class TestPassword:
    def test_name_and_password_begin_a_session(self, browser: Browser, account: Account) -> None:
        assert not browser.is_in
        response = browser.sign_in(f"  {account.name.upper()} ")
        assert (response.status_code, response.headers["location"]) == (303, "/")
        assert browser.is_in
        assert account.name in browser.reads("/account")

    def test_whoever_wanted_a_page_comes_to_it(self, browser: Browser, account: Account) -> None:
        there = browser.open("/numbers?days=30").headers["location"]
        assert there == "/sign-in?to=%2Fnumbers%3Fdays%3D30"
        to = re.search(r'name="to" value="([^"]*)"', browser.open(there).text)
        assert to
        assert browser.sign_in(account.name, to=to[1]).headers["location"] == "/numbers?days=30"

    @pytest.mark.parametrize(
        "to", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/a\nb", "evil"]
    )
    def test_nobody_is_led_elsewhere(self, browser: Browser, account: Account, to: str) -> None:
        assert browser.sign_in(account.name, to=to).headers["location"] == "/"

    def test_each_role_begins_where_it_may_work(self, entrance: Entrance) -> None:
        begins = {}
        for role in Role:
            browser = entrance.browser()
            begins[role] = browser.sign_in(entrance.account([role]).name).headers["location"]
            assert browser.open(begins[role]).status_code == 200
        assert (begins[Role.REVIEWER], begins[Role.ADMINISTRATOR]) == ("/", "/accounts")

    def test_why_it_failed_is_never_said(
        self, entrance: Entrance, account: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Wrong, no such name, locked, no password: one sentence; each compares once, so takes as long."""
        compared = []
        fits = Passwords.fits
        monkeypatch.setattr(
            Passwords, "fits", lambda self, kept, typed: (compared.append(1), fits(self, kept, typed))[1]
        )
        locked, bare = entrance.account(), entrance.desk.accounts.add(f"{account.name} bare", [])
        entrance.desk.accounts.set_locked(locked.name, True)
        tries = [
            (account.name, "wrong"),
            ("nobody", PASSWORD),
            (locked.name, PASSWORD),
            (bare.name, ""),
            ("", ""),
        ]
        answers = set()
        for name, password in tries:
            response = entrance.browser().sign_in(name, password)
            answers.add((response.status_code, text_of(response), tuple(sorted(response.headers))))
        assert len(answers) == 1
        assert NOT_THESE in answers.pop()[1]
        assert len(compared) == len(tries)

    def test_without_passwords_none_is_taken(self, entrance: Entrance) -> None:
        entrance.desk.settings = SignInSettings(
            passwords=False, second_factor=frozenset(), memory_kib=64, passes=1
        )
        browser = entrance.browser()
        assert 'name="password"' not in browser.open("/sign-in").text
        token = re.search(r'name="csrf_token" value="([^"]*)"', browser.open("/sign-in").text)
        assert token is None

    def test_a_form_from_elsewhere_signs_nobody_in(self, entrance: Entrance, account: Account) -> None:
        browser = entrance.browser()
        fields = {"name": account.name, "password": PASSWORD}
        assert browser.client.post("/sign-in", data=fields).status_code == 403
        browser.open("/sign-in")
        wrong = {**fields, "csrf_token": "x" * 43}
        answer = browser.client.post("/sign-in", data=wrong, headers={"origin": "http://testserver"})
        assert answer.status_code == 403
        assert not browser.is_in


class TestLockOut:
    def test_after_a_few_failures_even_the_right_password_has_to_wait(
        self, entrance: Entrance, browser: Browser, account: Account
    ) -> None:
        for _ in range(FREE):
            assert browser.sign_in(account.name, "wrong").status_code == 401
        assert browser.sign_in(account.name).status_code == 401
        entrance.clock.forward(wait_s(FREE) + 1)
        assert browser.sign_in(account.name).status_code == 303

    def test_what_is_tried_while_waiting_makes_it_no_longer(
        self, entrance: Entrance, browser: Browser, account: Account
    ) -> None:
        for _ in range(FREE + 5):
            browser.sign_in(account.name, "wrong")
        entrance.clock.forward(wait_s(FREE) + 1)
        assert browser.sign_in(account.name).status_code == 303

    def test_the_delay_grows_and_ends(self) -> None:
        waits = [wait_s(failures) for failures in range(60)]
        assert waits == sorted(waits)
        assert waits[FREE + 1] == 2 * waits[FREE]
        assert max(waits) == 15 * 60

    def test_names_that_there_are_not_wait_as_well(self, entrance: Entrance, browser: Browser) -> None:
        for _ in range(FREE):
            browser.sign_in("no such name", "wrong")
        assert not entrance.desk.tries.may_try(" NO such NAME")

    def test_a_success_forgets_failures(self, entrance: Entrance, browser: Browser, account: Account) -> None:
        for _ in range(FREE - 1):
            browser.sign_in(account.name, "wrong")
        assert browser.sign_in(account.name).status_code == 303
        assert all(entrance.desk.tries.may_try(account.name) for _ in range(FREE))

    def test_one_address_may_not_try_many_names(self, browser: Browser) -> None:
        statuses = [browser.sign_in(f"name {number}", "wrong").status_code for number in range(25)]
        assert statuses[:15] == [401] * 15
        assert statuses[-1] == 429


class TestSession:
    def test_signing_in_makes_another_token(self, browser: Browser, account: Account) -> None:
        """A token that somebody planted before is worth nothing afterwards."""
        browser.client.cookies.set(SESSION_COOKIE, "planted" * 6, domain="testserver.local", path="/")
        browser.sign_in(account.name)
        first = browser.client.cookies[SESSION_COOKIE]
        browser.client.cookies.clear()
        browser.client.cookies.set(SESSION_COOKIE, first)
        assert browser.is_in
        assert first != "planted" * 6

    def test_signing_out_ends_it_here(self, entrance: Entrance, browser: Browser, account: Account) -> None:
        browser.sign_in(account.name)
        token = browser.client.cookies[SESSION_COOKIE]
        done = browser.send("/sign-out", page="/account")
        assert done.headers["clear-site-data"] == '"cache"', "the pictures that it kept go with it"
        browser.client.cookies.set(SESSION_COOKIE, token)
        assert not browser.is_in

    def test_signing_out_everywhere_ends_all(self, entrance: Entrance, account: Account) -> None:
        first, second = entrance.browser(), entrance.browser()
        for browser in (first, second):
            browser.sign_in(account.name)
        assert first.reads("/account").count("since") == 2
        first.send("/account/sessions/end-all", page="/account")
        assert (first.is_in, second.is_in) == (False, False)

    def test_another_browser_can_be_signed_out(self, entrance: Entrance, account: Account) -> None:
        first, second = entrance.browser(), entrance.browser()
        for browser in (first, second):
            browser.sign_in(account.name)
        handle = re.search(r'name="handle" value="([^"]*)"', first.open("/account").text)
        assert handle
        first.send("/account/sessions/end", page="/account", handle=handle[1])
        assert (first.is_in, second.is_in) == (True, False)

    def test_it_ends_when_nobody_works(self, entrance: Entrance, browser: Browser, account: Account) -> None:
        browser.sign_in(account.name)
        entrance.clock.forward(31 * 60)
        assert browser.open("/account").headers["location"] == "/sign-in?to=%2Faccount"

    @pytest.mark.parametrize(
        ("address", "name", "marks"),
        [
            ("http://127.0.0.1", "roadwitness_session", {"HttpOnly", "SameSite=lax", "Path=/"}),
            (
                "https://desk.example",
                "__Host-roadwitness_session",
                {"HttpOnly", "SameSite=lax", "Path=/", "Secure"},
            ),
        ],
    )
    def test_its_cookie_is_out_of_reach(
        self, entrance: Entrance, account: Account, address: str, name: str, marks: set[str]
    ) -> None:
        answer = entrance.browser(address).sign_in(account.name)
        cookies = answer.headers.get_list("set-cookie")
        (cookie,) = (cookie for cookie in cookies if cookie.startswith(f"{name}="))
        assert set(cookie.split("; ")[1:]) == marks

    def test_one_session_may_not_ask_without_end(
        self, entrance: Entrance, browser: Browser, account: Account
    ) -> None:
        browser.sign_in(account.name)
        (session,) = entrance.desk.sessions.of(account.name)
        entrance.desk.limits = Limits(lambda: 0.0)
        for _ in range(599):
            entrance.desk.limits.take("session", session.handle, 2400.0, 600.0)
        answers = [browser.open("/account") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert answers[1].headers["retry-after"] == "1"


class TestOneTimePassword:
    def test_nothing_is_shown_before_another_is_chosen(self, entrance: Entrance) -> None:
        account = entrance.account(must_change=True)
        browser = entrance.browser()
        browser.sign_in(account.name)
        for address in ("/", "/account", "/numbers"):
            assert browser.open(address).headers["location"].startswith("/account/password")
        new = "another quiet river lamp"
        done = browser.send("/account/password", old=PASSWORD, new=new, again=new)
        assert done.headers["location"] == "/account"
        assert browser.is_in
        assert entrance.browser().sign_in(account.name).status_code == 401
        assert entrance.browser().sign_in(account.name, new).status_code == 303

    @pytest.mark.parametrize(
        ("old", "new", "again", "sentence"),
        [
            (
                "wrong",
                "another quiet river lamp",
                "another quiet river lamp",
                "The old password is not right.",
            ),
            (PASSWORD, "short", "short", "12 characters or more"),
            (PASSWORD, "another quiet river lamp", "another quiet river lamb", "not the same both times"),
            (PASSWORD, PASSWORD, PASSWORD, "another password than the old one"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, browser: Browser, account: Account, old: str, new: str, again: str, sentence: str
    ) -> None:
        browser.sign_in(account.name)
        answer = browser.send("/account/password", old=old, new=new, again=again)
        assert answer.status_code == 422
        assert sentence in text_of(answer)

    def test_another_password_signs_out_every_other_browser(
        self, entrance: Entrance, account: Account
    ) -> None:
        here, there = entrance.browser(), entrance.browser()
        for browser in (here, there):
            browser.sign_in(account.name)
        before = here.client.cookies[SESSION_COOKIE]
        new = "another quiet river lamp"
        here.send("/account/password", old=PASSWORD, new=new, again=new)
        assert (here.is_in, there.is_in) == (True, False)
        assert here.client.cookies[SESSION_COOKIE] != before
