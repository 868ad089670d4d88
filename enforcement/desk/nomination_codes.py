"""The numbers and codes of letters to keepers: digits only, since a keyboard of any language has them."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

NUMBER_DIGITS, CODE_DIGITS = 10, 12
#: So costly is one try, about 50 ms: who holds the file needs millennia for one of a million million codes.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_SALT_BYTES, _HASH_BYTES, _TOKEN_BYTES = 16, 32, 32


def new_number() -> str:
    """The number of a new letter; it is no secret, and says nothing about case or keeper."""
    return _digits(NUMBER_DIGITS)


def new_code() -> str:
    """A one-time code."""
    return _digits(CODE_DIGITS)


def new_salt() -> bytes:
    """What makes the hashes of equal codes differ."""
    return secrets.token_bytes(_SALT_BYTES)


def new_token() -> str:
    """What a browser holds while its keeper answers."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hash_of(code: str, salt: bytes) -> bytes:
    """A code as it is kept."""
    return hashlib.scrypt(
        code.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=2**26, dklen=_HASH_BYTES
    )


def is_code(code: str, salt: bytes, kept: bytes) -> bool:
    """Whether ``code`` is the one that was kept as ``kept``."""
    return hmac.compare_digest(hash_of(code, salt), kept)


def hash_of_token(token: str) -> bytes:
    """A token as it is kept; it is long and random, so that a quick hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def as_typed(text: str) -> str:
    """What somebody typed, without the spaces and hyphens between groups of digits.

    >>> as_typed(" 1234-5678 90 ")
    '1234567890'
    """
    return re.sub(r"[\s-]", "", text)


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))
