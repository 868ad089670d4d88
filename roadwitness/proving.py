"""``roadwitness verify`` and ``roadwitness keys``: checking case packages, looking after signing keys."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from rich.table import Table

import enforcement.casefile
from dashboards.formatting import utc_text
from enforcement.casefile.chain import chain_faults
from enforcement.casefile.time_stamps import load_roots
from enforcement.casefile.tombstones import ErasedLink, read_links
from enforcement.casefile.verifying import Verdict, verify_package
from enforcement.errors import CaseFileError
from roadwitness.progress import results, say
from streams.key_archive import create_known_signer, load_archive, save_archive
from streams.signing import SigningError

_OWNER = re.compile(r"centre|unit:\S+")


def verify_files(
    packages: list[Path], archive_file: Path | None, authority: Path | None, tombstones: Path | None = None
) -> None:
    """Check each package, those of a folder too, then the chain among them, and print what they are.

    ``authority`` has the certificates of the time-stamp authority (PEM); ``tombstones`` what is left of cases
    that were erased (JSON lines), which then are no gaps.

    Raises:
        CaseFileError: for the first package that does not hold, or where two contradict each other.
    """
    archive = load_archive(archive_file) if archive_file else None
    roots = load_roots(authority) if authority else ()
    verdicts: list[Verdict] = []
    for path in _all(packages):
        try:
            verdicts.append(verify_package(_read(path), archive, roots))
        except CaseFileError as error:
            raise CaseFileError(f"{path}: {error}") from error
        results.print(f"{path}: holds", soft_wrap=True)
        for line in _in_words(verdicts[-1]):
            results.print(f"  {line}", soft_wrap=True)
    erased = _links(tombstones) if tombstones else []
    faults = chain_faults([*verdicts, *erased])
    for link in erased:
        say(f"camera {link.camera_id}, statement {link.sequence}: its case {link.case_id} was erased.")
    for fault in faults:
        if not fault.is_wrong:
            say(fault.sentence, "yellow")
    if wrong := [fault.sentence for fault in faults if fault.is_wrong]:
        raise CaseFileError(" ".join(wrong))
    if archive is None:
        say(
            "The keys were taken from the packages themselves: that they are the authority's is shown by "
            "--keys with its archive, or by comparing the key ids above with those it publishes.",
            "yellow",
        )


def save_page(out: Path) -> None:
    """Write the single-file page that checks a package in a browser, without a network."""
    shutil.copyfile(Path(enforcement.casefile.__file__).with_name("verify.html"), out)
    say(f"{out} checks packages in any current browser, offline.")


def create_key(path: Path, owner: str, archive_file: Path) -> None:
    """Make a private key and enter its public half into the archive, which is made if it is not there."""
    if not _OWNER.fullmatch(owner):
        raise SigningError(f"The owner is {owner!r}: write centre, or unit: and the camera's id.")
    signer = create_known_signer(path, owner, archive_file)
    say(f"{path} signs for {owner} with the key {signer.key_id}; its public half is in {archive_file}.")
    say("Keep copies of the archive apart from this machine; the private key never leaves it.")


def revoke_key(key_id: str, reason: str, archive_file: Path) -> None:
    """From now on the key's signatures do not count."""
    save_archive(archive_file, load_archive(archive_file).with_revoked(key_id, time.time_ns(), reason))
    say(f"Signatures of {key_id} made from now on do not count.")


def list_keys(archive_file: Path) -> None:
    """Print the archive as a table."""
    table = Table("key", "owner", "from", "until", "revoked")
    for entry in load_archive(archive_file).keys:
        revoked = (
            "" if entry.revoked_at_ns is None else f"{utc_text(entry.revoked_at_ns)}: {entry.revoked_because}"
        )
        until = "" if entry.valid_until_ns is None else utc_text(entry.valid_until_ns)
        table.add_row(entry.key_id, entry.owner, utc_text(entry.valid_from_ns), until, revoked)
    results.print(table)


def _all(packages: list[Path]) -> Iterator[Path]:
    for path in packages:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(path.glob("*.zip"))
        if not inside:
            raise CaseFileError(f"{path} has no case package (*.zip) in it; name another folder.")
        yield from inside


def _links(path: Path) -> list[ErasedLink]:
    try:
        return read_links(_read(path).splitlines())
    except CaseFileError as error:
        raise CaseFileError(f"{path}: {error}") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CaseFileError(f"it cannot be read ({error.strerror}); check its name.") from error


def _in_words(verdict: Verdict) -> list[str]:
    received = "not countersigned when it came"
    if verdict.received_at_ns is not None:
        received = f"received and countersigned {utc_text(verdict.received_at_ns)}"
    lines = [
        f"case {verdict.case_id}, written {utc_text(verdict.written_at_ns)}, "
        f"{verdict.files} pieces of evidence",
        f"camera {verdict.camera_id}, statement {verdict.sequence}, signed {utc_text(verdict.signed_at_ns)}, "
        f"{received}",
        f"signed by {verdict.unit_key.owner} ({verdict.unit_key.key_id}), "
        f"packed by the centre ({verdict.centre_key.key_id})",
    ]
    if verdict.time_stamp is not None:
        unchecked = "" if verdict.time_stamp.is_checked else " (--authority tells by whom)"
        lines.append(f"time-stamped {utc_text(verdict.time_stamp.at_ns)}{unchecked}")
    return lines
