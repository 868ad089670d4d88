"""What the centre countersigns the units' statements with. Loads no detectors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from enforcement.casefile.own_keys import CENTRE, centre_signer, software
from enforcement.casefile.time_stamps import TimeStamper, load_roots
from enforcement.receiving import Receiving
from enforcement.store import Store
from streams.key_archive import ARCHIVE_NAME, load_archive
from streams.signing import SigningError, load_signer


def own_receiving(store: Store, folder: Path) -> Receiving:
    """Countersigns with the centre's key of a folder of keys, against its archive."""
    return Receiving(
        store, centre_signer(folder), software(), archive=partial(load_archive, folder / ARCHIVE_NAME)
    )


@dataclass(frozen=True)
class Countersigning:
    """What a worker countersigns with; without ``key`` it does not.

    ``archive`` has the units' public keys; ``authority`` is the address of a time-stamp authority, and
    ``authority_certificate`` the file with its certificates (PEM).
    """

    key: Path | None = None
    archive: Path | None = None
    authority: str | None = None
    authority_certificate: Path | None = None

    def receiving(self, store: Store) -> Receiving | None:
        """The desk for statements; None where nothing is countersigned.

        Raises:
            SigningError: when the key or the archive cannot be used, or the key is not the centre's.
            TimeStampSettingsError: when the authority's address or certificate cannot be used.
        """
        if self.key is None:
            if self.authority is not None:
                raise SigningError("A time-stamp is of a countersignature: give --countersign-with too.")
            return None
        signer, archive = load_signer(self.key), self.archive
        if signer.owner != CENTRE:
            raise SigningError(f"{self.key} signs for {signer.owner}: countersign with a key of the centre.")
        stamper = None
        if self.authority is not None:
            certificate = self.authority_certificate
            stamper = TimeStamper(self.authority, load_roots(certificate) if certificate else ())
        if archive is None:
            return Receiving(store, signer, software(), stamper=stamper)
        load_archive(archive)  # said now rather than at the first statement
        return Receiving(store, signer, software(), archive=partial(load_archive, archive), stamper=stamper)
