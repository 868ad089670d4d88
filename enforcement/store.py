"""The store: ClickHouse, in this process or on a server, behind the same few calls."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DataError, OperationalError

from enforcement.clustering import Cluster, cluster_of, for_cluster
from enforcement.connections import Connections
from enforcement.engine import Engine, escape_parameter
from enforcement.errors import RowsRefused, StoreBusy, StoreError, StoreFull, StoreUnreachable
from enforcement.explaining import error_code, explain_engine, one_line
from enforcement.locking import held_by_another_process
from enforcement.migrating import apply_migrations
from streams.metrics import STORE_FAILURES, STORE_INSERT, STORE_ROWS
from streams.tracing import span

_UNKNOWN_DATABASE = 81
# What clickhouse-connect lets through from serialising a column, beside its own error.
_MISFITS = (DataError, AttributeError, OverflowError, TypeError, ValueError, struct.error)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: The store's refusals, as they are counted.
_CLASSES = {StoreUnreachable: "unreachable", StoreFull: "full", StoreBusy: "busy"}


class Store:
    """One ClickHouse database. Safe to use from several threads; never across a fork.

    Times are UTC nanoseconds (``DateTime64(9, 'UTC')``): integers go in, and queries here ask for integers
    with ``toUnixTimestamp64Nano``; a ``DateTime64`` that is read as such is time-zone aware.
    """

    def __init__(
        self,
        connect: Callable[[str | None], Client],
        database: str,
        place: str,
        path: Path | None = None,
        cluster: Cluster | None = None,
    ) -> None:
        """Use :meth:`embedded` or :meth:`server`."""
        self.database = database
        self.place = place
        self.cluster = cluster
        self._connect = connect
        self._path = path
        with self._explained():
            more = None if path is None else lambda: connect(database)
            self._connections = Connections(self._open(), more)

    @classmethod
    def embedded(cls, path: Path, database: str = "default") -> Store:
        """ClickHouse in this process, on the folder ``path``, which this process then owns.

        Raises:
            StoreBusy: when another process has the folder open.
            StoreError: when this process has another folder open, or the folder cannot be used.
        """
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the store folder {path} cannot be made ({error.strerror}); check the path."
            ) from error

        if held_by_another_process(path):
            raise StoreBusy(
                f"the store {path} is in use by another roadwitness process; stop it or use another folder."
            )

        def connect(name: str | None) -> Client:
            return clickhouse_connect.get_client(
                interface="chdb", path=str(path), database=name, tz_mode="aware"
            )

        return cls(connect, database, str(path), path)

    @classmethod
    def server(cls, url: str) -> Store:
        """A ClickHouse server at ``http(s)://user:password@host:port/database``.

        ``?cluster=NAME`` makes and changes tables on all servers of that cluster; with ``&replicated=1`` the
        tables copy themselves, and an insert is done when most of the copies have it.

        Raises:
            StoreUnreachable: when it does not answer or refuses the credentials.
            StoreError: when the address asks for what there is not.
        """
        parts = urlsplit(url)
        cluster = cluster_of(parts.query)
        settings = {"insert_quorum": "auto"} if cluster and cluster.replicated else None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise StoreUnreachable(f"{url!r} is not a store; write http://user:password@host:8123/database.")

        def connect(name: str | None) -> Client:
            # Without a session of its own the client may be used by several threads at once.
            return clickhouse_connect.get_client(
                interface=parts.scheme,
                host=parts.hostname,
                port=parts.port or (8443 if parts.scheme == "https" else 8123),
                username=parts.username,
                password=parts.password or "",
                database=name or "default",
                tz_mode="aware",
                autogenerate_session_id=False,
                settings=settings,
            )

        place = f"{parts.scheme}://{parts.hostname}:{parts.port or ''}".rstrip(":")
        return cls(connect, parts.path.strip("/") or "default", place, cluster=cluster)

    def migrate(self) -> list[str]:
        """Bring the tables up to date; safe to run again and again. Returns the names applied now."""
        return apply_migrations(self)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a SELECT; ``{name:Type}`` in ``sql`` is bound from ``parameters``.

        Raises:
            QueryFailed: with ClickHouse's message.
        """
        with self._explained(), self._connections.lend() as client:
            return [tuple(row) for row in client.query(sql, parameters=dict(parameters or {})).result_rows]

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows in one block; they are on the disk when this returns.

        Raises:
            RowsRefused: when a value does not fit its column; then no row was stored.
        """
        if not rows:
            return
        timed = STORE_INSERT.labels(table).time()
        written = span("store insert", table=table, rows=len(rows))
        with self._explained(), timed, written, self._connections.lend() as client:
            try:
                client.insert(table, rows, column_names=list(columns))
            except _MISFITS as error:
                STORE_FAILURES.labels("refused").inc()
                raise RowsRefused(
                    f"a value does not fit its column of {table}: {one_line(str(error))}"
                ) from error
        STORE_ROWS.labels(table).inc(len(rows))

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a statement that returns nothing; ``parameters`` as in :meth:`query`."""
        with self._explained(), self._connections.lend() as client:
            client.command(sql, parameters=dict(parameters or {}))

    def answer(self, sql: str, output_format: str, parameters: Mapping[str, str] | None = None) -> bytes:
        """The answer to one statement that only reads, in a format of ClickHouse's.

        Args:
            sql: the statement; ``{name:Type}`` in it is bound from ``parameters``.
            output_format: a ClickHouse format, unless the statement names one itself.
            parameters: the values as text.

        Raises:
            QueryFailed: with ClickHouse's message, also for a statement that would write.
        """
        if self._path is not None:
            escaped = {name: escape_parameter(value) for name, value in (parameters or {}).items()}
            return self.engine().execute(sql, output_format, parameters=escaped, read_only=True)
        with self._explained(), self._connections.lend() as client:
            # Who may only read anyway may not say so once more.
            free = str(client.command("SELECT getSetting('readonly')")) == "0"
            settings = {"readonly": "1"} if free else {}
            return bytes(
                client.raw_query(sql, dict(parameters or {}), settings, fmt=output_format, use_database=True)
            )

    def engine(self) -> Engine:
        """The embedded engine under this store, for answers as bytes.

        Raises:
            StoreError: when this store is a server.
        """
        if self._path is None:
            raise StoreError(f"the store at {self.place} is a server; ask it with a ClickHouse client.")
        return Engine(self._path, self.database)

    def close(self) -> None:
        """Release the connections, and the embedded engine where this was its last user."""
        self._connections.close()

    def _open(self) -> Client:
        if not _NAME.fullmatch(self.database):
            raise StoreError(f"{self.database!r} is no database name; use letters, digits and underscores.")
        try:
            return self._connect(self.database)
        except ClickHouseError as error:
            if error_code(str(error)) != _UNKNOWN_DATABASE:
                raise
        first = self._connect(None)
        first.command(for_cluster(f"CREATE DATABASE IF NOT EXISTS {self.database}", self.cluster))
        first.close()
        return self._connect(self.database)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except ClickHouseError as error:
            explained = explain_engine(
                str(error), self.place, unreachable=isinstance(error, OperationalError)
            )
            STORE_FAILURES.labels(_CLASSES.get(type(explained), "failed")).inc()
            raise explained from error
