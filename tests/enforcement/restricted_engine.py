"""Asks a store as somebody who has certain grants: ``python -m … STORE < request`` (JSON in, JSON out).

The embedded engine cannot make roles: there is nowhere to write them. But it takes its one user from a file,
and that user's grants and row filters there are the very statements that a server would get.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from enforcement.roles import role_statements

#: The embedded engine's own `default` reaches into the file system, which nobody here may.
DATABASE = "traffic"

_GRANT = re.compile(r"GRANT\s+(?P<what>.*?)\s+TO\s+(?P<role>\w+)", re.DOTALL)
_POLICY = re.compile(r"ROW POLICY OR REPLACE \w+ ON (?P<table>\w+\.\w+) USING (?P<rows>.*) TO (?P<role>\w+)")


def grants_of(roles: Sequence[str], statements: Sequence[str]) -> list[str]:
    """What the statements grant to these roles, as one user would have it."""
    found = [_GRANT.fullmatch(_without_comments(each)) for each in statements]
    return [
        f"GRANT {' '.join(grant['what'].split())}"
        for grant in found
        if grant is not None and grant["role"].removeprefix("roadwitness_") in roles
    ]


def row_filters_of(roles: Sequence[str], statements: Sequence[str]) -> dict[str, str]:
    """The row filters of these roles, by table."""
    found = [_POLICY.search(each) for each in statements]
    return {
        policy["table"]: policy["rows"]
        for policy in found
        if policy is not None and policy["role"].removeprefix("roadwitness_") in roles
    }


def answers_as(
    store: Path, roles: Sequence[str], queries: Sequence[str], sites: dict[str, list[str]] | None = None
) -> list[list[Any] | str]:
    """What somebody with these roles is told by a store that nobody has open: rows, or the error."""
    statements = role_statements(DATABASE, sites)
    users = _users(grants_of(roles, statements), row_filters_of(roles, statements))
    with tempfile.TemporaryDirectory() as folder:
        config, users_config = Path(folder) / "config.xml", Path(folder) / "users.xml"
        users_config.write_text(users)
        config.write_text(f"<clickhouse><users_config>{users_config}</users_config></clickhouse>")
        asked = subprocess.run(
            [sys.executable, "-m", __spec__.name, f"{store}?config-file={config}"],
            input=json.dumps([f"CREATE DATABASE IF NOT EXISTS {DATABASE}", f"USE {DATABASE}", *queries]),
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
    answers: list[list[Any] | str] = json.loads(asked.stdout)[2:]
    return answers


def _users(grants: Sequence[str], filters: dict[str, str]) -> str:
    queries = "".join(f"<query>{escape(grant)}</query>" for grant in grants)
    tables = "".join(
        f"<{table}><filter>{escape(rows)}</filter></{table}>"
        for table, rows in ((name.split(".")[1], rows) for name, rows in filters.items())
    )
    return f"""<clickhouse>
        <profiles><default/></profiles><quotas><default/></quotas>
        <users><default>
            <password></password><networks><ip>::/0</ip></networks>
            <profile>default</profile><quota>default</quota>
            <grants>{queries}</grants><databases><{DATABASE}>{tables}</{DATABASE}></databases>
        </default></users>
    </clickhouse>"""


def _without_comments(statement: str) -> str:
    return "\n".join(line for line in statement.splitlines() if not line.startswith("--")).strip()


def main(place: str) -> None:
    import chdb

    connection = chdb.connect(place)
    answers: list[Any] = []
    for query in json.load(sys.stdin):
        try:
            text = connection.query(query, "JSONCompactEachRow").bytes().decode()
            answers.append([json.loads(line) for line in text.splitlines()])
        except Exception as error:
            answers.append(str(error))
    print(json.dumps(answers))


if __name__ == "__main__":
    main(sys.argv[1])
