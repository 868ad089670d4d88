"""What a person does to the data folder itself: import the register, make keys, open a sealed original."""

from __future__ import annotations

from pathlib import Path

from enforcement.register import ImportReport, import_register
from enforcement.unsealing import open_original
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
    """Open one original for an officer; who, what and why are in the store before the picture is on disk."""
    if not out.parent.is_dir() or out.is_dir():
        # Said before the seal is broken: an access is not logged for a picture that nobody gets to see.
        raise PictureNotWritable(f"{out} cannot be written: name a file in a folder that exists with --out.")
    with premises.open_store() as store:
        picture = open_original(
            store,
            premises.open_evidence(),
            SealingKeys(premises.folder.keys).private,
            digest,
            officer,
            reason,
        )
    out.write_bytes(picture)
    say(f"Opened {digest[:12]}… into {out}; the access is logged.")
