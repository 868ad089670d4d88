"""What is asked after the password, and the link that needs none, at the pages themselves."""

from __future__ import annotations

import re

from dashboards.sign_in.accounts import Account
from dashboards.sign_in.rights import Role
from dashboards.sign_in.tries import FREE
from enforcement.desk.audit_book import AuditBook, AuditFilter
from tests.dashboards.conftest import SESSION_COOKIE, text_of
from tests.dashboards.sign_in.conftest import Entrance

NOT_THESE = "This name and password do not fit together."


class TestSecondFactor:
    def test_roles_that_need_one_set_it_up_first(self, strict: Entrance) -> None:
        account, browser = strict.account(), strict.browser()
        browser.sign_in(account.name)
        assert browser.open("/").headers["location"].startswith("/account/second-factor")
        page = browser.open("/account/second-factor").text
        secret = re.search(r'id="secret">([^<]*)<', page)
        sealed = re.search(r'name="sealed" value="([^"]*)"', page)
        assert secret
        assert sealed
        before = browser.client.cookies[SESSION_COOKIE]
        code = strict.code(secret[1].replace(" ", ""))
        wrong = browser.send("/account/second-factor", sealed=sealed[1], code="000000")
        assert "not the code that belongs to the secret" in text_of(wrong)
        done = browser.send("/account/second-factor", sealed=sealed[1], code=code)
        assert done.status_code == 200
        assert done.text.count("<li><code>") == 10
        assert browser.is_in
        assert browser.client.cookies[SESSION_COOKIE] != before

    def test_roles_that_need_none_are_not_asked(self, strict: Entrance) -> None:
        browser = strict.browser()
        browser.sign_in(strict.account([Role.ANALYST]).name)
        assert browser.is_in

    def test_a_password_alone_does_nothing_where_there_is_one(self, strict: Entrance) -> None:
        account, browser = strict.account(), strict.browser()
        secret = strict.second_factor(account)
        browser.sign_in(account.name, to="/numbers")
        for address in ("/", "/account", "/account/password", "/account/second-factor", "/cases/x"):
            assert browser.open(address).headers["location"].startswith("/sign-in/code")
        assert browser.send("/sign-in/code", code="000000").status_code == 401
        before = browser.client.cookies[SESSION_COOKIE]
        done = browser.send("/sign-in/code", page="/sign-in/code", code=strict.code(secret), to="/numbers")
        assert done.headers["location"] == "/numbers"
        assert browser.is_in
        assert browser.client.cookies[SESSION_COOKIE] != before

    def test_codes_are_not_guessed(self, strict: Entrance) -> None:
        account, browser = strict.account(), strict.browser()
        secret = strict.second_factor(account)
        browser.sign_in(account.name)
        for _ in range(FREE):
            browser.send("/sign-in/code", code="000000")
        assert browser.send("/sign-in/code", code=strict.code(secret)).status_code == 401
        assert not strict.desk.tries.may_try(account.name), "the right password does not begin the count anew"

    def test_a_secret_of_another_session_is_not_taken(self, strict: Entrance) -> None:
        first, second = strict.browser(), strict.browser()
        for browser in (first, second):
            browser.sign_in(strict.account().name)
        page = first.open("/account/second-factor").text
        secret = re.search(r'id="secret">([^<]*)<', page)
        sealed = re.search(r'name="sealed" value="([^"]*)"', page)
        assert secret
        assert sealed
        code = strict.code(secret[1].replace(" ", ""))
        answer = second.send("/account/second-factor", sealed=sealed[1], code=code)
        assert answer.status_code == 403

    def test_it_is_replaced_only_with_a_code_of_the_old_one(self, strict: Entrance) -> None:
        account, browser = strict.account(), strict.browser()
        old = strict.second_factor(account)
        browser.sign_in(account.name)
        browser.send("/sign-in/code", code=strict.code(old))
        strict.clock.forward(60)
        page = browser.open("/account/second-factor").text
        secret = re.search(r'id="secret">([^<]*)<', page)
        sealed = re.search(r'name="sealed" value="([^"]*)"', page)
        assert secret
        assert sealed
        fields = {"sealed": sealed[1], "code": strict.code(secret[1].replace(" ", ""))}
        assert browser.send("/account/second-factor", **fields, now="000000").status_code == 422
        assert browser.send("/account/second-factor", **fields, now=strict.code(old)).status_code == 200

    def test_its_codes_are_not_guessed_with_a_stolen_session_either(self, strict: Entrance) -> None:
        account, browser = strict.account(), strict.browser()
        old = strict.second_factor(account)
        browser.sign_in(account.name)
        browser.send("/sign-in/code", code=strict.code(old))
        strict.clock.forward(60)
        page = browser.open("/account/second-factor").text
        sealed = re.search(r'name="sealed" value="([^"]*)"', page)
        assert sealed
        for _ in range(FREE):
            browser.send("/account/second-factor", sealed=sealed[1], code="000000", now="000000")
        late = browser.send("/account/second-factor", sealed=sealed[1], code="000000", now=strict.code(old))
        assert "after several tries, wait a while" in text_of(late)


class TestLink:
    def test_it_signs_in_once(self, entrance: Entrance, account: Account) -> None:
        link = entrance.desk.links.make(account.name, 600.0)
        browser, late = entrance.browser(), entrance.browser()
        assert browser.open(link).status_code == 303
        assert browser.is_in
        assert late.open(link).status_code == 401
        assert not late.is_in
        *_, refused = AuditBook(entrance.desk.file).walk(AuditFilter(action="refused"))
        assert (refused.who, refused.reason) == ("nobody", "link")

    def test_whoever_is_signed_in_goes_on_by_a_link_that_was_used(
        self, entrance: Entrance, account: Account
    ) -> None:
        link, browser = entrance.desk.links.make(account.name, 600.0), entrance.browser()
        browser.open(link)
        assert browser.open(link).headers["location"] == "/"

    def test_it_is_no_way_around_the_second_factor(self, strict: Entrance) -> None:
        account, browser = strict.account(), strict.browser()
        strict.second_factor(account)
        browser.open(strict.desk.links.make(account.name, 600.0))
        assert browser.open("/").headers["location"] == "/sign-in/code"

    def test_it_grows_old(self, entrance: Entrance, account: Account) -> None:
        link, browser = entrance.desk.links.make(account.name, 600.0), entrance.browser()
        entrance.clock.forward(601)
        assert browser.open(link).status_code == 401
