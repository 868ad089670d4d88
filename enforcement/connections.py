"""Connections to a store: of one process's engine as many as are used at once, of a server one for all.

The engine answers one question after the other on each connection, so on a single one a page would wait for
whatever the worker is storing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ProgrammingError


class Connections:
    """Lends connections. Safe to use from several threads."""

    def __init__(self, first: Client, more: Callable[[], Client] | None) -> None:
        """Begin with ``first``; ``more`` opens another one, None where all may use the first at once."""
        self._more = more
        self._idle = [first]
        self._lent = 0
        self._is_closed = False
        self._returned = threading.Condition()

    @contextmanager
    def lend(self) -> Iterator[Client]:
        """A connection that nobody else uses meanwhile, unless all may."""
        if self._more is None:
            yield self._idle[0]
            return
        with self._returned:
            if self._is_closed:
                raise ProgrammingError("this store was closed.")
            client = self._idle.pop() if self._idle else None
            self._lent += 1
        try:
            client = client or self._more()
            yield client
        finally:
            with self._returned:
                self._lent -= 1
                if client is not None:
                    self._idle.append(client)
                self._returned.notify_all()

    def close(self) -> None:
        """Close them, once those that are lent have come back."""
        with self._returned:
            self._is_closed = True
            self._returned.wait_for(lambda: not self._lent)
            for client in self._idle:
                client.close()
