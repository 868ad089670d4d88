"""Changes of rows that stand already: done on every copy of the table when the call returns."""

from __future__ import annotations

from enforcement.clustering import for_cluster
from enforcement.store import Store

_ON_EVERY_COPY = "SETTINGS mutations_sync = 2"


def change(store: Store, statement: str) -> None:
    """Carry out an ``ALTER TABLE … UPDATE`` or ``DELETE``; it reads the table once, so one is for many rows.

    The rows are to be named in full: copies of a table may not each ask another table for them.

    Raises:
        QueryFailed: with ClickHouse's message.
    """
    store.command(f"{for_cluster(statement, store.cluster)} {_ON_EVERY_COPY}")
