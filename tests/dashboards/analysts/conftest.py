"""One store with four invented weeks, for tests that only ask; a process can have one store folder open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from enforcement.front import StoreFront, StoreSocket
from enforcement.store import Store
from tests.dashboards.analysts.keeping import keep
from tests.dashboards.analysts.traffic import Traffic


@pytest.fixture(scope="package")
def traffic() -> Traffic:
    """Until now: rows older than they may be kept would be gone, and silence is told by the clock."""
    return Traffic(datetime.now(UTC).replace(second=0, microsecond=0))


@pytest.fixture(scope="package")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder; its store is open, and answers through the socket in it."""
    return tmp_path_factory.mktemp("analysts") / "data"


@pytest.fixture(scope="package")
def store(data: Path, traffic: Traffic) -> Iterator[Store]:
    store = Store.embedded(data / "store")
    store.migrate()
    keep(store, traffic)
    socket = StoreSocket(store, data)
    socket.start()
    yield store
    socket.stop()
    store.close()


@pytest.fixture(scope="package")
def server(store: Store) -> Iterator[str]:
    """The same store over HTTP, as a ClickHouse server would be reached."""
    front = StoreFront(store)
    front.start()
    yield f"http://127.0.0.1:{front.port}/{store.database}"
    front.stop()
