"""What every record says of its content beside it: which schema it follows, and how it is encoded.

A reader looks at this first. What a later major version wrote it must not try to read: the fields may be
there and mean something else.
"""

from __future__ import annotations

from streams.messages import SCHEMA_MAJOR, SCHEMA_VERSION

#: Names and values beside a record, in order; a name may come twice.
Headers = tuple[tuple[str, bytes], ...]

SCHEMA = "schema-version"
CONTENT = "content-type"
_JSON = b"application/json"

#: What this program writes: ``schema-version`` is MAJOR.VERSION.
OURS: Headers = ((SCHEMA, f"{SCHEMA_MAJOR}.{SCHEMA_VERSION}".encode()), (CONTENT, _JSON))


def completed(headers: Headers) -> Headers:
    """``headers`` with ours added where they do not say it themselves, as a letter sent back does."""
    if not headers:
        return OURS
    named = {name for name, _ in headers}
    return headers + tuple(own for own in OURS if own[0] not in named)


def unreadable(headers: Headers) -> str | None:
    """Why a record with ``headers`` must not be decoded by this program, in one sentence, or None.

    A record that says nothing is read: programs before the first header wrote what this one understands.
    """
    if headers == OURS:
        return None
    said = dict(headers)
    schema, content = said.get(SCHEMA), said.get(CONTENT, _JSON)
    if content != _JSON:
        return f"its content is {_text(content)} and this program reads {_text(_JSON)}; update this program."
    if schema is None:
        return None
    major, _, _ = _text(schema).partition(".")
    if not (major.isascii() and major.isdigit()):
        return f"its schema version '{_text(schema)}' is no version; send it again with a right header."
    if int(major) > SCHEMA_MAJOR:
        return (
            f"it follows schema {_text(schema)} and this program knows {SCHEMA_MAJOR}.x; update this program"
            " and send the letter back."
        )
    return None


def _text(value: bytes) -> str:
    return value[:80].decode("utf-8", errors="replace")
