"""Whatever is changed in the audit is found, and it is said which entry and what."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.audit_entry import FIELDS, AuditEntry, digest_of
from enforcement.desk.audit_heads import AuditHead, heads_after, sign_head
from enforcement.desk.audit_verifying import MOST_FAULTS, verify_audit
from enforcement.desk.desk_file import DeskFile
from enforcement.errors import DeskError
from streams.key_archive import KeyArchive, create_known_signer, load_archive
from streams.signing import Signer

COUNT, SIGNED = 12, 8
_TRIGGERS = ("are_not_changed", "are_not_removed", "come_at_the_end")


class Mirror:
    """A mirror in memory that has what the desk file had."""

    def __init__(self, entries: list[AuditEntry], heads: list[AuditHead]) -> None:
        self._entries = entries
        self._heads = heads

    def entries(self) -> Iterator[AuditEntry]:
        return iter(self._entries)

    def heads(self) -> list[AuditHead]:
        return self._heads

    def kept_ns(self) -> int:
        return 2**62


@dataclass
class Kept:
    """A desk file whose audit is whole, copied for each test that spoils it."""

    path: Path
    archive: KeyArchive
    signer: Signer
    entries: list[AuditEntry]
    heads: list[AuditHead]

    def mirror(self) -> Mirror:
        return Mirror(list(self.entries), list(self.heads))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("desk")
    signer = create_known_signer(folder / "centre.key", "centre", folder / "keys.json")
    desk = DeskFile(folder / "desk.sqlite")
    chain = AuditChain(desk)
    for number in range(1, COUNT + 1):
        chain.write(f"officer-{number % 3}", "reviewer", "looked", f"case-{number}", purpose="p", reason="r")
        if number in (5, SIGNED):
            sign_head(desk, signer)
    with desk.transaction() as database:
        rows = database.execute(f"SELECT {', '.join(FIELDS)} FROM audit_entries").fetchall()
        heads = heads_after(database, 0)
        database.execute("INSERT INTO audit_mirrored VALUES (1, ?)", (SIGNED,))
    with desk.reading() as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.close()
    return Kept(
        desk.path, load_archive(folder / "keys.json"), signer, [AuditEntry(*row) for row in rows], heads
    )


@pytest.fixture
def copy(kept: Kept, tmp_path: Path) -> Path:
    return Path(shutil.copy(kept.path, tmp_path / "copy.sqlite"))


def tamper(path: Path, *statements: str, values: tuple[object, ...] = ()) -> None:
    """Change a desk file as somebody would who owns it, and put its triggers back."""
    with closing(sqlite3.connect(path)) as database:
        kept = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in kept:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement, values if "?" in statement else ())
        for _, sql in kept:
            database.execute(sql)
        database.commit()


def chain_anew(path: Path, since: int) -> None:
    """Make all digests from an entry on fit again, as a forger would."""
    with closing(sqlite3.connect(path)) as database:
        (previous,) = database.execute(
            "SELECT digest FROM audit_entries WHERE sequence = ?", (since - 1,)
        ).fetchone()
        rows = database.execute(
            f"SELECT {', '.join(FIELDS)} FROM audit_entries WHERE sequence >= ? ORDER BY sequence", (since,)
        ).fetchall()
    for sequence, at_ns, *words in rows:
        digest = digest_of(sequence, at_ns, *words[:-2], previous)
        tamper(
            path,
            "UPDATE audit_entries SET previous = ?, digest = ? WHERE sequence = ?",
            values=(previous, digest, sequence),
        )
        previous = digest


def faults(kept: Kept, path: Path, mirror: Mirror | None = None) -> tuple[str, ...]:
    return verify_audit(path, kept.archive, mirror).faults  # type: ignore[arg-type]


def test_a_whole_audit_has_no_fault(kept: Kept) -> None:
    verdict = verify_audit(kept.path, kept.archive, kept.mirror())  # type: ignore[arg-type]
    assert verdict.faults == ()
    assert (verdict.entries, verdict.last, verdict.last_head) == (COUNT, kept.entries[-1], kept.heads[-1])
    assert (verdict.mirrored, verdict.waiting) == (COUNT, 0)


def test_entries_that_wait_to_be_copied_are_no_fault(kept: Kept) -> None:
    mirror = Mirror(kept.entries[:SIGNED], kept.heads)
    verdict = verify_audit(kept.path, kept.archive, mirror)  # type: ignore[arg-type]
    assert (verdict.faults, verdict.mirrored, verdict.waiting) == ((), SIGNED, COUNT - SIGNED)


class TestTheFileAlone:
    """What is found without a mirror."""

    @given(data=st.data())
    @settings(max_examples=60, deadline=None)
    def test_one_bit_in_any_field_of_any_row(self, kept: Kept, data: st.DataObject) -> None:
        table, row, names = data.draw(
            st.sampled_from(
                [("audit_entries", entry, FIELDS) for entry in kept.entries]
                + [("audit_heads", head, AuditHead.__struct_fields__) for head in kept.heads]
            )
        )
        name = data.draw(st.sampled_from(names))
        value = getattr(row, name)
        content = value.to_bytes(8, "big") if isinstance(value, int) else value.encode()
        bit = data.draw(st.integers(0, len(content) * 8 - 1))
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        here = kept.path.with_name("flipped.sqlite")
        shutil.copy(kept.path, here)
        taken = {each.sequence for each in (kept.entries if table == "audit_entries" else kept.heads)}
        if isinstance(value, int):
            changed = int.from_bytes(flipped, "big", signed=True)
            if name == "sequence" and changed in taken:
                return  # the table has one row of each number
            tamper(here, f"UPDATE {table} SET {name} = ? WHERE sequence = {row.sequence}", values=(changed,))
        else:
            sql = f"UPDATE {table} SET {name} = CAST(? AS TEXT) WHERE sequence = {row.sequence}"
            tamper(here, sql, values=(bytes(flipped),))
        assert faults(kept, here) != ()

    @pytest.mark.parametrize("number", range(1, COUNT))
    def test_an_entry_that_was_taken_out(self, kept: Kept, copy: Path, number: int) -> None:
        tamper(copy, f"DELETE FROM audit_entries WHERE sequence = {number}")
        assert f"Entry {number} is missing: they were taken out." in faults(kept, copy)

    def test_several_that_were_taken_out(self, kept: Kept, copy: Path) -> None:
        tamper(copy, "DELETE FROM audit_entries WHERE sequence BETWEEN 3 AND 4")
        assert faults(kept, copy) == ("Entries 3 to 4 are missing: they were taken out.",)

    def test_the_numbers_may_be_closed_up_after_it(self, kept: Kept, copy: Path) -> None:
        tamper(
            copy,
            "DELETE FROM audit_entries WHERE sequence = 10",
            "UPDATE audit_entries SET sequence = 10 WHERE sequence = 11",
        )
        assert "Entry 10 was changed: its digest is not that of its fields." in faults(kept, copy)

    @pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 9), (11, 12)])
    def test_two_that_were_exchanged(self, kept: Kept, copy: Path, one: int, other: int) -> None:
        tamper(
            copy,
            f"UPDATE audit_entries SET sequence = -1 WHERE sequence = {one}",
            f"UPDATE audit_entries SET sequence = {one} WHERE sequence = {other}",
            f"UPDATE audit_entries SET sequence = {other} WHERE sequence = -1",
        )
        found = " ".join(faults(kept, copy))
        assert f"Entry {one} was changed" in found
        assert f"Entry {other} was changed" in found

    @pytest.mark.parametrize("left", range(SIGNED))
    def test_an_end_that_was_cut_off_below_a_signed_head(self, kept: Kept, copy: Path, left: int) -> None:
        tamper(copy, f"DELETE FROM audit_entries WHERE sequence > {left}")
        found = faults(kept, copy)
        assert (
            f"The end is cut off: the centre signed that there are {SIGNED} entries, "
            f"and the last one here is {left}." in found
        )
        assert f"The end is cut off: {SIGNED} entries had been copied, the last one is {left}." in found

    def test_a_chain_that_was_made_anew_from_a_signed_entry_on(self, kept: Kept, copy: Path) -> None:
        tamper(copy, "UPDATE audit_entries SET who = 'nobody' WHERE sequence = 7")
        chain_anew(copy, 7)
        found = faults(kept, copy)
        assert len(found) == 1
        assert found[0].startswith("Entry 8 is not the one that the centre signed as the last one")

    def test_heads_that_another_key_signed(self, kept: Kept, copy: Path, tmp_path: Path) -> None:
        other = create_known_signer(tmp_path / "forger.key", "centre", tmp_path / "forger.json")
        tamper(copy, "DELETE FROM audit_heads")
        desk = DeskFile(copy)
        sign_head(desk, other)
        desk.close()
        assert faults(kept, copy) == (
            f"The head of entry {COUNT} is signed with {other.key_id}, "
            "which is no key of the centre in the archive.",
        )

    @pytest.mark.parametrize("trigger", [f"audit_entries_{name}" for name in _TRIGGERS])
    def test_a_trigger_that_was_taken_off_or_weakened(self, kept: Kept, copy: Path, trigger: str) -> None:
        for statement in (
            f"DROP TRIGGER {trigger}",
            f"CREATE TRIGGER {trigger} BEFORE DELETE ON audit_entries BEGIN SELECT 1; END",
        ):
            with closing(sqlite3.connect(copy)) as database:
                database.execute(statement)
            assert any(f"The trigger {trigger} was changed" in fault for fault in faults(kept, copy))

    def test_an_entry_that_is_earlier_than_the_one_before(self, kept: Kept, copy: Path) -> None:
        tamper(copy, "UPDATE audit_entries SET at_ns = 5 WHERE sequence = 12")
        chain_anew(copy, 12)
        assert faults(kept, copy) == (
            "Entry 12 is of an earlier time than the one before it: they were re-ordered.",
        )

    def test_no_more_faults_are_listed_than_anybody_reads(self, tmp_path: Path, kept: Kept) -> None:
        desk = DeskFile(tmp_path / "long.sqlite")
        chain = AuditChain(desk)
        for _ in range(MOST_FAULTS + 10):
            chain.write("ada", "reviewer", "looked", "x")
        desk.close()
        tamper(desk.path, "UPDATE audit_entries SET reason = 'other'")
        found = faults(kept, desk.path)
        assert len(found) == MOST_FAULTS + 1
        assert found[-1] == "10 more faults are not listed."

    @pytest.mark.parametrize("seed", range(40))
    def test_one_bit_anywhere_in_the_file(self, kept: Kept, copy: Path, seed: int) -> None:
        """Found, or of no effect: then all that is read is what was written."""
        content = bytearray(kept.path.read_bytes())
        bit = random.Random(seed).randrange(len(content) * 8)
        content[bit // 8] ^= 1 << bit % 8
        copy.write_bytes(content)
        try:
            verdict = verify_audit(copy, kept.archive)
        except DeskError:  # too damaged to be read, and that is said
            return
        assert verdict.faults or (verdict.entries, verdict.last, verdict.last_head) == (
            COUNT,
            kept.entries[-1],
            kept.heads[-1],
        )

    def test_what_is_no_desk_file_says_so(self, kept: Kept, tmp_path: Path) -> None:
        with pytest.raises(DeskError, match="There is no desk file"):
            verify_audit(tmp_path / "none.sqlite", kept.archive)
        (tmp_path / "text").write_text("not a database, but long enough to be looked at as one" * 20)
        with pytest.raises(DeskError, match="cannot be read"):
            verify_audit(tmp_path / "text", kept.archive)


class TestBesideItsMirror:
    """What the file alone cannot show."""

    @pytest.mark.parametrize("left", [*range(SIGNED, COUNT)])
    def test_an_end_that_was_cut_off_above_the_last_head(self, kept: Kept, copy: Path, left: int) -> None:
        tamper(copy, f"DELETE FROM audit_entries WHERE sequence > {left}")
        assert faults(kept, copy) == ()
        assert faults(kept, copy, kept.mirror()) == (
            f"The end is cut off: the mirror has entries up to {COUNT}, and the last one here is {left}.",
        )

    def test_an_end_that_was_made_anew(self, kept: Kept, copy: Path) -> None:
        tamper(copy, "UPDATE audit_entries SET subject = 'another case' WHERE sequence = 10")
        chain_anew(copy, 10)
        assert faults(kept, copy) == ()
        found = faults(kept, copy, kept.mirror())
        assert found[0] == "Entry 10 is not the one in the mirror: its subject, digest differs."
        assert found[1].startswith("Entries 11 to 12 are tied to others than in the mirror")

    def test_heads_that_were_taken_out_with_what_they_show(self, kept: Kept, copy: Path) -> None:
        tamper(
            copy,
            "DELETE FROM audit_heads",
            "DELETE FROM audit_entries WHERE sequence > 4",
            "DELETE FROM audit_mirrored",
        )
        assert faults(kept, copy) == ()
        found = faults(kept, copy, kept.mirror())
        assert "The head of entry 8 is in the mirror and no longer in the desk file." in found
        assert any(fault.startswith("The end is cut off") for fault in found)

    def test_a_chain_that_was_cut_off_and_went_on(self, kept: Kept, copy: Path) -> None:
        tamper(copy, "DELETE FROM audit_entries WHERE sequence > 10")
        desk = DeskFile(copy)
        AuditChain(desk).write("ada", "reviewer", "looked", "x")
        desk.close()
        forked = AuditEntry(**{**msgspec.structs.asdict(kept.entries[10]), "reason": "as it went on"})
        mirror = Mirror([*kept.entries[:11], forked, kept.entries[11]], kept.heads)
        found = faults(kept, copy, mirror)
        assert any("The mirror has 2 entries 11" in fault for fault in found)
        assert any("The end is cut off" in fault for fault in found)

    @pytest.mark.parametrize(
        ("spoil", "says"),
        [
            (lambda entries: entries.pop(6), "Entry 7 is no longer in the mirror, or never came there."),
            (lambda entries: entries.pop(0), "Entry 1 is no longer in the mirror, or never came there."),
            (
                lambda entries: entries.__delitem__(slice(5, None)),
                "Entries 6 to 12 are no longer in the mirror, or never came there.",
            ),
            (
                lambda entries: entries.__setitem__(2, msgspec.structs.replace(entries[2], who="nobody")),
                "Entry 3 is not the one in the mirror: its who differs; it was changed in the mirror.",
            ),
        ],
    )
    def test_a_mirror_that_was_changed(
        self, kept: Kept, spoil: Callable[[list[AuditEntry]], object], says: str
    ) -> None:
        entries = list(kept.entries)
        spoil(entries)
        assert faults(kept, kept.path, Mirror(entries, kept.heads)) == (says,)

    def test_what_the_mirror_forgets_in_its_time_is_no_fault(self, kept: Kept) -> None:
        class Forgetting(Mirror):
            def kept_ns(self) -> int:
                return 1000

        mirror = Forgetting(kept.entries[4:], kept.heads)
        verdict = verify_audit(
            kept.path,
            kept.archive,
            mirror,
            lambda: kept.entries[4].at_ns + 1000,  # type: ignore[arg-type]
        )
        assert verdict.faults == ()


def test_every_sentence_ends(kept: Kept, copy: Path) -> None:
    tamper(copy, "UPDATE audit_entries SET who = 'x', previous = 'y', at_ns = 1", "DELETE FROM audit_heads")
    for fault in faults(kept, copy, kept.mirror()):
        assert re.fullmatch(r"[A-Z].*\.", fault)
