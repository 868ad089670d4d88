"""The archive of public keys: every key that ever signed, with its owner, its time, and its revocation.

One JSON file, to be kept apart from the machines whose keys it lists: what a court checks a case against.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

from streams.signing import PublicSigningKey, Signer, SigningError, create_signer, key_id_of

#: What the archive is called in a folder of keys.
ARCHIVE_NAME = "public-keys.json"


class KeyArchive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All public keys, oldest first. Entries are never removed."""

    keys: tuple[PublicSigningKey, ...] = ()

    def find(self, key_id: str) -> PublicSigningKey | None:
        """The entry of that id."""
        return next((entry for entry in self.keys if entry.key_id == key_id), None)

    def with_key(self, entry: PublicSigningKey) -> KeyArchive:
        """This archive with one more key; the owner's key before it ends where the new one begins.

        Raises:
            SigningError: when the key is there already, or its id is not its own.
        """
        if self.find(entry.key_id) is not None:
            raise SigningError(f"The key {entry.key_id} is in the archive already.")
        if key_id_of(bytes.fromhex(entry.public_key)) != entry.key_id:
            raise SigningError(f"The id {entry.key_id} is not that of its key: export the key again.")
        ended = tuple(
            msgspec.structs.replace(old, valid_until_ns=entry.valid_from_ns)
            if old.owner == entry.owner and old.counts_at(entry.valid_from_ns)
            else old
            for old in self.keys
        )
        return KeyArchive((*ended, entry))

    def with_revoked(self, key_id: str, at_ns: int, because: str) -> KeyArchive:
        """This archive with a key whose signatures no longer count from ``at_ns`` on.

        Raises:
            SigningError: when there is no such key, it is revoked already, or no reason is given.
        """
        entry = self.find(key_id)
        if entry is None:
            raise SigningError(f"The archive has no key {key_id}: `roadwitness keys list` shows them.")
        if entry.revoked_at_ns is not None:
            raise SigningError(f"The key {key_id} is revoked already ({entry.revoked_because}).")
        if not because.strip():
            raise SigningError("A key is revoked for a reason: give it, it is kept in the archive.")
        revoked = msgspec.structs.replace(entry, revoked_at_ns=at_ns, revoked_because=because.strip())
        return KeyArchive(tuple(revoked if old is entry else old for old in self.keys))


def load_archive(path: Path) -> KeyArchive:
    """The archive in the file ``path``.

    Raises:
        SigningError: when there is none, or it is something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=KeyArchive)
    except OSError as error:
        raise SigningError(f"The key archive {path} cannot be read ({error.strerror}): check it.") from error
    except msgspec.MsgspecError as error:
        raise SigningError(f"{path} is not a key archive ({error}): restore it from its copy.") from error


def save_archive(path: Path, archive: KeyArchive) -> None:
    """Write the archive: the old file or the new one is there, never a part of it."""
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(archive), indent=2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise SigningError(
            f"The key archive {path} cannot be written ({error.strerror}): name another place."
        ) from error


def create_known_signer(path: Path, owner: str, archive_path: Path) -> Signer:
    """Make a private key in the file ``path``, and enter its public half, valid from now on.

    The archive is made if it is not there; one that cannot be read is said before a key is made.

    Raises:
        SigningError: as :func:`load_archive`, :func:`create_signer` and :func:`save_archive` do.
    """
    known = load_archive(archive_path) if archive_path.exists() else KeyArchive()
    signer = create_signer(path, owner)
    save_archive(archive_path, known.with_key(signer.public(time.time_ns())))
    return signer
