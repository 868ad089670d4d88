"""The same migrations on a cluster: what a statement for one server looks like for several.

``ON CLUSTER`` goes into every statement that makes or changes something, and ``Replicated`` before the engine
of every table. A table keeps its name, and every server has all of its rows: replicas of one shard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs

from enforcement.errors import StoreError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_IDENTIFIER = r"(?:`[^`]+`|\w+)(?:\.(?:`[^`]+`|\w+))?"
# The head of a statement up to the name of what it makes or changes.
_HEAD = re.compile(
    rf"""^\s*(?:--[^\n]*\n\s*)*
    (?:CREATE\s+(?:OR\s+REPLACE\s+)?(?:MATERIALIZED\s+VIEW|VIEW|TABLE|DATABASE)\s+(?:IF\s+NOT\s+EXISTS\s+)?
      |CREATE\s+(?:ROLE|ROW\s+POLICY|QUOTA|SETTINGS\s+PROFILE)\s+(?:IF\s+NOT\s+EXISTS\s+|OR\s+REPLACE\s+)?
      |ALTER\s+TABLE\s+
      |(?:DROP|TRUNCATE)\s+(?:TABLE|VIEW|DATABASE)\s+(?:IF\s+EXISTS\s+)?
      |OPTIMIZE\s+TABLE\s+)
    {_IDENTIFIER}""",
    re.IGNORECASE | re.VERBOSE,
)
_GRANT = re.compile(r"^\s*(?:--[^\n]*\n\s*)*GRANT\b", re.IGNORECASE)
_CREATES_TABLE = re.compile(r"^\s*(?:--[^\n]*\n\s*)*CREATE\s+TABLE\b", re.IGNORECASE)
_ENGINE = re.compile(r"^(\s*ENGINE\s*=\s*)(\w*MergeTree)\b(\s*\(([^)]*)\))?", re.IGNORECASE | re.MULTILINE)
#: Where Keeper has a table, and which of its replicas a server is: the server's own macros fill them in.
_PLACE = "'/clickhouse/tables/{uuid}/{shard}', '{replica}'"


@dataclass(frozen=True)
class Cluster:
    """A cluster's ``name`` as in the servers' ``remote_servers``; ``replicated``: tables copy themselves."""

    name: str
    replicated: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise StoreError(
                f"{self.name!r} is no name of a cluster; use the one in the servers' remote_servers."
            )


def cluster_of(query: str) -> Cluster | None:
    """The cluster that the query of a store's address names (``cluster=NAME&replicated=1``), if any.

    Raises:
        StoreError: for anything else in it.
    """
    asked = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    name, replicated = asked.pop("cluster", None), asked.pop("replicated", None)
    if asked or replicated not in (None, "0", "1") or (replicated and name is None):
        raise StoreError(
            "a store's address takes ?cluster=NAME and with it &replicated=1 or 0, nothing else; correct it."
        )
    return None if name is None else Cluster(name, replicated == "1")


def for_cluster(statement: str, cluster: Cluster | None) -> str:
    """``statement`` as the cluster needs it; as it is where there is none, or where it only moves rows."""
    if cluster is None:
        return statement
    head = _HEAD.match(statement) or _GRANT.match(statement)
    if head is None:
        return statement
    text = f"{head.group()} ON CLUSTER '{cluster.name}'{statement[head.end() :]}"
    if cluster.replicated and _CREATES_TABLE.match(statement):
        text = _ENGINE.sub(_replicated, text)
    return text


def _replicated(engine: re.Match[str]) -> str:
    intro, name, _, arguments = engine.groups()
    if name.startswith("Replicated"):
        return engine.group()
    return f"{intro}Replicated{name}({', '.join(filter(None, [_PLACE, (arguments or '').strip()]))})"
