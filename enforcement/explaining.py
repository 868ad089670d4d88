"""ClickHouse's errors as ours: one sentence each."""

from __future__ import annotations

import re

from enforcement.errors import NotReadOnly, QueryFailed, StoreError, StoreFull, StoreUnreachable

_READONLY = 164
_NO_SPACE = ("No space left on device", "NOT_ENOUGH_SPACE", "Cannot reserve")


def explain_engine(text: str, place: str, *, unreachable: bool = False) -> StoreError:
    """The error that ``text`` tells of; ``place`` names the store, ``unreachable``: no answer came at all."""
    if "Error initializing EmbeddedServer" in text:
        return StoreError(
            f"the store {place} cannot be opened; check that its folder can be written and its disk has room."
        )
    if "already initialized with path" in text:
        return StoreError(
            f"the store {place} cannot be opened while this process has another one open; close that first."
        )
    if any(sign in text for sign in _NO_SPACE):
        return StoreFull(
            f"the disk under {place} is full; free some space and start again, nothing stored was lost."
        )
    if unreachable or "AUTHENTICATION_FAILED" in text:
        return StoreUnreachable(
            f"the store at {place} cannot be reached ({_reason(text)}); check its address and user."
        )
    if error_code(text) == _READONLY:
        return NotReadOnly(
            "only reading is allowed here; ask with SELECT, SHOW, DESCRIBE or EXPLAIN, no SETTINGS."
        )
    return QueryFailed(one_line(text))


def _reason(text: str) -> str:
    """Why a server did not answer: the system's own words where an HTTP library wraps them in its own."""
    system = re.search(r"\[Errno -?\d+\] ([^\"')]+)", text)
    return system.group(1) if system else one_line(text)[:-1]


def error_code(text: str) -> int | None:
    """ClickHouse's number of an error, where its text has one."""
    found = re.search(r"[Cc]ode: (\d+)", text)
    return int(found.group(1)) if found else None


def one_line(text: str) -> str:
    """ClickHouse's message without prefixes, version and line breaks."""
    text = " ".join(text.split())
    text = re.sub(
        r"^Received ClickHouse exception, code: \d+, server response: | \(for url [^)]*\)\.?$", "", text
    )
    text = re.sub(r"^.*?(?:Code: \d+\. )?DB::Exception: (?:Code: \d+\. DB::Exception: )?", "", text)
    text = re.sub(r" \(version [^)]*\)(?: \([A-Z_]+\))?\.?", "", text)
    # All that could stand there instead is a list as long as a page.
    return re.sub(r" Expected one of: [^.]*", "", text).rstrip(". ") + "."
