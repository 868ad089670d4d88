"""TOML files that people write, read strictly: a typing error is found, and said with the place it is at."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from streams.errors import RoadwitnessError


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table that may hold nothing but its own fields."""


Kind = TypeVar("Kind", bound=msgspec.Struct)
#: The tables of a file, by where they stand in it; "" is the file itself.
Tables = Mapping[str, type[msgspec.Struct]]


def read_toml(path: Path, what: str, error: type[RoadwitnessError]) -> dict[str, Any]:
    """The document in ``path``, which people call a ``what``.

    Raises:
        error: one sentence, when it is missing, not UTF-8 or no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise error(f"There is no {what} {path}: name an existing .toml file.") from None
    except (OSError, UnicodeDecodeError) as failed:
        raise error(f"The {what} {path} cannot be read ({failed}): name a TOML file in UTF-8.") from failed
    except tomllib.TOMLDecodeError as failed:
        raise error(f"The {what} {path} is not valid TOML: {failed}; correct the line.") from failed


def convert(
    document: dict[str, Any],
    kind: type[Kind],
    tables: Tables,
    path: Path,
    what: str,
    error: type[RoadwitnessError],
) -> Kind:
    """``document`` as a ``kind``.

    Raises:
        error: one sentence with the place in the file, and what was expected there.
    """
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as failed:
        raise error(f"The {what} {path} is wrong: {_explain(str(failed), tables)}") from failed


def nanoseconds(moment: datetime) -> int:
    """UTC nanoseconds since the epoch, to the microsecond; a time without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    since = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1_000


def _explain(text: str, tables: Tables) -> str:
    """msgspec's message in a user's words: the place first, then what to do about it."""
    message, _, place = text.partition(" - at `$")
    place = place.rstrip("`").lstrip(".")
    # msgspec counts the tables of a list from 0, people from 1.
    shown = re.sub(r"\[(\d+)\]", lambda number: f" {int(number[1]) + 1}", place)
    table = f"[{shown}] " if shown else ""
    unknown = re.search(r"unknown field `([^`]+)`", message)
    if unknown:
        known = tables[re.sub(r"\[\d+\]", "", place)].__struct_fields__
        near = difflib.get_close_matches(unknown.group(1), known, n=1)
        advice = f"did you mean `{near[0]}`?" if near else f"it may have {', '.join(known)}."
        return f"{table}`{unknown.group(1)}` is unknown; {advice}"
    missing = re.search(r"missing required field `([^`]+)`", message)
    if missing:
        return f"{table}`{missing.group(1)}` is missing; add it."
    return f"`{shown}` is wrong: {message[:1].lower()}{message[1:]}; correct it."
