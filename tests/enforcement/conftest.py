"""One ClickHouse for the test process (the embedded engine allows one folder), a database for each test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from enforcement.evidence import EvidenceFolder
from enforcement.front import StoreFront
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from streams.topics import Topic
from tests.enforcement.samples import CAMERA, policy

_numbers = itertools.count()


@pytest.fixture(scope="session")
def engine_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clickhouse") / "store"


@pytest.fixture(scope="session")
def front(engine_folder: Path) -> Iterator[StoreFront]:
    store = Store.embedded(engine_folder)
    front = StoreFront(store)
    front.start()
    yield front
    front.stop()
    store.close()


@pytest.fixture(scope="session", params=["embedded", "http"])
def migrated(request: pytest.FixtureRequest, engine_folder: Path, front: StoreFront) -> Iterator[Store]:
    """The same suite runs on both; migrating takes longer than most tests, so it is done once for each."""
    if request.param == "embedded":
        store = Store.embedded(engine_folder, "shared_embedded")
    else:
        store = Store.server(f"http://127.0.0.1:{front.port}/shared_http")
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def store(migrated: Store) -> Iterator[Store]:
    yield migrated
    _empty(migrated)


@pytest.fixture
def embedded(engine_folder: Path, front: StoreFront) -> Iterator[Store]:
    """For what only the embedded store has."""
    store = Store.embedded(engine_folder, "shared_embedded")
    store.migrate()
    yield store
    _empty(store)
    store.close()


def _empty(store: Store) -> None:
    filled = store.query(
        """SELECT DISTINCT table FROM system.parts
        WHERE database = {db:String} AND active AND rows > 0 AND table != 'schema_migrations'""",
        {"db": store.database},
    )
    for (table,) in filled:
        store.command(f"TRUNCATE TABLE {table}")


@pytest.fixture(params=["embedded", "http"])
def empty_store(request: pytest.FixtureRequest, engine_folder: Path, front: StoreFront) -> Iterator[Store]:
    database = f"t_{next(_numbers)}"
    if request.param == "embedded":
        store = Store.embedded(engine_folder, database)
    else:
        store = Store.server(f"http://127.0.0.1:{front.port}/{database}")
    yield store
    store.command(f"DROP DATABASE {database}")
    store.close()


@pytest.fixture
def evidence(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "evidence")


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[LocalBus]:
    bus = LocalBus(tmp_path / "bus.sqlite")
    yield bus
    bus.close()


@pytest.fixture
def enforcer(bus: LocalBus, store: Store, evidence: EvidenceFolder) -> Enforcer:
    return Enforcer(bus, store, evidence, {CAMERA: policy()})


def drain_one_by_one(bus: LocalBus, enforcer: Enforcer) -> None:
    subscription = bus.subscribe([Topic.EVIDENCE, Topic.PASSAGES, Topic.DECISIONS], "enforcement")
    while records := subscription.poll(0.0, max_records=1):
        enforcer.handle(records)
        subscription.commit()


def files(folder: Path) -> list[str]:
    """The digests of which anything lies in the folder: a piece, or the key of a sealed one."""
    return sorted({path.name for path in folder.rglob("*") if path.is_file()})
