"""Keeping accounts: on the page, by command, and what nobody may do to themselves in silence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboards.sign_in.accounts import Accounts
from dashboards.sign_in.errors import AccountError
from dashboards.sign_in.keeping import Keeper, Keeping
from dashboards.sign_in.rights import Role
from enforcement.desk.desk_file import DeskFile
from enforcement.errors import AuditUnwritable
from roadwitness.account_keeping import first_account, invented_officer
from roadwitness.data_folder import DataFolder
from roadwitness.own_desk import open_desk
from tests.dashboards.conftest import text_of
from tests.dashboards.on_the_record import nothing_entered
from tests.dashboards.sign_in.conftest import Browser, Entrance
from tests.roadwitness.in_process import CommandLine


def audit(entrance: Entrance, action: str) -> tuple[str, str, str]:
    """The newest entry of an action: who, subject, reason."""
    with entrance.desk.file.reading() as database:
        who, subject, reason = database.execute(
            "SELECT who, subject, reason FROM audit_entries WHERE action = ? ORDER BY sequence DESC LIMIT 1",
            (action,),
        ).fetchone()
        return who, subject, reason


@pytest.fixture
def keeper(entrance: Entrance) -> Browser:
    """An administrator's browser."""
    browser = entrance.browser()
    browser.sign_in(entrance.account([Role.ADMINISTRATOR]).name)
    return browser


class TestPage:
    def test_a_new_account_gets_a_password_that_is_shown_once(
        self, entrance: Entrance, keeper: Browser
    ) -> None:
        page = keeper.send(
            "/accounts/add", page="/accounts", name="New Officer", roles=["reviewer", "analyst"]
        )
        password = re.search(r'id="password">([^<]*)<', page.text)
        assert password
        assert entrance.desk.accounts.get("new officer").roles == {Role.REVIEWER, Role.ANALYST}
        assert password[1] not in keeper.open("/accounts").text
        browser = entrance.browser()
        browser.sign_in("New Officer", password[1])
        assert browser.open("/").headers["location"].startswith("/account/password")
        assert audit(entrance, "added")[:2] == (keeper.name, "account/New Officer")

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"name": "x"}, "2 to 80 printable characters"),
            ({"name": "tab\x07bell"}, "2 to 80 printable characters"),
            ({"name": "somebody", "roles": "king"}, "There is no such role"),
            ({"name": "somebody", "roles": ["auditor", "reviewer"]}, "Nobody audits their own decisions"),
            ({"name": "somebody", "roles": ["supervisor", "auditor"]}, "Nobody audits their own decisions"),
        ],
    )
    def test_what_is_wrong_is_said(self, keeper: Browser, fields: dict[str, str], sentence: str) -> None:
        answer = keeper.send("/accounts/add", page="/accounts", **fields)
        assert answer.status_code == 422
        assert sentence in text_of(answer)

    def test_no_account_is_made_that_the_audit_does_not_name(self, entrance: Entrance) -> None:
        keeping = Keeping(entrance.desk, Keeper("A. Keeper", "administrator"))
        with nothing_entered(entrance.office), pytest.raises(AuditUnwritable):
            keeping.add("Never Made", [Role.ANALYST])
        assert entrance.desk.accounts.find("Never Made") is None
        keeping.add("Never Made", [Role.ANALYST])
        assert audit(entrance, "added") == ("A. Keeper", "account/Never Made", "roles: analyst.")

    def test_other_roles_count_at_once(self, entrance: Entrance, keeper: Browser) -> None:
        account, browser = entrance.account([Role.ANALYST]), entrance.browser()
        browser.sign_in(account.name)
        keeper.send("/accounts/roles", page="/accounts", name=account.name, roles=["auditor"])
        assert not browser.is_in, "it has to sign in again"
        assert entrance.desk.accounts.get(account.name).roles == {Role.AUDITOR}

    def test_who_decided_becomes_auditor_only_by_ceasing_to_decide(
        self, entrance: Entrance, keeper: Browser
    ) -> None:
        account = entrance.account([Role.SUPERVISOR])
        change = {"page": "/accounts", "name": account.name, "roles": ["supervisor", "auditor"]}
        refused = keeper.send("/accounts/roles", **change)
        assert (refused.status_code, "Nobody audits their own" in text_of(refused)) == (422, True)
        assert entrance.desk.accounts.get(account.name).roles == {Role.SUPERVISOR}
        with entrance.desk.file.reading() as database:
            found = database.execute(
                "SELECT count(*) FROM audit_entries WHERE action = 'changed' AND subject = ?",
                (f"account/{account.name}",),
            )
            assert found.fetchone() == (0,)

    def test_a_locked_account_is_out_at_once_and_stays_out(self, entrance: Entrance, keeper: Browser) -> None:
        account, browser = entrance.account(), entrance.browser()
        browser.sign_in(account.name)
        keeper.send("/accounts/lock", page="/accounts", name=account.name, lock="yes")
        assert not browser.is_in
        assert browser.sign_in(account.name).status_code == 401
        keeper.send("/accounts/lock", page="/accounts", name=account.name, lock="no")
        assert browser.sign_in(account.name).status_code == 303

    def test_looking_at_all_accounts_is_in_the_audit(self, entrance: Entrance, keeper: Browser) -> None:
        keeper.open("/accounts")
        assert audit(entrance, "looked")[:2] == (keeper.name, "accounts")

    def test_a_reset_takes_password_and_second_factor(self, entrance: Entrance, keeper: Browser) -> None:
        account = entrance.account()
        entrance.second_factor(account)
        page = keeper.send("/accounts/reset", page="/accounts", name=account.name)
        password = re.search(r'id="password">([^<]*)<', page.text)
        assert password
        assert entrance.browser().sign_in(account.name).status_code == 401
        browser = entrance.browser()
        browser.sign_in(account.name, password[1])
        assert browser.open("/").headers["location"].startswith("/account/password")
        assert not entrance.desk.accounts.get(account.name).has_second_factor

    def test_nobody_gives_themselves_a_role_in_silence(self, entrance: Entrance, keeper: Browser) -> None:
        me = entrance.desk.accounts.get(keeper.name)
        fields = {"name": me.name, "roles": ["administrator", "reviewer"]}
        refused = keeper.send("/accounts/roles", page="/accounts", **fields)
        assert "Say why you give yourself another role" in text_of(refused)
        assert entrance.desk.accounts.get(me.name).roles == {Role.ADMINISTRATOR}
        keeper.send("/accounts/roles", page="/accounts", **fields, reason="nobody else is here")
        who, subject, reason = audit(entrance, "gave themselves")
        assert (who, subject) == (me.name, f"account/{me.name}")
        assert reason == "roles: administrator, reviewer. nobody else is here"


def test_somebody_always_keeps_accounts(tmp_path: Path) -> None:
    with open_desk(DataFolder.open(tmp_path)) as desk:
        keeping = Keeping(desk, Keeper("a test", ""))
        for name in ("ada", "bob"):
            keeping.add(name, [Role.ADMINISTRATOR])
        keeping.set_locked("bob", True)
        with pytest.raises(AccountError, match="ada is the last who keeps accounts"):
            keeping.set_roles("ada", [Role.ANALYST])
        with pytest.raises(AccountError, match="ada is the last who keeps accounts"):
            keeping.set_locked("ada", True)
        keeping.set_locked("bob", False)
        keeping.set_locked("ada", True)


@pytest.mark.parametrize("again", ["A. Moreau", "a. moreau", " A.  MOREAU ", "Ａ. Moreau"])
def test_two_accounts_never_look_the_same_when_signing_in(tmp_path: Path, again: str) -> None:
    accounts = Accounts(DeskFile(tmp_path / "desk.sqlite"))
    accounts.add("A. Moreau", [])
    with pytest.raises(AccountError, match="already"):
        accounts.add(again, [])


@pytest.mark.parametrize("name", ["keeper", "Nobody", " POLICY ", "provider", "named driver"])
def test_nobody_passes_for_somebody_without_an_account(tmp_path: Path, name: str) -> None:
    with pytest.raises(AccountError, match="The audit calls something else"):
        Accounts(DeskFile(tmp_path / "desk.sqlite")).add(name, [])


def test_the_first_start_makes_one_administrator_and_says_so_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_desk(DataFolder.open(tmp_path)) as desk:
        first_account(desk)
        password = capsys.readouterr().out.strip()
        (account,) = desk.accounts.all()
        assert (account.name, account.roles, account.must_change_password) == (
            "administrator",
            {Role.ADMINISTRATOR},
            True,
        )
        assert desk.passwords.fits(account.password, password)
        first_account(desk)
        assert capsys.readouterr().out == ""


def test_the_demo_has_one_invented_officer_however_often_it_starts(tmp_path: Path) -> None:
    with open_desk(DataFolder.open(tmp_path)) as desk:
        links = {invented_officer(desk) for _ in range(2)}
        assert len(links) == 2
        (account,) = desk.accounts.all()
        assert account.roles == {Role.REVIEWER, Role.SUPERVISOR}
        assert sorted(desk.links.use(link.rpartition("/")[2]) for link in links) == ["", account.name]


class TestCommands:
    @pytest.fixture
    def command(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
        return CommandLine(monkeypatch, capsys)

    def test_an_account_from_beginning_to_end(self, command: CommandLine, tmp_path: Path) -> None:
        data = ("--data", tmp_path)
        added = command("accounts", "add", "ada", "--role", "reviewer", "--shown-as", "Ada M", *data)
        password = added.stdout.decode().strip()
        assert re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", password)
        assert password not in added.stderr
        refused = command.fail("accounts", "roles", "ada", "supervisor", "auditor", *data)
        assert "Nobody audits their own decisions" in refused
        command("accounts", "roles", "ada", "supervisor", "analyst", *data)
        assert command("accounts", "reset", "ada", *data).stdout.decode().strip() != password
        command("accounts", "lock", "ada", *data)
        listed = command("accounts", "list", *data).stdout.decode()
        assert "analyst, supervisor" in listed
        assert "locked" in listed
        command("accounts", "lock", "ada", "--undo", *data)
        assert "locked" not in command("accounts", "list", *data).stdout.decode()
        with open_desk(DataFolder.open(tmp_path)) as desk, desk.file.reading() as database:
            rows = database.execute("SELECT action, role FROM audit_entries ORDER BY sequence").fetchall()
        assert [action for action, _ in rows] == ["added", "changed", "reset", "locked", "unlocked"]
        assert {role for _, role in rows} == {"command line"}

    @pytest.mark.parametrize("what", ["reset", "lock", "roles"])
    def test_nobody_is_not_changed(self, command: CommandLine, tmp_path: Path, what: str) -> None:
        command("accounts", "add", "ada", "--role", "reviewer", "--data", tmp_path)
        assert "There is no account bob" in command.fail("accounts", what, "bob", "--data", tmp_path)

    @pytest.mark.parametrize("what", [("list",), ("reset", "ada"), ("lock", "ada"), ("roles", "ada")])
    def test_a_mistyped_folder_is_not_made(
        self, command: CommandLine, tmp_path: Path, what: tuple[str, ...]
    ) -> None:
        sentence = command.fail("accounts", *what, "--data", tmp_path / "typo")
        assert "No account was ever made in" in sentence
        assert not (tmp_path / "typo").exists()
