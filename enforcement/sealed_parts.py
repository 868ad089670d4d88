"""A sealed original at rest: the box's own key in one place, the rest in another, both under its digest."""

from __future__ import annotations

import hashlib

from enforcement.errors import EvidenceMissing


def whole_box(digest: str, key: bytes, rest: bytes) -> bytes:
    """The box again; ``key`` is empty where there is none, and zeros while it is being destroyed.

    Whether the box has its digest is for the caller to check, as with any other piece.

    Raises:
        EvidenceMissing: when the key was destroyed.
    """
    box = key + rest
    # Earlier versions kept boxes whole, and no key beside them.
    if not any(key) and hashlib.sha256(box).hexdigest() != digest:
        raise EvidenceMissing(
            f"evidence {digest[:12]}… was erased: its key is destroyed, so nobody can open what is left."
        )
    return box
