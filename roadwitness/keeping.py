"""What a person does to the data folder itself: import the register, make keys, open a sealed original."""

from __future__ import annotations

from pathlib import Path

from enforcement.errors import EvidenceError
from enforcement.register import ImportReport, import_register
from enforcement.store import Store
from enforcement.unsealing import fault_of_reason, open_original
from roadwitness.desk_audit import note_here
from roadwitness.own_desk import open_desk
from roadwitness.premises import Premises
from roadwitness.progress import say
from streams.errors import RoadwitnessError
from streams.sealing import PublicKey, SealingKeys

#: So many repeated plates are named, the rest counted.
_NAMED = 3


class PictureNotWritable(RoadwitnessError):
    """An opened original cannot be put where it was asked for."""


def public_key(folder: Path) -> PublicKey:
    """The key that originals are sealed to; a pair is made on first use."""
    keys = SealingKeys(folder)
    if not keys.exist:
        keys = SealingKeys.create(folder)
    return keys.public


def create_sealing_keys(folder: Path) -> None:
    """Make a pair of sealing keys in ``folder``, and say what is to be done with them.

    Raises:
        SealingError: when there is one already, or the folder cannot be written.
    """
    keys = SealingKeys.create(folder)
    say(f"Units seal to {keys.public_path} (--seal-to); {keys.private_path} alone opens what they sealed.")
    say("Keep a copy of the private half apart from this machine: without it no original can be opened.")


def import_keepers(csv: Path, data: Path) -> None:
    """Import a register and say how many plates it brought."""
    with Premises(data).open_store() as store:
        report = import_register(store, csv)
    say(f"Imported {report.imported} plates from {csv}.{repeated(report)}")


def repeated(report: ImportReport) -> str:
    """A sentence on the lines left out because their plate came before; empty if there are none."""
    if not report.duplicates:
        return ""
    named = ", ".join(f"{plate} (line {line})" for line, plate in report.duplicates[:_NAMED])
    more = " and others" if len(report.duplicates) > _NAMED else ""
    return f" Left out as repeated, the first line of a plate counts: {named}{more}."


def open_sealed_original(premises: Premises, digest: str, out: Path, officer: str, reason: str) -> None:
    """Open one original for an officer; who, what and why are in the audit before the picture is on disk.

    Raises:
        PictureNotWritable: when it could not be put into ``out``.
        EvidenceError: without a name, without a reason in words, or for what is no sealed original.
        AuditUnwritable: when it cannot be entered; then nothing is opened.
    """
    if not out.parent.is_dir() or out.is_dir():
        # Said before the seal is broken: an access is not logged for a picture that nobody gets to see.
        raise PictureNotWritable(f"{out} cannot be written: name a file in a folder that exists with --out.")
    if not officer.strip():
        raise EvidenceError("A sealed original is opened by somebody: give the officer's name.")
    if fault := fault_of_reason(reason):
        raise EvidenceError(fault)
    private_key = SealingKeys(premises.folder.keys).private
    with premises.open_store() as store, open_desk(premises.folder) as desk:
        subjects = [f"{case_id}/original/{digest[:12]}" for case_id in _cases_of(store, digest)]

        def enter() -> None:
            for subject in subjects or [f"original/{digest[:12]}"]:
                note_here(desk.file, "opened", subject, " ".join(reason.split()), who=officer.strip())

        picture = open_original(premises.open_evidence(), private_key, digest, enter)
    out.write_bytes(picture)
    say(f"Opened {digest[:12]}… into {out}; that is in the audit.")


def _cases_of(store: Store, digest: str) -> list[str]:
    rows = store.query(
        "SELECT DISTINCT toString(case_id) FROM v_evidence WHERE digest = {digest:String} ORDER BY 1",
        {"digest": digest},
    )
    return [case_id for (case_id,) in rows]
