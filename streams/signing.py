"""Signing keys of units and of the centre: Ed25519 through PyNaCl, and the archive of their public halves.

A private key never leaves its machine and is readable by its user alone. A key's id is the beginning of the
SHA-256 of its public half, so it cannot be given to another key.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import msgspec
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from streams.errors import RoadwitnessError
from streams.key_files import write_new

_PRIVATE_WORD = "roadwitness-signing-private-1"
# Of the many ways to write the same bytes in hexadecimal only ours counts.
_SIGNATURE = re.compile(r"[0-9a-f]{128}")


class SigningError(RoadwitnessError):
    """A signing key is missing, damaged, or exists already; the message says what to do."""


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signed, and the 64 bytes in hexadecimal."""

    key_id: str
    signature: str


class PublicSigningKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the archive: whose key it is and in which time its signatures count (UTC ns).

    ``owner`` is ``centre`` or ``unit:CAMERA``. A signature made at or after ``revoked_at_ns`` does not count.
    """

    key_id: str
    public_key: str
    owner: str
    valid_from_ns: int
    valid_until_ns: int | None = None
    revoked_at_ns: int | None = None
    revoked_because: str = ""

    def counts_at(self, at_ns: int) -> bool:
        """Whether a signature made at ``at_ns`` counts."""
        ends = [end for end in (self.valid_until_ns, self.revoked_at_ns) if end is not None]
        return self.valid_from_ns <= at_ns and all(at_ns < end for end in ends)


@dataclass(frozen=True)
class Signer:
    """A private key at work."""

    owner: str
    key: SigningKey

    @property
    def key_id(self) -> str:
        """The id of this key."""
        return key_id_of(bytes(self.key.verify_key))

    def sign(self, content: bytes) -> Signature:
        """The signature of exactly these bytes."""
        return Signature(self.key_id, self.key.sign(content).signature.hex())

    def public(self, valid_from_ns: int, valid_until_ns: int | None = None) -> PublicSigningKey:
        """The archive's entry of this key."""
        public = bytes(self.key.verify_key).hex()
        return PublicSigningKey(self.key_id, public, self.owner, valid_from_ns, valid_until_ns)


def key_id_of(public_key: bytes) -> str:
    """The id of a public key (32 bytes): 32 hexadecimal digits."""
    return hashlib.sha256(public_key).hexdigest()[:32]


def verifies(entry: PublicSigningKey, signature: Signature, content: bytes) -> bool:
    """Whether ``signature`` is by the key of ``entry``, of exactly these bytes, and written as here."""
    try:
        public = bytes.fromhex(entry.public_key)
        if key_id_of(public) != entry.key_id or signature.key_id != entry.key_id:
            return False
        if not _SIGNATURE.fullmatch(signature.signature):
            return False
        VerifyKey(public).verify(content, bytes.fromhex(signature.signature))
    except (ValueError, BadSignatureError):
        return False
    return True


def create_signer(path: Path, owner: str) -> Signer:
    """Make a new private key in the file ``path``, which only its user can read.

    Raises:
        SigningError: when there is a key already, or the file cannot be written.
    """
    key = SigningKey.generate()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_new(path, f"{_PRIVATE_WORD} {owner} {bytes(key).hex()}\n", 0o600)
    except FileExistsError as error:
        raise SigningError(f"{path} holds a signing key already: use it, or name another file.") from error
    except OSError as error:
        raise SigningError(
            f"No signing key can be written to {path} ({error.strerror}): name another place."
        ) from error
    return Signer(owner, key)


def load_signer(path: Path) -> Signer:
    """The private key in the file ``path``.

    Raises:
        SigningError: when there is none, it is something else, or others than its user can read it.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise SigningError(
                f"The signing key {path} can be read by others: `chmod 600` it, or better make a new one."
            )
        word, _, rest = path.read_text().strip().partition(" ")
        owner, _, secret = rest.rpartition(" ")
        if word == _PRIVATE_WORD:
            return Signer(owner, SigningKey(bytes.fromhex(secret)))
    except OSError as error:
        raise SigningError(f"The signing key {path} cannot be read ({error.strerror}): check it.") from error
    except ValueError:  # not text, not hexadecimal, not 32 bytes
        pass
    raise SigningError(f"{path} is not a signing key: make one with `roadwitness keys create`.")
