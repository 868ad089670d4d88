"""Expands what Grafana and its ClickHouse data source put into a query, to ask a panel's without them.

Only what our panels use is known; anything else is refused, so that a typing error does not reach Grafana.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from streams.errors import RoadwitnessError

_ALL = "$__conditionalAll("
_MACRO = re.compile(r"\$__(\w+)(?:\(([^()]*)\))?")
_VARIABLE = re.compile(r"\$\{(\w+):(\w+)\}")


class MacroError(RoadwitnessError):
    """A panel's query uses a macro or variable that is unknown, or as Grafana would not expand it."""


@dataclass(frozen=True)
class Picked:
    """What a person picked on a dashboard: the time range, and the value of each variable (None: all).

    ``from_s`` and ``to_s`` are seconds since the epoch; ``interval_s`` is what a point of a graph stands for.
    """

    from_s: int
    to_s: int
    interval_s: int = 3600
    variables: Mapping[str, Sequence[str] | None] = field(default_factory=dict)


def expand(sql: str, picked: Picked) -> str:
    """``sql`` as ClickHouse gets it.

    Raises:
        MacroError: for what is not known here.
    """
    expanded = _MACRO.sub(lambda found: _macro(found, picked), _variables(_conditions(sql, picked), picked))
    if "$" in expanded:
        rest = expanded[expanded.index("$") :].split()[0]
        raise MacroError(
            f"'{rest}' is not known; write ${{name:singlequote}} or one of {', '.join(_MACROS)}."
        )
    return expanded


def _conditions(sql: str, picked: Picked) -> str:
    """``$__conditionalAll(condition, $name)`` as the condition, or as ``1=1`` where all are picked."""
    while _ALL in sql:
        start = sql.index(_ALL)
        end = _closing(sql, start + len(_ALL) - 1)
        condition, comma, name = sql[start + len(_ALL) : end].rpartition(",")
        name = name.strip()
        if not comma or not name.startswith("$") or name[1:] not in picked.variables:
            raise MacroError(f"'{sql[start : end + 1]}' names no variable; end it with ', $name)'.")
        everything = picked.variables[name[1:]] is None
        sql = sql[:start] + ("1=1" if everything else condition.strip()) + sql[end + 1 :]
    return sql


def _closing(sql: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[place], 0)
        if depth == 0:
            return place
    raise MacroError(f"a parenthesis of '{sql[opening - 16 : opening + 1]}' is not closed; close it.")


def _variables(sql: str, picked: Picked) -> str:
    def value(found: re.Match[str]) -> str:
        name, form = found.groups()
        if form != "singlequote" or picked.variables.get(name) is None:
            raise MacroError(
                f"'{found[0]}' cannot be expanded; write ${{{name}:singlequote}} inside $__conditionalAll."
            )
        return ",".join("'" + text.replace("'", "\\'") + "'" for text in picked.variables[name] or ())

    return _VARIABLE.sub(value, sql)


def _macro(found: re.Match[str], picked: Picked) -> str:
    name, argument = found[1], (found[2] or "").strip()
    if name not in _MACROS:
        raise MacroError(f"'{found[0]}' is not known; use one of {', '.join(_MACROS)}.")
    takes, write = _MACROS[name]
    if takes != bool(argument):
        raise MacroError(f"'{found[0]}' {'needs the name of a column' if takes else 'takes nothing'}.")
    return write(argument, picked)


#: Macro -> whether it takes a column, and what becomes of it.
_MACROS: Mapping[str, tuple[bool, Callable[[str, Picked], str]]] = {
    "fromTime": (False, lambda _, picked: f"toDateTime({picked.from_s})"),
    "toTime": (False, lambda _, picked: f"toDateTime({picked.to_s})"),
    "interval_s": (False, lambda _, picked: str(max(picked.interval_s, 1))),
    "timeFilter": (
        True,
        lambda column, picked: (
            f"{column} >= toDateTime({picked.from_s}) AND {column} <= toDateTime({picked.to_s})"
        ),
    ),
    "timeInterval": (
        True,
        lambda column, picked: (
            f"toStartOfInterval(toDateTime({column}), INTERVAL {max(picked.interval_s, 1)} second)"
        ),
    ),
}
