"""Asks a bus whether it is there, apart from who polls it: a poll cannot tell silence from absence."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from streams.bus import BusUnavailable
from streams.connect import check_address
from streams.topics import Topic

_PATIENCE_S = 5.0
_LAG_EVERY_S = 5.0


def probe_of(url: str, group: str | None = None, topics: Sequence[Topic] = ()) -> Callable[[], None]:
    """A function that raises ``BusUnavailable`` while the bus at ``url`` cannot carry records.

    Over Kafka it also shows how far ``group`` lags behind on ``topics``. Not for use from two threads.

    Raises:
        BusUrlError: when the address is of no known kind.
    """
    kind, _, rest = check_address(url).partition(":")
    return KafkaProbe(url, group, topics) if kind == "kafka" else _file_probe(Path(rest).expanduser())


def _file_probe(path: Path) -> Callable[[], None]:
    def probe() -> None:
        if not os.access(path, os.R_OK | os.W_OK):
            raise BusUnavailable(f"{path} is not there or cannot be written: check the disk.")

    return probe


class KafkaProbe:
    """Asks a cluster for its topics and their leaders, over a connection of its own."""

    def __init__(self, url: str, group: str | None = None, topics: Sequence[Topic] = ()) -> None:
        # Imported here, so that the embedded way to run does not load a Kafka client.
        from streams.kafka_settings import KafkaSettings
        from streams.lag import GroupLag

        self._settings = KafkaSettings.from_url(url)
        self._lag = GroupLag(self._settings, group, topics) if group is not None else None
        self._lag_at = 0.0
        self._admin: Any = None

    def __call__(self) -> None:
        """Ask once.

        Raises:
            BusUnavailable: when no broker answers, or partitions have no leader.
        """
        from streams.kafka_records import as_bus_errors

        try:
            with as_bus_errors(self._settings):
                topics = self._connected().describe_topics()
                if self._lag is not None and time.monotonic() >= self._lag_at:
                    self._lag.show(self._admin, {each["name"]: len(each["partitions"]) for each in topics})
                    self._lag_at = time.monotonic() + _LAG_EVERY_S
        except BusUnavailable:
            self._leave()
            raise
        ours = [each for each in topics if each["name"].startswith(self._settings.topic_prefix)]
        headless = sum(part["leader_id"] < 0 for topic in ours for part in topic["partitions"])
        if headless:
            raise BusUnavailable(f"{headless} partitions have no leader: see to the brokers that are down.")

    def _connected(self) -> Any:
        from kafka import KafkaAdminClient

        if self._admin is None:
            patience = {"bootstrap_timeout_ms": 1000 * _PATIENCE_S, "request_timeout_ms": 1000 * _PATIENCE_S}
            self._admin = KafkaAdminClient(**{**self._settings.client_options(), **patience})
        return self._admin

    def _leave(self) -> None:
        if self._admin is not None:
            with suppress(Exception):  # what cannot be reached cannot be left in good order
                self._admin.close()
            self._admin = None
