"""Seals content to an authority's public key, so that the unit that sealed it cannot open it.

libsodium's sealed box through PyNaCl: X25519 with a one-time key for each content, XSalsa20 and Poly1305.
Whoever holds the public key can seal; the box does not authenticate who did.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nacl.encoding import Base64Encoder, RawEncoder
from nacl.exceptions import CryptoError
from nacl.hash import blake2b
from nacl.public import Box, PrivateKey, PublicKey, SealedBox

from streams.errors import RoadwitnessError
from streams.key_files import write_new

__all__ = [
    "KEY_BYTES",
    "CannotOpen",
    "KeyUnreadable",
    "KeysExist",
    "PrivateKey",
    "PublicKey",
    "SealingError",
    "SealingKeys",
    "load_private",
    "load_public",
    "open_sealed",
    "seal",
    "take_apart",
]

# The first word of a key file, so that one kind is never taken for the other.
_PRIVATE_WORD = "roadwitness-sealing-private-1"
_PUBLIC_WORD = "roadwitness-sealing-public-1"
#: So many bytes at the front of a box are the public half of its one-time key. Without them nobody can open
#: the rest, whatever other keys they have: destroying them erases the content in every copy of the rest.
KEY_BYTES = PublicKey.SIZE
# Keeps the hash that one-time keys come from apart from every other use of it.
_ONE_TIME_KEY = b"rw-one-time-key"


class SealingError(RoadwitnessError):
    """Something about sealing went wrong; the message says what to do."""


class KeysExist(SealingError):
    """The folder holds sealing keys already; a lost private key would lose every original sealed to it."""


class KeyUnreadable(SealingError):
    """A key file is not there, or is not the key that it should be."""


class CannotOpen(SealingError):
    """Sealed content does not open: another key sealed it, or it is damaged."""


@dataclass(frozen=True)
class SealingKeys:
    """The pair of keys in ``folder``. The private one belongs at the centre only, and in a safe copy."""

    folder: Path

    @property
    def private_path(self) -> Path:
        """Where the private key lies, or would."""
        return self.folder / "sealing-private.key"

    @property
    def public_path(self) -> Path:
        """Where the public key lies, or would; this file goes to every roadside unit."""
        return self.folder / "sealing-public.key"

    @property
    def exist(self) -> bool:
        """Both are there."""
        return self.private_path.exists() and self.public_path.exists()

    @property
    def private(self) -> PrivateKey:
        """The private key; raises ``KeyUnreadable``."""
        return load_private(self.private_path)

    @property
    def public(self) -> PublicKey:
        """The public key; raises ``KeyUnreadable``."""
        return load_public(self.public_path)

    @classmethod
    def create(cls, folder: Path) -> SealingKeys:
        """Make a new pair in ``folder``, which is made if it is not there.

        Only its owner can read the private key. If an earlier call was killed between the two files, the
        missing public key is written.

        Raises:
            KeysExist: when the folder holds a public key already; both are left as they are.
            SealingError: when the folder cannot be written.
        """
        keys = cls(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if keys.public_path.exists():
                raise FileExistsError
            if keys.private_path.exists():
                private = keys.private
            else:
                # The private key first: something sealed to a public key alone could never be opened.
                private = PrivateKey.generate()
                write_new(keys.private_path, f"{_PRIVATE_WORD} {_text(private)}\n", 0o600)
            write_new(keys.public_path, f"{_PUBLIC_WORD} {_text(private.public_key)}\n", 0o644)
        except FileExistsError as error:
            raise KeysExist(
                f"{folder} holds a sealing key already: use it, or name another folder."
            ) from error
        except OSError as error:
            raise SealingError(
                f"No keys can be written to {folder} ({error.strerror}): give another folder or its rights."
            ) from error
        return keys


def load_public(path: Path) -> PublicKey:
    """The public key in the file at ``path``.

    Raises:
        KeyUnreadable: when there is none, or it is something else.
    """
    return PublicKey(_load(path, _PUBLIC_WORD, "public"), encoder=Base64Encoder)


def load_private(path: Path) -> PrivateKey:
    """The private key in the file at ``path``.

    Raises:
        KeyUnreadable: when there is none, or it is something else.
    """
    return PrivateKey(_load(path, _PRIVATE_WORD, "private"), encoder=Base64Encoder)


def seal(content: bytes, public_key: PublicKey) -> bytes:
    """``content`` in a box that only the private key opens; 48 bytes longer, the same each time.

    The box is libsodium's sealed box (``crypto_box_seal``), whose one-time key here is derived from the
    content in place of drawn at random: a replayed passage then names the same evidence. What that gives
    away is only whether two boxes hold the same bytes, to one who has these bytes already.
    """
    secret = blake2b(bytes(public_key) + content, digest_size=32, person=_ONE_TIME_KEY, encoder=RawEncoder)
    one_time = PrivateKey(secret)
    ours, theirs = bytes(one_time.public_key), bytes(public_key)
    nonce = blake2b(ours + theirs, digest_size=24, encoder=RawEncoder)
    return ours + Box(one_time, public_key).encrypt(content, nonce).ciphertext


def take_apart(box: bytes) -> tuple[bytes, bytes]:
    """The box's own key (``KEY_BYTES``) and the rest; one after the other they are the box again."""
    return box[:KEY_BYTES], box[KEY_BYTES:]


def open_sealed(content: bytes, private_key: PrivateKey) -> bytes:
    """What was sealed.

    Raises:
        CannotOpen: when it was sealed to another key, or a byte of it has changed.
    """
    try:
        return bytes(SealedBox(private_key).decrypt(content))
    except CryptoError as error:
        raise CannotOpen(
            "The sealed content does not open: it was sealed to another key or is damaged: try its own key."
        ) from error


def _text(key: PrivateKey | PublicKey) -> str:
    return Base64Encoder.encode(bytes(key)).decode()


def _load(path: Path, word: str, kind: str) -> bytes:
    try:
        first, _, encoded = path.read_text().strip().partition(" ")
        if first == word and len(Base64Encoder.decode(encoded.encode())) == PrivateKey.SIZE:
            return encoded.encode()
    except OSError as error:
        raise KeyUnreadable(
            f"The {kind} sealing key {path} cannot be read ({error.strerror}): check its path."
        ) from error
    except ValueError:  # not text, or not base64
        pass
    raise KeyUnreadable(f"{path} is not a {kind} sealing key: give the file that ends in {kind}.key.")
