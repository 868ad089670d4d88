"""Encrypts what the desk's file must be able to give back: a copy of that file alone gives nobody's codes."""

from __future__ import annotations

import os
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random

from enforcement.errors import DeskError

_NAME = "desk.key"


class Secrets:
    """Encrypts and decrypts under a key that lies in a folder of its own, readable for its owner alone."""

    def __init__(self, folder: Path | None) -> None:
        """Use the key in ``folder``; it is made if there is none.

        Raises:
            DeskError: without a folder, or when the key in it cannot be used.
        """
        if folder is None:
            raise DeskError(
                "This desk has no folder for keys, so that no second factor can be kept: name one."
            )
        self._box = SecretBox(_key_in(folder))

    def seal(self, secret: str) -> bytes:
        """What is kept of a secret."""
        return bytes(self._box.encrypt(secret.encode()))

    def open(self, sealed: bytes) -> str:
        """The secret again.

        Raises:
            DeskError: when it was sealed under another key, or changed.
        """
        try:
            return self._box.decrypt(sealed).decode()
        except CryptoError as error:
            raise DeskError(
                f"A second factor cannot be read with the key {_NAME}: restore the key that belongs to this "
                "desk, or let `roadwitness accounts reset` set up new ones."
            ) from error


def _key_in(folder: Path) -> bytes:
    path = folder / _NAME
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise DeskError(
            f"The key {path} cannot be used ({error.strerror}): give this user the right to it."
        ) from error
    if len(key) != SecretBox.KEY_SIZE:
        raise DeskError(f"The key {path} is not whole: restore it, or move it away and reset second factors.")
    return key


def _make(path: Path) -> None:
    # Several processes may start at once: each writes a whole key, and only the first gets its name.
    part = path.with_name(f".{path.name}.{os.getpid()}")
    made = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(made, "wb") as file:
        file.write(random(SecretBox.KEY_SIZE))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(part)
    except FileExistsError:
        pass
    finally:
        part.unlink()
