"""Reading a policy's tables strictly, with errors that a person can act on."""

from __future__ import annotations

import difflib
import re
import typing
from typing import Any, TypeVar

import msgspec

from enforcement.errors import PolicyError

T = TypeVar("T", bound=msgspec.Struct)


def read_tables(content: dict[str, Any], kind: type[T]) -> T:
    """``content`` as a table of ``kind`` with all tables in it.

    Raises:
        PolicyError: naming the table, the field and what to do; for an unknown field the nearest known one.
    """
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise PolicyError(_explain(str(error), kind)) from error


def place_in_words(path: str) -> str:
    """A place in a file as people say it: ``sections[0].special[1]`` is ``sections 1.special 2``."""
    return re.sub(r"\[(\d+)\]", lambda number: f" {int(number[1]) + 1}", path)


def _explain(text: str, kind: type[msgspec.Struct]) -> str:
    message, _, place = text.partition(" - at `$")
    path = place.rstrip("`").lstrip(".")
    shown = place_in_words(path)
    within = f" in [{shown}]" if shown else ""
    unknown = re.search(r"unknown field `([^`]+)`", message)
    if unknown:
        fields = _table_at(kind, path).__struct_fields__
        near = difflib.get_close_matches(unknown.group(1), fields, n=1, cutoff=0.4)
        advice = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(fields)}."
        return f"the field '{unknown.group(1)}'{within} is unknown; {advice}"
    missing = re.search(r"missing required field `([^`]+)`", message)
    if missing:
        return f"the field '{missing.group(1)}'{within} is missing; add it."
    choice = re.search(r"[Ii]nvalid enum value '([^']*)'", message)
    if choice:
        return _explain_choice(choice.group(1), shown, _type_at(kind, path))
    return f"the field '{shown}' is wrong: {message[:1].lower()}{message[1:].replace('`', '')}; correct it."


def _explain_choice(value: str, shown: str, kind: Any) -> str:
    known = [str(choice) for choice in typing.get_args(kind)]
    near = difflib.get_close_matches(value, known, n=1, cutoff=0.4)
    advice = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known)}."
    return f"'{value}' in '{shown}' is unknown; {advice}"


def _table_at(kind: type[msgspec.Struct], path: str) -> type[msgspec.Struct]:
    table: type[msgspec.Struct] = _type_at(kind, path)
    return table


def _type_at(kind: Any, path: str) -> Any:
    """The type of what stands at a path of msgspec's, such as ``sections[0].special[1].scope``."""
    for part in re.findall(r"[^.\[\]]+", path):
        kind = typing.get_args(kind)[0] if part.isdigit() else _field(kind, part)
    return kind


def _field(table: type[msgspec.Struct], name: str) -> Any:
    kind = typing.get_type_hints(table)[name]
    # Of ``Speeding | None`` the table is what was written.
    options = [option for option in typing.get_args(kind) if option is not type(None)]
    return options[0] if type(None) in typing.get_args(kind) else kind
