"""What was once written to the bus stays readable, and its published description is true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.encoding import UndecodableMessage, decode, encode
from streams.messages import SCHEMA_VERSION
from streams.schemas import MESSAGES, export
from streams.topics import Topic

GOLDEN = Path(__file__).parent / "golden"
COMMITTED = Path(__file__).parents[2] / "docs" / "schemas"

#: Written once by version N, never edited: ``<topic>-N`` has every field of it, ``<topic>-N-least`` what
#: must be.
GOLDEN_FILES = sorted(GOLDEN.glob("*.json"))


def topic_of(file: Path) -> Topic:
    return Topic(file.stem.removesuffix("-least").rpartition("-")[0])


def with_unknown_fields(value: Any) -> Any:
    """The same JSON with a field from the future in every object that has fixed fields."""
    if isinstance(value, list):
        return [with_unknown_fields(each) for each in value]
    if isinstance(value, dict):
        return {name: with_unknown_fields(each) for name, each in value.items()} | {"from_the_future": "?"}
    return value


def says_all_of(value: Any, written: Any) -> bool:
    """``value`` has what was ``written``, and perhaps more fields, with their defaults."""
    if isinstance(written, dict):
        return all(name in value and says_all_of(value[name], each) for name, each in written.items())
    return bool(value == written) if not isinstance(written, list) else all(map(says_all_of, value, written))


def test_every_message_has_a_golden_file_of_each_version() -> None:
    expected = {f"{topic.value}-{version}" for topic in MESSAGES for version in range(1, SCHEMA_VERSION + 1)}
    assert {file.stem.removesuffix("-least") for file in GOLDEN_FILES} == expected


@pytest.mark.parametrize("file", GOLDEN_FILES, ids=lambda file: file.stem)
def test_todays_reader_understands_what_was_written(file: Path) -> None:
    content = file.read_bytes()
    again = json.loads(encode(decode(content, MESSAGES[topic_of(file)])))
    assert says_all_of(again, json.loads(content))


@pytest.mark.parametrize(
    "file", [f for f in GOLDEN_FILES if f.stem.endswith(f"-{SCHEMA_VERSION}")], ids=lambda file: file.stem
)
def test_a_full_message_is_written_today_as_it_was(file: Path) -> None:
    content = file.read_bytes()
    assert json.loads(encode(decode(content, MESSAGES[topic_of(file)]))) == json.loads(content)


@pytest.mark.parametrize("file", GOLDEN_FILES, ids=lambda file: file.stem)
def test_fields_from_the_future_are_ignored(file: Path) -> None:
    kind = MESSAGES[topic_of(file)]
    content = json.loads(file.read_bytes())
    future = with_unknown_fields(content)
    if "models" in future:  # a mapping, whose names are content
        future["models"] = content["models"]
    assert decode(json.dumps(future).encode(), kind) == decode(file.read_bytes(), kind)


@pytest.mark.parametrize("file", GOLDEN_FILES, ids=lambda file: file.stem)
def test_a_missing_field_is_named(file: Path) -> None:
    content = json.loads(file.read_bytes())
    missing = next(iter(content))
    del content[missing]
    with pytest.raises(UndecodableMessage, match=f"missing required field `{missing}`"):
        decode(json.dumps(content).encode(), MESSAGES[topic_of(file)])


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"passage_id": 1}'])
def test_what_is_no_message_is_refused(content: bytes) -> None:
    with pytest.raises(UndecodableMessage, match="not a Passage"):
        decode(content, MESSAGES[Topic.PASSAGES])


def test_the_committed_schemas_are_those_of_the_code(tmp_path: Path) -> None:
    fresh = {file.name: file.read_text() for file in export(tmp_path)}
    committed = {file.name: file.read_text() for file in COMMITTED.glob("*.json")}
    assert committed == fresh, "run: python -m streams.schemas docs/schemas"


@pytest.mark.parametrize("topic", MESSAGES, ids=lambda topic: topic.value)
def test_a_schema_describes_every_field(topic: Topic) -> None:
    described = json.loads((COMMITTED / f"{topic.value}.json").read_text())["$defs"][MESSAGES[topic].__name__]
    assert set(described["properties"]) == {field.name for field in msgspec.structs.fields(MESSAGES[topic])}
