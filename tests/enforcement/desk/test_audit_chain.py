"""Writing the audit: one order for all who write at once, and nothing that is written changes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.desk.audit_book import AuditBook, AuditFilter
from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.audit_entry import NONE_BEFORE, digest_of, is_whole
from enforcement.desk.audit_verifying import verify_audit
from enforcement.desk.desk_file import DeskFile
from enforcement.errors import AuditUnwritable
from streams.bus import BusUnavailable

CASE, OTHER = "8d5c8a2e-0000-4000-8000-00000000000a", "8d5c8a2e-0000-4000-8000-00000000000b"
_WRITER = """
import sys
from pathlib import Path
from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.desk_file import DeskFile
chain = AuditChain(DeskFile(Path(sys.argv[1])))
for number in range(100):
    chain.write(sys.argv[2], "reviewer", "looked", f"case {number}")
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskFile]:
    desk = DeskFile(tmp_path / "desk.sqlite")
    yield desk
    desk.close()


@pytest.fixture
def chain(desk: DeskFile) -> AuditChain:
    return AuditChain(desk)


def test_each_entry_names_the_one_before(chain: AuditChain) -> None:
    for number in range(3):
        chain.write("ada", "reviewer,supervisor", "looked", f"{number}", purpose="court", reason="why")
    first, second, third = AuditBook(chain.desk).walk(AuditFilter())
    assert [entry.previous for entry in (first, second, third)] == [NONE_BEFORE, first.digest, second.digest]
    assert all(map(is_whole, (first, second, third)))
    assert (third.sequence, third.who, third.role, third.action) == (
        3,
        "ada",
        "reviewer,supervisor",
        "looked",
    )
    assert (third.subject, third.purpose, third.reason) == ("2", "court", "why")


def test_threads_and_processes_write_one_chain(chain: AuditChain, tmp_path: Path) -> None:
    names = ["one", "two"]
    others = [subprocess.Popen([sys.executable, "-c", _WRITER, str(chain.desk.path), name]) for name in names]
    threads = [
        threading.Thread(target=lambda: [chain.write("ada", "auditor", "looked", "x") for _ in range(20)])
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait(60) for other in others] == [0, 0]
    verdict = verify_audit(chain.desk.path, None)
    assert (verdict.entries, verdict.faults) == (400, ())


def test_a_clock_that_is_set_back_does_not_bring_entries_out_of_order(desk: DeskFile) -> None:
    times = iter([50, 30, 60])
    chain = AuditChain(desk, lambda: next(times))
    for _ in range(3):
        chain.write("ada", "reviewer", "looked", "x")
    assert [entry.at_ns for entry in AuditBook(desk).walk(AuditFilter())] == [50, 50, 60]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET who = 'nobody' WHERE sequence = 1",
        "DELETE FROM audit_entries WHERE sequence = 3",
        "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE sequence = 1",
        "INSERT INTO audit_entries VALUES (7, 0, '', '', '', '', '', '', '', '')",
        "INSERT INTO audit_entries (at_ns, who, role, action, subject, purpose, reason, previous, digest)"
        " VALUES (0, '', '', '', '', '', '', '', '')",
        "UPDATE audit_heads SET sequence = 9",
        "DELETE FROM audit_heads",
    ],
)
def test_the_file_itself_refuses_to_change_what_was_written(chain: AuditChain, statement: str) -> None:
    for _ in range(3):
        chain.write("ada", "reviewer", "looked", "x")
    with chain.desk.transaction() as database:
        database.execute("INSERT INTO audit_heads VALUES (3, 'd', 1, 'k', 's')")
    with pytest.raises(BusUnavailable, match="of the audit"), chain.desk.transaction() as database:
        database.execute(statement)
    assert [entry.who for entry in AuditBook(chain.desk).walk(AuditFilter())] == ["ada"] * 3


def test_an_entry_stands_or_falls_with_what_it_is_about(chain: AuditChain) -> None:
    def both(*, fails: bool) -> None:
        with chain.desk.transaction() as database:
            database.execute("CREATE TABLE IF NOT EXISTS done (what TEXT)")
            database.execute("INSERT INTO done VALUES ('it')")
            chain.append(database, "ada", "reviewer", "changed", "it")
            if fails:
                raise sqlite3.OperationalError

    both(fails=False)
    with pytest.raises(BusUnavailable):
        both(fails=True)
    with chain.desk.reading() as database:
        assert database.execute("SELECT count(*) FROM done").fetchone() == (1,)
    assert len(list(AuditBook(chain.desk).walk(AuditFilter()))) == 1


@pytest.mark.parametrize(("who", "action"), [("", "looked"), ("  ", "looked"), ("ada", "")])
def test_nobody_does_nothing(chain: AuditChain, who: str, action: str) -> None:
    with pytest.raises(AuditUnwritable, match="who did what"):
        chain.write(who, "reviewer", action, "x")


def test_what_cannot_be_written_is_said_without_naming_files(chain: AuditChain) -> None:
    with chain.desk.transaction() as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'f'); END"
        )
    with pytest.raises(AuditUnwritable, match="nothing is shown or done") as raised:
        chain.write("ada", "reviewer", "looked", "x")
    assert str(chain.desk.path) not in str(raised.value)


@given(st.tuples(*[st.text(max_size=4)] * 7), st.tuples(*[st.text(max_size=4)] * 7))
def test_no_two_entries_have_one_digest(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    kept = [tuple(word.encode("utf-8", "replace").decode() for word in words) for words in (one, other)]
    assert (digest_of(1, 2, *kept[0]) == digest_of(1, 2, *kept[1])) is (kept[0] == kept[1])
    joined = ("".join(kept[0]), *[""] * 6)
    assert (digest_of(1, 2, *kept[0]) == digest_of(1, 2, *joined)) is (kept[0] == joined)


def test_any_text_is_kept(chain: AuditChain) -> None:
    texts = ["ä\0b", "\udcff", "a'; DROP TABLE audit_entries; --", "🚗" * 50, "line\nbreak"]
    for text in texts:
        chain.write(text, text, text, text, purpose=text, reason=text)
    assert verify_audit(chain.desk.path, None).faults == ()
    assert [entry.who for entry in AuditBook(chain.desk).walk(AuditFilter())] == [
        text.encode("utf-8", "replace").decode() for text in texts
    ]


class TestReading:
    """Entries by person, action, case and time."""

    @pytest.fixture
    def book(self, desk: DeskFile) -> AuditBook:
        times = iter(range(100, 1000, 100))
        chain = AuditChain(desk, lambda: next(times))
        for who, action, subject in (
            ("ada", "looked", CASE),
            ("ada", "opened", f"{CASE}/original/12"),
            ("bo", "looked", OTHER),
            ("bo", "searched", f"{CASE}/plate/34"),
            ("bo", "looked", "queue"),
        ):
            chain.write(who, "reviewer", action, subject)
        return AuditBook(desk)

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (AuditFilter(), [5, 4, 3, 2, 1]),
            (AuditFilter(who="ada"), [2, 1]),
            (AuditFilter(action="looked"), [5, 3, 1]),
            (AuditFilter(case_id=CASE), [4, 2, 1]),
            (AuditFilter(case_id=CASE[:-1]), []),
            (AuditFilter(since_ns=200, until_ns=400), [3, 2]),
            (AuditFilter(who="bo", action="looked", case_id=OTHER), [3]),
            (AuditFilter(who="nobody"), []),
        ],
    )
    def test_filters(self, book: AuditBook, wanted: AuditFilter, found: list[int]) -> None:
        assert [entry.sequence for entry in book.page(wanted, 10)] == found
        assert [entry.sequence for entry in book.walk(wanted)] == found[::-1]

    def test_pages_follow_each_other(self, book: AuditBook) -> None:
        assert [entry.sequence for entry in book.page(AuditFilter(), 2)] == [5, 4]
        assert [entry.sequence for entry in book.page(AuditFilter(), 2, before=4)] == [3, 2]

    def test_a_case_has_its_story(self, book: AuditBook) -> None:
        assert [entry.action for entry in book.story(CASE)] == ["looked", "opened", "searched"]

    def test_people_and_actions_are_named_once(self, book: AuditBook) -> None:
        assert book.people() == ["ada", "bo"]
        assert book.actions() == ["looked", "opened", "searched"]

    @pytest.mark.parametrize(
        ("wanted", "words"),
        [
            (AuditFilter(), ""),
            (AuditFilter(who="ada", action="looked"), "of ada that looked"),
            (AuditFilter(case_id="7", until_ns=10**9), "about case 7 before 1970-01-01 00:00:01 UTC"),
        ],
    )
    def test_what_was_asked_for_can_be_said(self, wanted: AuditFilter, words: str) -> None:
        assert wanted.in_words() == words
