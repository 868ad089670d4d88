"""One entry of the audit, and the digest that ties it to all entries before it."""

from __future__ import annotations

import hashlib

import msgspec

#: What the first entry names as the digest before it.
NONE_BEFORE = "0" * 64
#: The fields in the order in which files and tables hold them.
FIELDS = ("sequence", "at_ns", "who", "role", "action", "subject", "purpose", "reason", "previous", "digest")

# Keeps these digests apart from every other use of SHA-256.
_WORD = b"roadwitness-audit-entry-1"


class AuditEntry(msgspec.Struct, frozen=True):
    """Who did what to what, when and why.

    ``sequence`` counts from 1; ``at_ns`` is UTC; ``who`` is an account's name and ``role`` its roles, joined
    by commas; ``action`` is a short past tense; ``subject`` says of what, and begins with a case's id where
    it is about a case; ``purpose`` is one of a list where the action needs one, ``reason`` is in a person's
    own words. ``previous`` and ``digest`` are SHA-256 in hexadecimal.
    """

    sequence: int
    at_ns: int
    who: str
    role: str
    action: str
    subject: str
    purpose: str
    reason: str
    previous: str
    digest: str


def digest_of(sequence: int, at_ns: int, *words: str) -> str:
    """The digest of an entry, 64 hexadecimal digits; ``words`` are its texts from ``who`` to ``previous``.

    Each field is preceded by its length in eight bytes, so that no two lists of fields give the same bytes.
    """
    hashed = hashlib.sha256()
    for field in (_WORD, _number(sequence), _number(at_ns), *(word.encode() for word in words)):
        hashed.update(_number(len(field)) + field)
    return hashed.hexdigest()


def is_whole(entry: AuditEntry) -> bool:
    """Whether the entry's digest is that of its fields."""
    return entry.digest == digest_of(*msgspec.structs.astuple(entry)[:-1])


def _number(value: int) -> bytes:
    return value.to_bytes(8, "big", signed=True)
