"""What stands beside a record decides whether this program may try to read it."""

from __future__ import annotations

import pytest

from streams.schema_header import CONTENT, OURS, SCHEMA, Headers, completed, unreadable


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ((), None),
        (OURS, None),
        (((SCHEMA, b"1.0"),), None),
        (((SCHEMA, b"1.999"), (CONTENT, b"application/json")), None),
        (((SCHEMA, b"2.0"),), "it follows schema 2.0 and this program knows 1.x"),
        (((SCHEMA, b"10"),), "it follows schema 10 and"),
        (((SCHEMA, b"new"),), "'new' is no version"),
        (((SCHEMA, b"\xff"),), "is no version"),
        (((CONTENT, b"application/x-protobuf"),), "its content is application/x-protobuf"),
        (((SCHEMA, b"1.2"), ("traceparent", b"00-1")), None),
    ],
)
def test_a_later_major_version_is_not_read(headers: Headers, reason: str | None) -> None:
    said = unreadable(headers)
    assert said == reason if reason is None else said is not None and reason in said


def test_what_a_record_says_itself_is_left_as_it_is() -> None:
    assert completed(()) == OURS
    assert dict(completed(((SCHEMA, b"9.1"),))) == {**dict(OURS), SCHEMA: b"9.1"}
