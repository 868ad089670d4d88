"""The embedded engine spoken to in SQL and formats: for answers that are passed on as bytes.

Every call has a connection of its own (about a millisecond): a setting of one query, ``readonly`` above all,
stays on the connection it was made on and would reach the next query.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from enforcement.errors import NotReadOnly, QueryFailed
from enforcement.explaining import explain_engine

_SETTING = re.compile(r"[a-z_][a-z0-9_]*")
_TOUCHES_FILES = re.compile(r"\bINTO OUTFILE\b|\bfile\s*\(", re.IGNORECASE)


class Engine:
    """The ClickHouse that an embedded store of this process has open on ``path``."""

    def __init__(self, path: Path, database: str) -> None:
        self._path = str(path.resolve())
        self._database = database

    def execute(
        self,
        sql: str,
        output_format: str,
        *,
        parameters: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
        database: str | None = None,
        read_only: bool = False,
    ) -> bytes:
        """The answer of one statement in ``output_format``, unless the statement names a format itself.

        Args:
            sql: one statement.
            output_format: a ClickHouse format.
            parameters: values of ``{name:Type}``, as :func:`escape_parameter` writes them.
            settings: ClickHouse settings for this statement.
            database: in place of the store's own.
            read_only: let the engine refuse whatever writes; reading and writing files is refused too.

        Raises:
            NotReadOnly: when ``read_only`` is set and the statement does more than read the store.
            QueryFailed: with ClickHouse's message.
        """
        if not sql.strip(" \t\r\n;"):
            raise QueryFailed("the query is empty; write for instance SELECT * FROM v_violations.")
        chdb = _chdb()
        connection: Any = chdb.connect(self._path)
        try:
            connection.query(f"USE `{(database or self._database).replace('`', '')}`", "Null")
            for name, value in (settings or {}).items():
                if not _SETTING.fullmatch(name):
                    raise QueryFailed(f"'{name}' is no name of a setting.")
                connection.query(f"SET {name} = {quote(value)}", "Null")
            if read_only:
                connection.query("SET readonly = 1", "Null")
                self._refuse_files(connection, sql)
            return bytes(connection.query(sql, output_format, params=dict(parameters or {})).bytes())
        except (RuntimeError, chdb.ChdbError) as error:
            raise explain_engine(str(error), self._path) from error
        finally:
            connection.close()

    def insert(self, statement: str, content: bytes, *, database: str | None = None) -> None:
        """Run ``INSERT INTO … FORMAT x`` with ``content`` as its data.

        Raises:
            QueryFailed: with ClickHouse's message; nothing of the block was stored.
        """
        head, _, data_format = statement.strip().rpartition("FORMAT")
        with tempfile.NamedTemporaryFile(suffix=".block") as file:
            file.write(content)
            file.flush()
            self.execute(
                f"{head} FROM INFILE {quote(file.name)} FORMAT {data_format}", "Null", database=database
            )

    def _refuse_files(self, connection: Any, sql: str) -> None:
        # 'readonly' stops neither SELECT … INTO OUTFILE nor the function file(). The engine's own formatter
        # removes comments and odd spacing first; what it cannot parse, two statements in one included, fails.
        try:
            text = connection.query(
                "SELECT formatQuery({q:String})", "TSVRaw", params={"q": escape_parameter(sql)}
            )
        except (RuntimeError, _chdb().ChdbError) as error:
            said = str(explain_engine(str(error), self._path)).partition(": In scope SELECT formatQuery")[0]
            raise QueryFailed(said) from error
        if _TOUCHES_FILES.search(" ".join(bytes(text.bytes()).decode(errors="replace").split())):
            raise NotReadOnly(
                "a query here neither reads nor writes files; leave out file() and INTO OUTFILE, and "
                "redirect the output of the command."
            )


def quote(text: str) -> str:
    """A string literal of ClickHouse's SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def escape_parameter(text: str) -> str:
    """The value of a ``{name:Type}`` as ClickHouse reads it: in the escaping of TabSeparated."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _chdb() -> Any:
    # Half a gigabyte, and not installed where the store is a server.
    import chdb

    return chdb
