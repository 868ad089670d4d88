"""Who signs in a cluster on this machine: each unit its statements, the centre its receipts of them; and to
which key the units seal originals.

Made as in the field: a private key lies where it is used, and the pages' archive knows every public half.
"""

from __future__ import annotations

from pathlib import Path

from enforcement.casefile.own_keys import CENTRE_KEY, centre_signer
from roadwitness.data_folder import DataFolder
from roadwitness.keeping import public_key
from roadwitness.site import load_site
from scripts.local_cluster.entrance import desk_of
from streams.key_archive import ARCHIVE_NAME, create_known_signer
from streams.sealing import SealingKeys


def archive_of(folder: Path) -> Path:
    """The archive of public keys of the cluster in ``folder``."""
    return _keys(folder) / ARCHIVE_NAME


def centre_key(folder: Path) -> Path:
    """The centre's signing key, made if it is not there; the pages sign with it, too."""
    centre_signer(_keys(folder))
    return _keys(folder) / CENTRE_KEY


def unit_key(folder: Path, number: int, site: Path) -> Path:
    """The signing key of a unit that watches by ``site``, made if it is not there."""
    path = folder / "units" / f"{number}" / "signing.key"
    if not path.exists():
        create_known_signer(path, f"unit:{load_site(site).file.camera.id}", archive_of(folder))
    return path


def sealing_key(folder: Path) -> Path:
    """The public half of the key that the pages open originals with, made if it is not there."""
    public_key(_keys(folder))
    return SealingKeys(_keys(folder)).public_path


def _keys(folder: Path) -> Path:
    return DataFolder.open(desk_of(folder)).keys
