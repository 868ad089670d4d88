"""Whatever is changed in the audit is found in the desk file alone, and it is said which entry and what."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.audit_entry import FIELDS
from enforcement.desk.audit_heads import AuditHead, sign_head
from enforcement.desk.audit_verifying import MOST_FAULTS, verify_audit
from enforcement.desk.desk_file import DeskFile
from enforcement.errors import DeskError
from streams.key_archive import create_known_signer
from tests.enforcement.desk.tampering import COUNT, SIGNED, Kept, chain_anew, faults, tamper

_TRIGGERS = ("are_not_changed", "are_not_removed", "come_at_the_end")


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_one_bit_in_any_field_of_any_row(kept: Kept, data: st.DataObject) -> None:
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
def test_an_entry_that_was_taken_out(kept: Kept, copy: Path, number: int) -> None:
    tamper(copy, f"DELETE FROM audit_entries WHERE sequence = {number}")
    assert f"Entry {number} is missing: they were taken out." in faults(kept, copy)


def test_several_that_were_taken_out(kept: Kept, copy: Path) -> None:
    tamper(copy, "DELETE FROM audit_entries WHERE sequence BETWEEN 3 AND 4")
    assert faults(kept, copy) == ("Entries 3 to 4 are missing: they were taken out.",)


def test_the_numbers_may_be_closed_up_after_it(kept: Kept, copy: Path) -> None:
    tamper(
        copy,
        "DELETE FROM audit_entries WHERE sequence = 10",
        "UPDATE audit_entries SET sequence = 10 WHERE sequence = 11",
    )
    assert "Entry 10 was changed: its digest is not that of its fields." in faults(kept, copy)


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 9), (11, 12)])
def test_two_that_were_exchanged(kept: Kept, copy: Path, one: int, other: int) -> None:
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
def test_an_end_that_was_cut_off_below_a_signed_head(kept: Kept, copy: Path, left: int) -> None:
    tamper(copy, f"DELETE FROM audit_entries WHERE sequence > {left}")
    found = faults(kept, copy)
    assert (
        f"The end is cut off: the centre signed that there are {SIGNED} entries, "
        f"and the last one here is {left}." in found
    )
    assert f"The end is cut off: {SIGNED} entries had been copied, the last one is {left}." in found


def test_a_chain_that_was_made_anew_from_a_signed_entry_on(kept: Kept, copy: Path) -> None:
    tamper(copy, "UPDATE audit_entries SET who = 'nobody' WHERE sequence = 7")
    chain_anew(copy, 7)
    found = faults(kept, copy)
    assert len(found) == 1
    assert found[0].startswith("Entry 8 is not the one that the centre signed as the last one")


def test_heads_that_another_key_signed(kept: Kept, copy: Path, tmp_path: Path) -> None:
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
def test_a_trigger_that_was_taken_off_or_weakened(kept: Kept, copy: Path, trigger: str) -> None:
    for statement in (
        f"DROP TRIGGER {trigger}",
        f"CREATE TRIGGER {trigger} BEFORE DELETE ON audit_entries BEGIN SELECT 1; END",
    ):
        with closing(sqlite3.connect(copy)) as database:
            database.execute(statement)
        assert any(f"The trigger {trigger} was changed" in fault for fault in faults(kept, copy))


def test_an_entry_that_is_earlier_than_the_one_before(kept: Kept, copy: Path) -> None:
    tamper(copy, "UPDATE audit_entries SET at_ns = 5 WHERE sequence = 12")
    chain_anew(copy, 12)
    assert faults(kept, copy) == (
        "Entry 12 is of an earlier time than the one before it: they were re-ordered.",
    )


def test_no_more_faults_are_listed_than_anybody_reads(tmp_path: Path, kept: Kept) -> None:
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
def test_one_bit_anywhere_in_the_file(kept: Kept, copy: Path, seed: int) -> None:
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


def test_what_is_no_desk_file_says_so(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="There is no desk file"):
        verify_audit(tmp_path / "none.sqlite", kept.archive)
    (tmp_path / "text").write_text("not a database, but long enough to be looked at as one" * 20)
    with pytest.raises(DeskError, match="cannot be read"):
        verify_audit(tmp_path / "text", kept.archive)


def test_every_sentence_ends(kept: Kept, copy: Path) -> None:
    tamper(copy, "UPDATE audit_entries SET who = 'x', previous = 'y', at_ns = 1", "DELETE FROM audit_heads")
    for fault in faults(kept, copy, kept.mirror()):
        assert re.fullmatch(r"[A-Z].*\.", fault)
