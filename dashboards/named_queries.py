"""Questions that analysts ask again and again: SQL files with parameters, which run by their name.

A file begins with a comment: the question, then a table of its parameters (``name = default   what it is``)
and one of its columns (``name   what it is``). A parameter stands in the SQL as ``{name:Type}``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from streams.errors import RoadwitnessError

_FOLDER = Path(__file__).parent / "queries"
_PLACEHOLDER = re.compile(r"\{(\w+):([^}]+)\}")
_ROW = re.compile(r"(\w+)(?: = (.*?))?(?: {2,}(\S.*))?")
_MOMENT = re.compile(r"now(?: ?- ?(\d+) ?(hours?|days?|weeks?))?")


class QuestionError(RoadwitnessError):
    """A named query is not there, is not written as it should be, or cannot take what it was given."""


@dataclass(frozen=True)
class Parameter:
    """What can be asked for: ``default`` is an example too, and what holds where nothing is given."""

    name: str
    type: str
    default: str
    about: str


@dataclass(frozen=True)
class NamedQuery:
    """One question: its SQL, and what goes in and comes out."""

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, str]
    sql: str

    def bind(self, given: Mapping[str, str], now: datetime | None = None) -> dict[str, str]:
        """The value of every parameter as ClickHouse writes it; those not given have their defaults.

        A moment is an ISO 8601 date or time (UTC unless it says otherwise), or ``now - 28 days``.

        Raises:
            QuestionError: for a parameter that the query does not have, or a moment that is none.
        """
        known = {parameter.name for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise QuestionError(f"@{self.name} has no parameter '{name}'; it has {_listed(known)}.")
        now = now or datetime.now(UTC)
        return {
            parameter.name: _value(parameter, given.get(parameter.name, parameter.default), now)
            for parameter in self.parameters
        }


def names() -> list[str]:
    """The questions that come with Roadwitness, by name."""
    return sorted(path.stem for path in _FOLDER.glob("*.sql"))


def named_query(name: str) -> NamedQuery:
    """The question of this name; a name that ends in ``.sql`` is a file written in the same way.

    Raises:
        QuestionError: when there is none, or its file is not written as it should be.
    """
    if name.endswith(".sql"):
        path = Path(name)
    elif name in names():
        path = _FOLDER / f"{name}.sql"
    else:
        near = difflib.get_close_matches(name, names(), n=1)
        nearest = f"the nearest is '@{near[0]}', and " if near else ""
        raise QuestionError(f"there is no question '@{name}'; {nearest}`roadwitness sql --list` shows all.")
    try:
        return parse(path.stem, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"{path} cannot be read ({error}); name a .sql file in UTF-8.") from error


def parse(name: str, text: str) -> NamedQuery:
    """The question that ``text`` holds.

    Raises:
        QuestionError: when a parameter of the SQL is not in the table, or one of the table not in the SQL.
    """
    head: dict[str, list[str]] = {"Question": []}
    section = "Question"
    lines = text.splitlines()
    while lines and lines[0].startswith("--"):
        line = lines.pop(0)[2:].strip()
        if line in ("Parameters", "Columns"):
            section = line
            head[section] = []
        elif line:
            head[section].append(line)
    sql = "\n".join(lines).strip()
    types = dict(_PLACEHOLDER.findall(sql))
    rows = [_row(name, line) for line in head.get("Parameters", [])]
    described = [found[1] for found in rows]
    if set(described) != set(types):
        raise QuestionError(
            f"@{name} describes the parameters {_listed(described)} and uses {_listed(types)}; "
            "write one line '--   name = default   what it is' for each that it uses."
        )
    columns = [_row(name, line) for line in head.get("Columns", [])]
    return NamedQuery(
        name,
        " ".join(head["Question"]),
        tuple(
            Parameter(found[1], types[found[1]], _unquoted(found[2] or ""), found[3] or "") for found in rows
        ),
        {found[1]: found[3] or "" for found in columns},
        sql,
    )


def _row(name: str, line: str) -> re.Match[str]:
    found = _ROW.fullmatch(line)
    if found is None:
        raise QuestionError(
            f"@{name} has the line '{line}' in its head; write 'name = default   what it is'."
        )
    return found


def _value(parameter: Parameter, text: str, now: datetime) -> str:
    if not parameter.type.startswith("DateTime"):
        return text
    found = _MOMENT.fullmatch(text.strip())
    if found:
        unit = f"{(found[2] or 'hours').rstrip('s')}s"
        moment = now - timedelta(**{unit: int(found[1] or 0)})
    else:
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError as error:
            raise QuestionError(
                f"'{text}' is no moment for {parameter.name}; write 2026-05-01 or 'now - 28 days', say."
            ) from error
    return (
        (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        .astimezone(UTC)
        .strftime("%Y-%m-%d %H:%M:%S")
    )


def _unquoted(text: str) -> str:
    return "" if text == "''" else text


def _listed(found: Mapping[str, str] | set[str] | list[str]) -> str:
    return ", ".join(sorted(found)) or "none"
