"""The worker with its evidence in a bucket: whatever becomes of the server, nothing is lost or set aside."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from enforcement import holding
from enforcement.casebook import CaseBook
from enforcement.errors import EvidenceRefused
from enforcement.evidence_store import EvidenceStore, open_evidence
from enforcement.store import Store
from enforcement.worker import Enforcer
from scripts.local_cluster.s3_server import READER, S3Server
from streams.local import LocalBus
from streams.messages import Passage
from streams.topics import Topic
from tests.enforcement.bucket_hands import BucketHands
from tests.enforcement.samples import CAMERA, digest, items, passage, policy, publish


@pytest.fixture
def evidence(s3_server: S3Server, s3_place: str) -> EvidenceStore:
    return open_evidence(s3_server.address(s3_place, patience_s=0.2, timeout_s=2))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "_FIRST_PAUSE_S", 0.1)
    monkeypatch.setattr(holding, "_LONGEST_PAUSE_S", 0.4)


def pictures_of(number: int) -> tuple[bytes, ...]:
    return tuple(f"{kind} {number}".encode() * 50 for kind in ("frame", "plate", "original"))


def speeder(number: int) -> Passage:
    return passage(number, 99.0, pictures=pictures_of(number))


def bring(bus: LocalBus, numbers: range) -> None:
    for number in numbers:
        publish(bus, *items(speeder(number), pictures_of(number)), speeder(number))


@contextmanager
def at_work(enforcer: Enforcer) -> Iterator[None]:
    """The worker goes on in the background; what ends it is raised at the end."""
    stop, ended = threading.Event(), []

    def run() -> None:
        try:
            enforcer.run(stop)
        except BaseException as error:
            ended.append(error)

    worker = threading.Thread(target=run)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join(30)
    if ended:
        raise ended[0]


def wait_for(done: Callable[[], bool], patience_s: float = 60.0) -> None:
    until = time.monotonic() + patience_s
    while not done():
        assert time.monotonic() < until, "it never came to it"
        time.sleep(0.05)


def complete_cases(book: CaseBook) -> int:
    return len(book.queue(complete=True, limit=1000))


def test_a_server_that_goes_away_in_the_middle_loses_nothing(
    bus: LocalBus,
    embedded: Store,
    evidence: EvidenceStore,
    s3_server: S3Server,
    s3_place: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    book = CaseBook(embedded)
    with at_work(Enforcer(bus, embedded, evidence, {CAMERA: policy()})):
        bring(bus, range(20))
        wait_for(lambda: complete_cases(book) >= 1)
        s3_server.process.kill()
        try:
            bring(bus, range(20, 40))
            wait_for(lambda: "cannot be reached" in caplog.text)
            time.sleep(1.0)  # several tries
        finally:
            s3_server.start()
        wait_for(lambda: complete_cases(book) == 40)
    pieces = {digest(content): content for number in range(40) for content in pictures_of(number)}
    assert {name.rpartition("/")[2] for name in BucketHands(s3_server, s3_place).names()} == set(pieces)
    assert all(evidence.get(name) == content for name, content in pieces.items())
    assert book.count() == {"open": 40, "confirmed": 0, "rejected": 0}
    assert bus.subscribe([Topic.DEAD_LETTERS], "test").poll(0.0) == []


def test_a_server_that_refuses_ends_the_worker_and_loses_nothing(
    bus: LocalBus,
    embedded: Store,
    evidence: EvidenceStore,
    s3_server: S3Server,
    s3_place: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bring(bus, range(3))
    with monkeypatch.context() as patch:
        for name, value in s3_server.environment(READER).items():
            patch.setenv(name, value)
        may_only_look = open_evidence(s3_server.address(s3_place))
    refused = Enforcer(bus, embedded, may_only_look, {CAMERA: policy()})
    with pytest.raises(EvidenceRefused, match="do not have the right"):
        refused.run(threading.Event())
    assert CaseBook(embedded).count()["open"] == 0
    Enforcer(bus, embedded, evidence, {CAMERA: policy()}).drain(0.0)
    assert complete_cases(CaseBook(embedded)) == 3
    assert bus.subscribe([Topic.DEAD_LETTERS], "test").poll(0.0) == []
