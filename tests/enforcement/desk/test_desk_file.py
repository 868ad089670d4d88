"""The desk's file: private, in its newest form, and shared by threads and processes."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from enforcement.desk.desk_file import DeskFile
from enforcement.errors import DeskError
from streams.bus import BusUnavailable

OTHER = """
import sys
from pathlib import Path
from enforcement.desk.desk_file import DeskFile
desk = DeskFile(Path(sys.argv[1]))
with desk.transaction() as database:
    database.execute("INSERT INTO noted VALUES ('other')")
desk.close()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite"


def noted(desk: DeskFile) -> list[str]:
    with desk.reading() as database:
        return [name for (name,) in database.execute("SELECT name FROM noted")]


def test_only_its_owner_may_read_it(path: Path) -> None:
    DeskFile(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_another_process_writes_is_seen_by_every_thread_and_nothing_is_lost(path: Path) -> None:
    desk = DeskFile(path)
    with desk.transaction() as database:
        database.execute("CREATE TABLE noted (name TEXT)")
    with ThreadPoolExecutor(1) as thread:
        # A second connection of this process: making it must not give up the locks of the first.
        assert thread.submit(noted, desk).result() == []
        for _ in range(2):
            subprocess.run([sys.executable, "-c", OTHER, str(path)], check=True)
            with desk.transaction() as database:
                database.execute("INSERT INTO noted VALUES ('mine')")
        assert thread.submit(noted, desk).result() == ["other", "mine", "other", "mine"]
    desk.close()
    again = DeskFile(path)
    assert noted(again) == ["other", "mine", "other", "mine"]
    again.close()


def test_a_thread_that_ends_leaves_no_file_open(path: Path) -> None:
    desk = DeskFile(path)
    with desk.transaction() as database:
        database.execute("CREATE TABLE noted (name TEXT)")
    before = files_open(path)
    for _ in range(5):
        with ThreadPoolExecutor(3) as threads:
            assert list(threads.map(lambda _: noted(desk), range(6))) == [[]] * 6
    # SQLite keeps what a closed connection had open for the next one, while another one has a lock.
    assert files_open(path) <= 2 * before
    desk.close()
    assert files_open(path) == 0


def files_open(path: Path) -> int:
    """How often this process has the desk file, its log or its index open."""
    held = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # what listed them
            held.append(each.readlink().name.startswith(path.name))
    return sum(held)


def test_nothing_of_a_transaction_that_fails_is_kept(path: Path) -> None:
    desk = DeskFile(path)
    with desk.transaction() as database:
        database.execute("CREATE TABLE noted (name TEXT)")

    def fail_half_way() -> None:
        with desk.transaction() as database:
            database.execute("INSERT INTO noted VALUES ('half')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert noted(desk) == []
    desk.close()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("INSERT INTO schema_files VALUES (9999, '9999_later.sql', 'ab')", "newer release .*9999.*install"),
        ("UPDATE schema_files SET sha256 = 'ab'", "was changed after it ran .*restore the file"),
    ],
    ids=["written by a newer release", "a schema file was changed"],
)
def test_a_file_of_another_form_is_refused(path: Path, change: str, sentence: str) -> None:
    desk = DeskFile(path)
    with desk.transaction() as database:
        database.execute(change)
    desk.close()
    with pytest.raises(DeskError, match=sentence):
        DeskFile(path)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(
        BusUnavailable, match=r"desk file .* cannot be opened .*check that its folder is there"
    ):
        DeskFile(tmp_path / "nowhere" / "desk.sqlite")
