"""What is changed in the audit and the desk file alone cannot show is found beside the mirror."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.audit_entry import AuditEntry
from enforcement.desk.audit_verifying import verify_audit
from enforcement.desk.desk_file import DeskFile
from tests.enforcement.desk.tampering import COUNT, SIGNED, Kept, Mirror, chain_anew, faults, tamper


def test_a_whole_audit_has_no_fault(kept: Kept) -> None:
    verdict = verify_audit(kept.path, kept.archive, kept.mirror())  # type: ignore[arg-type]
    assert verdict.faults == ()
    assert (verdict.entries, verdict.last, verdict.last_head) == (COUNT, kept.entries[-1], kept.heads[-1])
    assert (verdict.mirrored, verdict.waiting) == (COUNT, 0)


def test_entries_that_wait_to_be_copied_are_no_fault(kept: Kept) -> None:
    mirror = Mirror(kept.entries[:SIGNED], kept.heads)
    verdict = verify_audit(kept.path, kept.archive, mirror)  # type: ignore[arg-type]
    assert (verdict.faults, verdict.mirrored, verdict.waiting) == ((), SIGNED, COUNT - SIGNED)


@pytest.mark.parametrize("left", [*range(SIGNED, COUNT)])
def test_an_end_that_was_cut_off_above_the_last_head(kept: Kept, copy: Path, left: int) -> None:
    tamper(copy, f"DELETE FROM audit_entries WHERE sequence > {left}")
    assert faults(kept, copy) == ()
    assert faults(kept, copy, kept.mirror()) == (
        f"The end is cut off: the mirror has entries up to {COUNT}, and the last one here is {left}.",
    )


def test_an_end_that_was_made_anew(kept: Kept, copy: Path) -> None:
    tamper(copy, "UPDATE audit_entries SET subject = 'another case' WHERE sequence = 10")
    chain_anew(copy, 10)
    assert faults(kept, copy) == ()
    found = faults(kept, copy, kept.mirror())
    assert found[0] == "Entry 10 is not the one in the mirror: its subject, digest differs."
    assert found[1].startswith("Entries 11 to 12 are tied to others than in the mirror")


def test_heads_that_were_taken_out_with_what_they_show(kept: Kept, copy: Path) -> None:
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


def test_a_chain_that_was_cut_off_and_went_on(kept: Kept, copy: Path) -> None:
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
    kept: Kept, spoil: Callable[[list[AuditEntry]], object], says: str
) -> None:
    entries = list(kept.entries)
    spoil(entries)
    assert faults(kept, kept.path, Mirror(entries, kept.heads)) == (says,)


def test_what_the_mirror_forgets_in_its_time_is_no_fault(kept: Kept) -> None:
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
