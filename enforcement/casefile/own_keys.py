"""Who signs here: the signing keys of a folder of keys, and this software's name."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from enforcement.casefile.signed_by import CENTRE as CENTRE
from streams.key_archive import ARCHIVE_NAME, create_known_signer
from streams.signing import Signer, load_signer

#: What the centre's signing key is called in a folder of keys.
CENTRE_KEY = "centre.key"


def software() -> str:
    """This software's name and version, as statements and packages have it."""
    return f"roadwitness {version('roadwitness')}"


def signer_of(folder: Path, name: str, owner: str) -> Signer:
    """The signing key ``name`` of a folder of keys; it is made, and entered in the archive, on first use."""
    path, archive = folder / name, folder / ARCHIVE_NAME
    if path.exists():
        return load_signer(path)
    return create_known_signer(path, owner, archive)


def centre_signer(folder: Path) -> Signer:
    """The centre's signing key in a folder of keys; made on first use."""
    return signer_of(folder, CENTRE_KEY, CENTRE)
