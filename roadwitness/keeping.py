"""What a person does to the data folder itself: import the register, make keys, open a sealed original."""

from __future__ import annotations

from pathlib import Path

from enforcement.evidence import EvidenceFolder
from enforcement.register import import_register
from enforcement.store import Store
from enforcement.unsealing import open_original
from roadwitness.data_folder import DataFolder
from roadwitness.progress import console
from streams.sealing import PublicKey, SealingKeys


def public_key(folder: Path) -> PublicKey:
    """The key that originals are sealed to; a pair is made on first use."""
    keys = SealingKeys(folder)
    if not keys.exist:
        keys = SealingKeys.create(folder)
    return keys.public


def import_keepers(csv: Path, data: Path) -> None:
    """Import a register and say how many plates it brought."""
    folder = DataFolder.open(data)
    store = Store.embedded(folder.store)
    try:
        store.migrate()
        report = import_register(store, csv)
    finally:
        store.close()
    console.print(f"Imported {report.imported} plates from {csv}.")


def open_sealed_original(data: Path, digest: str, out: Path, officer: str, reason: str) -> None:
    """Open one original for an officer; who, what and why are in the store before the picture is on disk."""
    folder = DataFolder.open(data)
    store = Store.embedded(folder.store)
    try:
        store.migrate()
        picture = open_original(
            store,
            EvidenceFolder(folder.evidence),
            SealingKeys(folder.keys).private,
            digest,
            officer,
            reason,
        )
    finally:
        store.close()
    out.write_bytes(picture)
    console.print(f"Opened {digest[:12]}… into {out}; the access is logged.")
