"""A plate as the audit keeps it: by a keyed digest, so that the audit tells nobody which one it was."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from enforcement.errors import DeskError
from streams.key_files import write_new

_WORD = "roadwitness-plate-digests-1"
_NAME = "plate-digests.key"
_KEY_BYTES = 32
# 128 bits: enough that no two plates ever share them.
_DIGITS = 32


class PlateDigests:
    """Digests of plates under one key: there are so few plates that one without a key could be guessed."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def exist(cls, folder: Path) -> bool:
        """Whether a folder of keys has the key."""
        return (folder / _NAME).is_file()

    @classmethod
    def load(cls, folder: Path) -> PlateDigests:
        """With the key in a folder of keys, which is made on first use and readable by its owner alone.

        Raises:
            DeskError: when it cannot be read or made.
        """
        path = folder / _NAME
        try:
            if not path.exists():
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                with suppress(FileExistsError):  # another process was faster; its key counts
                    write_new(path, f"{_WORD} {secrets.token_bytes(_KEY_BYTES).hex()}\n", 0o600)
            word, _, text = path.read_text().strip().partition(" ")
            if word == _WORD and len(key := bytes.fromhex(text)) == _KEY_BYTES:
                return cls(key)
        except OSError as error:
            raise DeskError(
                f"The key of plates' digests {path} cannot be used ({error.strerror}): check the folder."
            ) from error
        except ValueError:  # not text, or not hexadecimal
            pass
        raise DeskError(f"{path} is not a key of plates' digests: restore it from its copy.")

    def of(self, plate: str) -> str:
        """The digest of a plate, however it is written ('ab-12 c' and 'AB12C' are one): 32 digits.

        A question mark for a character that is not known counts as one.
        """
        written = "".join(part for part in plate.upper() if part.isalnum() or part == "?")
        return hmac.new(self._key, written.encode(), hashlib.sha256).hexdigest()[:_DIGITS]
