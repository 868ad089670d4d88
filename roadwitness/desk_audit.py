"""The desk's audit, as a person checks, reads and exports it on the command line."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from dashboards.formatting import utc_text
from enforcement.desk.audit_book import AuditBook, AuditFilter
from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.audit_csv import csv_lines
from enforcement.desk.audit_mirror import AuditMirror
from enforcement.desk.audit_verifying import AuditVerdict, verify_audit
from enforcement.desk.desk_file import DeskFile
from enforcement.desk.plate_digest import PlateDigests
from enforcement.errors import DeskError
from enforcement.queries import reading_from
from roadwitness.data_folder import DataFolder
from roadwitness.progress import say
from roadwitness.tables import nanoseconds
from streams.errors import RoadwitnessError
from streams.key_archive import ARCHIVE_NAME, KeyArchive, load_archive

#: The role of whoever works with the files themselves, beside which there is no account.
COMMAND_LINE = "command line"


class AuditNotWhole(RoadwitnessError):
    """Something in the audit is not as it was written."""


def verify_desk(data: Path, desk: Path | None, store: str | None, keys: Path | None) -> None:
    """Check the chain and print every fault.

    Raises:
        AuditNotWhole: when there is any; the sentence counts them.
        DeskError: when there is no desk file.
        StoreError: when the mirror cannot be asked.
    """
    path = desk or DataFolder(data).desk
    place = store or (str(data) if desk is None and DataFolder(data).store.is_dir() else None)
    archive = _archive(keys, path.parent / DataFolder(path.parent).keys.name / ARCHIVE_NAME)
    if place is None:
        verdict = verify_audit(path, archive)
    else:
        with reading_from(place) as reader:
            verdict = verify_audit(path, archive, AuditMirror(reader))
    for fault in verdict.faults:
        print(fault)
    if verdict.faults:
        raise AuditNotWhole(
            f"{path}: {verdict.entries} entries checked, and {_counted(len(verdict.faults), 'fault')} found: "
            "keep the file as it is and compare it with its copies."
        )
    say(f"{path}: {in_words(verdict)}")
    if archive is None:
        say("Signatures of heads were not checked: name the archive of public keys with --keys.", "yellow")


def in_words(verdict: AuditVerdict) -> str:
    """What was found where nothing is wrong, and what the check could not cover."""
    if verdict.last is None:
        return "the audit is empty."
    sentences = [f"{_counted(verdict.entries, 'entry')}, the last of {utc_text(verdict.last.at_ns)}: whole."]
    if verdict.mirrored is None:
        sentences.append("It was not compared with the mirror: name the store with --store.")
    elif verdict.waiting:
        sentences.append(f"The mirror has {verdict.mirrored} of them; {verdict.waiting} wait to be copied.")
    else:
        sentences.append("The mirror has the same.")
    if verdict.last_head is None:
        sentences.append(
            "No head that the centre signed was found, so a cut-off end shows in the mirror alone."
        )
    elif after := verdict.entries - verdict.last_head.sequence:
        sentences.append(f"The centre signed all but the last {after}.")
    else:
        sentences.append("The centre signed the last one.")
    return " ".join(sentences)


def list_entries(data: Path, desk: Path | None, wanted: AuditFilter, limit: int) -> None:
    """Print the newest entries, a line each; that they were looked at is entered first."""
    with opened_desk(data, desk) as file:
        note_here(file, "looked", "audit", wanted.in_words())
        for entry in AuditBook(file).page(wanted, limit):
            fields = (utc_text(entry.at_ns), entry.who, entry.role, entry.action, entry.subject)
            print("\t".join((str(entry.sequence), *fields, entry.purpose, " ".join(entry.reason.split()))))


def export_entries(data: Path, desk: Path | None, wanted: AuditFilter, out: Path) -> None:
    """Write entries to ``out``; the export is entered first.

    Raises:
        DeskError: when ``out`` is of neither kind.
    """
    if out.suffix not in (".csv", ".jsonl"):
        raise DeskError(f"{out} is neither: name a file that ends in .csv or .jsonl.")
    with opened_desk(data, desk) as file:
        note_here(file, "exported", "audit", wanted.in_words())
        entries = AuditBook(file).walk(wanted)
        if out.suffix == ".csv":
            lines: Iterator[bytes] = (line.encode() for line in csv_lines(entries))
        else:
            lines = (msgspec.json.encode(entry) + b"\n" for entry in entries)
        with out.open("wb") as stream:
            stream.writelines(lines)
    say(f"{out} holds the audit {wanted.in_words()}".rstrip() + ".")


@contextmanager
def opened_desk(data: Path, desk: Path | None = None) -> Iterator[DeskFile]:
    """The desk file of a data folder, or another one.

    Raises:
        DeskError: when there is none.
    """
    path = desk or DataFolder(data).desk
    if not path.is_file():
        raise DeskError(f"There is no desk file {path}: name it with --desk, or its folder with --data.")
    with closing(DeskFile(path)) as file:
        yield file


def note_here(file: DeskFile, action: str, subject: str, reason: str = "", who: str = "") -> None:
    """Enter what is done on the command line, by ``who`` or else the machine's user.

    Raises:
        AuditUnwritable: when it cannot be entered; then it is not done.
    """
    AuditChain(file).write(who or getpass.getuser(), COMMAND_LINE, action, subject, reason=reason)


def filter_of(
    who: str, action: str, case: str, since: datetime | None, until: datetime | None, plate: str = ""
) -> AuditFilter:
    """The filter that the options ask for; times are UTC, ``plate`` is a keyed digest."""
    since_ns = nanoseconds(since) if since else None
    return AuditFilter(who, action, case, since_ns, nanoseconds(until) if until else None, plate)


def digest_here(data: Path, plate: str) -> str:
    """The digest under which searches for a plate are kept in a data folder.

    Raises:
        DeskError: when its key is not there.
    """
    folder = DataFolder(data).keys
    if not PlateDigests.exist(folder):
        raise DeskError(f"No plate was ever searched for in {data}: {folder} has no key of plates' digests.")
    return PlateDigests.load(folder).of(plate)


def _archive(named: Path | None, beside: Path) -> KeyArchive | None:
    """The archive that was named, or the one beside the desk file where there is one."""
    return load_archive(named or beside) if named or beside.exists() else None


def _counted(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
