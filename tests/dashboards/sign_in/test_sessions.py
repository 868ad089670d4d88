"""Sessions: how long they last, what ends them, and that nobody can take one out of the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.sign_in.accounts import Accounts
from dashboards.sign_in.sessions import Sessions
from dashboards.sign_in.settings import SignInSettings
from enforcement.desk.desk_file import DeskFile
from tests.dashboards.sign_in.conftest import Clock

MINUTE_S = 60.0
SETTINGS = SignInSettings(idle_s=30 * MINUTE_S, longest_s=120 * MINUTE_S)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[DeskFile]:
    file = DeskFile(tmp_path / "desk.sqlite")
    for name in ("ada", "bob"):
        Accounts(file).add(name, [])
    yield file
    file.close()


@pytest.fixture
def sessions(file: DeskFile, clock: Clock) -> Sessions:
    return Sessions(file, SETTINGS, clock)


@pytest.mark.parametrize(
    ("asked_after_minutes", "last"),
    [
        ([29], True),
        ([31], False),
        ([20, 20, 20, 20], True),
        ([20, 31], False),
        ([25, 25, 25, 25, 15], True),
        ([25, 25, 25, 25, 21], False),
    ],
)
def test_a_session_ends_when_it_is_idle_and_when_it_is_old(
    sessions: Sessions, clock: Clock, asked_after_minutes: list[int], last: bool
) -> None:
    token = sessions.begin("ada", "Firefox", is_proven=True)
    for minutes in asked_after_minutes:
        clock.forward(minutes * MINUTE_S)
        found = sessions.find(token)
    assert (found is not None) is last


def test_tokens_are_long_and_never_the_same(sessions: Sessions) -> None:
    tokens = {sessions.begin("ada", "Firefox", is_proven=True) for _ in range(20)}
    assert len(tokens) == 20
    assert all(len(token) == 43 for token in tokens)


def test_the_file_holds_no_token(sessions: Sessions, file: DeskFile) -> None:
    token = sessions.begin("ada", "Firefox", is_proven=True)
    assert sessions.find(token) is not None
    for path in file.path.parent.glob("desk.sqlite*"):
        assert token.encode() not in path.read_bytes()


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\ud800"])
def test_an_invented_token_is_nobodys(sessions: Sessions, token: str) -> None:
    sessions.begin("ada", "Firefox", is_proven=True)
    assert sessions.find(token) is None


def test_one_is_ended_by_its_owner_alone(sessions: Sessions) -> None:
    here, there = (sessions.begin("ada", client, is_proven=True) for client in ("Firefox", "Chrome"))
    handle = next(session.handle for session in sessions.of("ada") if session.client == "Chrome")
    sessions.end_one("bob", handle)
    assert sessions.find(there)
    sessions.end_one("ada", handle)
    assert sessions.find(there) is None
    assert sessions.find(here)


def test_all_are_ended_at_once_and_only_of_one(sessions: Sessions) -> None:
    mine = [sessions.begin("ada", "Firefox", is_proven=True) for _ in range(3)]
    other = sessions.begin("bob", "Firefox", is_proven=True)
    sessions.end_all("ada")
    assert [sessions.find(token) for token in mine] == [None] * 3
    assert sessions.find(other)


def test_what_is_over_is_forgotten(sessions: Sessions, file: DeskFile, clock: Clock) -> None:
    sessions.begin("ada", "Firefox", is_proven=True)
    clock.forward(31 * MINUTE_S)
    sessions.begin("bob", "Firefox", is_proven=True)
    with file.reading() as database:
        assert database.execute("SELECT name FROM sessions").fetchall() == [("bob",)]
