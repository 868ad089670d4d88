"""Statements are countersigned as they come, once, and only those that their unit signed."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from enforcement.casefile.receipt import SignedReceipt
from enforcement.casefile.time_stamps import TimeStampAway
from enforcement.evidence import EvidenceFolder
from enforcement.receiving import Receiving, receipt_of
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.encoding import encode
from streams.key_archive import KeyArchive
from streams.local import LocalBus
from streams.messages import EvidenceItem
from streams.signing import Signer, create_signer
from streams.statement_chain import StatementChain
from streams.statements import MEDIA_TYPE, read_signed
from streams.topics import Topic
from tests.enforcement.samples import CAMERA, T0, passage, policy

NOW = T0 + 30 * 10**9


class Unit:
    """Signs statements as a roadside unit does."""

    def __init__(self, folder: Path) -> None:
        self.signer = create_signer(folder / "unit.key", f"unit:{CAMERA}")
        ticks = iter(range(T0, T0 + 10**6))
        self._chain = StatementChain(folder / "chain.sqlite", self.signer, "1", clock=lambda: next(ticks))

    def statement(self, number: int = 1) -> EvidenceItem:
        seen = passage(number)
        content = msgspec.json.encode(self._chain.state(CAMERA, encode(seen), ()))
        return item_of(content, seen.passage_id)


def item_of(content: bytes, passage_id: str = "p") -> EvidenceItem:
    digest = hashlib.sha256(content).hexdigest()
    return EvidenceItem(digest, MEDIA_TYPE, False, passage_id, CAMERA, content)


class Stamper:
    """An authority in place of one across the network: away until it is asked to answer."""

    away = True

    def request(self, content: bytes) -> bytes:
        if self.away:
            raise TimeStampAway("The time-stamp authority does not answer.")
        return b"stamp of " + hashlib.sha256(content).digest()


class CountingStamper(Stamper):
    """One that never gives the same time-stamp twice, as none does."""

    away = False

    def __init__(self) -> None:
        self.questions = 0

    def request(self, content: bytes) -> bytes:
        self.questions += 1
        return b"%d of %d" % (self.questions, id(self))


class SlowStamper(CountingStamper):
    """One that answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.answers = threading.Event(), threading.Event()

    def request(self, content: bytes) -> bytes:
        self.asked.set()
        assert self.answers.wait(30.0)
        return super().request(content)


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return Unit(tmp_path)


@pytest.fixture
def centre(tmp_path: Path) -> Signer:
    return create_signer(tmp_path / "centre.key", "centre")


@pytest.fixture
def receiving(store: Store, unit: Unit, centre: Signer) -> Callable[..., Receiving]:
    def make(at_ns: int = NOW, revoked_at_ns: int | None = None, stamper: Stamper | None = None) -> Receiving:
        archive = KeyArchive().with_key(unit.signer.public(T0 - 1)).with_key(centre.public(T0 - 1))
        if revoked_at_ns is not None:
            archive = archive.with_revoked(unit.signer.key_id, revoked_at_ns, "stolen")
        return Receiving(store, centre, "1", archive=lambda: archive, stamper=stamper, clock=lambda: at_ns)  # type: ignore[arg-type]

    return make


def kept(store: Store, item: EvidenceItem) -> tuple[bytes, bytes] | None:
    signed = read_signed(item.content)
    stated = signed.read()
    return receipt_of(store, stated.camera_id, stated.sequence, signed.digest)


def received_at(store: Store, item: EvidenceItem) -> int | None:
    found = kept(store, item)
    return msgspec.json.decode(found[0], type=SignedReceipt).read().received_at_ns if found else None


def key_of(store: Store, item: EvidenceItem) -> str | None:
    found = kept(store, item)
    return msgspec.json.decode(found[0], type=SignedReceipt).signature.key_id if found else None


def test_a_statement_gets_a_receipt_and_other_evidence_none(
    store: Store, unit: Unit, receiving: Callable[..., Receiving]
) -> None:
    picture = EvidenceItem("0" * 64, "image/jpeg", False, "p", CAMERA, b"picture")
    statement = unit.statement()
    assert receiving().receive([picture, statement, statement]) == 1
    assert received_at(store, statement) == NOW


def test_what_is_delivered_again_keeps_its_first_receipt(
    store: Store, unit: Unit, receiving: Callable[..., Receiving]
) -> None:
    statement = unit.statement()
    done = [receiving(at_ns).receive([statement]) for at_ns in (NOW, NOW - 10**9, NOW + 10**9)]
    assert done == [1, 0, 0]
    assert received_at(store, statement) == NOW


def test_what_is_replayed_after_the_centres_key_was_rotated_has_one_receipt_and_by_the_old_key(
    store: Store, unit: Unit, centre: Signer, receiving: Callable[..., Receiving], tmp_path: Path
) -> None:
    old, new = unit.statement(1), unit.statement(2)
    receiving().receive([old])
    before = kept(store, old)
    rotated = create_signer(tmp_path / "rotated.key", "centre")
    archive = KeyArchive().with_key(unit.signer.public(T0 - 1)).with_key(rotated.public(T0 - 1))
    again = Receiving(store, rotated, "2", archive=lambda: archive, clock=lambda: NOW + 10**9)
    assert again.receive([old, new]) == 1
    assert kept(store, old) == before
    assert [key_of(store, each) for each in (old, new)] == [centre.key_id, rotated.key_id]
    assert store.query("SELECT count() FROM receipts") == [(2,)]


def test_a_replay_after_the_units_key_was_revoked_takes_no_receipt_away_and_says_nothing(
    store: Store, unit: Unit, receiving: Callable[..., Receiving], caplog: pytest.LogCaptureFixture
) -> None:
    statement = unit.statement()
    receiving().receive([statement])
    assert receiving(NOW + 10**9, NOW + 1).receive([statement]) == 0
    assert received_at(store, statement) == NOW
    assert not caplog.records


@pytest.mark.parametrize(
    ("forge", "revoked_at_ns"),
    [
        pytest.param(lambda content: b"no statement", None, id="something else"),
        pytest.param(lambda content: content.replace(b"cam-", b"cam_", 1), None, id="changed"),
        pytest.param(lambda content: content, NOW - 1, id="its key was revoked before it came"),
    ],
)
def test_what_its_unit_did_not_sign_gets_none(
    store: Store,
    unit: Unit,
    receiving: Callable[..., Receiving],
    forge: Callable[[bytes], bytes],
    revoked_at_ns: int | None,
) -> None:
    forged = item_of(forge(unit.statement().content))
    assert receiving(revoked_at_ns=revoked_at_ns).receive([forged]) == 0
    assert store.query("SELECT count() FROM receipts") == [(0,)]


def test_time_stamps_come_when_the_authority_is_back(
    store: Store, unit: Unit, receiving: Callable[..., Receiving]
) -> None:
    stamper = Stamper()
    desk = receiving(stamper=stamper)
    statements = [unit.statement(number) for number in (1, 2)]
    desk.receive(statements)
    assert desk.stamp() == 0
    stamper.away = False
    assert desk.stamp() == 2
    assert desk.stamp() == 0
    for statement in statements:
        found = kept(store, statement)
        assert found is not None
        assert found[1] == stamper.request(found[0])


def test_no_batch_waits_for_an_authority_that_takes_its_time(
    store: Store, unit: Unit, receiving: Callable[..., Receiving]
) -> None:
    stamper = SlowStamper()
    desk = receiving(stamper=stamper)
    statement = unit.statement()
    desk.receive([statement])
    for _ in range(3):
        desk.stamp_beside()
    assert stamper.asked.wait(10.0)
    assert (kept(store, statement) or ())[1:] == (b"",), "it has not answered yet"
    stamper.answers.set()
    for thread in threading.enumerate():
        if thread.name == "time-stamps":
            thread.join(30.0)
    assert (kept(store, statement) or ())[1:] != (b"",)
    assert stamper.questions == 1, "one thread asks, however often it is time to"


def test_workers_ask_for_those_of_their_own_cameras(
    store: Store, unit: Unit, receiving: Callable[..., Receiving]
) -> None:
    theirs, mine = CountingStamper(), CountingStamper()
    receiving().receive([unit.statement(number) for number in (1, 2)])
    assert receiving(stamper=theirs).stamp(lambda camera: camera != CAMERA) == 0
    assert receiving(stamper=mine).stamp(lambda camera: camera == CAMERA) == 2
    assert (theirs.questions, mine.questions) == (0, 2)


def test_what_another_worker_stamped_meanwhile_keeps_its_time_stamp(
    store: Store, unit: Unit, receiving: Callable[..., Receiving]
) -> None:
    slow, fast = SlowStamper(), CountingStamper()
    statement = unit.statement()
    receiving().receive([statement])
    receiving(stamper=slow).stamp_beside()
    assert slow.asked.wait(10.0)
    assert receiving(stamper=fast).stamp() == 1
    first = kept(store, statement)
    slow.answers.set()
    for thread in threading.enumerate():
        if thread.name == "time-stamps":
            thread.join(30.0)
    assert kept(store, statement) == first
    assert store.query("SELECT uniqExact(time_stamp) FROM receipts WHERE time_stamp != ''") == [(1,)]


def test_the_worker_countersigns_what_comes_on_the_bus(
    store: Store, unit: Unit, receiving: Callable[..., Receiving], tmp_path: Path
) -> None:
    bus = LocalBus(tmp_path / "bus")
    statement = unit.statement()
    bus.publish(Topic.EVIDENCE, statement.digest, encode(statement))
    folder = EvidenceFolder(tmp_path / "evidence")
    Enforcer(bus, store, folder, {CAMERA: policy()}, receiving=receiving()).drain(idle_s=0.05)
    bus.close()
    assert received_at(store, statement) == NOW


def test_a_running_worker_asks_for_those_of_the_cameras_that_it_holds(
    embedded: Store, unit: Unit, centre: Signer, tmp_path: Path
) -> None:
    stamper = CountingStamper()
    desk = Receiving(embedded, centre, "1", stamper=stamper, clock=lambda: NOW)  # type: ignore[arg-type]
    statement = unit.statement()
    desk.receive([statement])
    bus, stop = LocalBus(tmp_path / "bus"), threading.Event()
    folder = EvidenceFolder(tmp_path / "evidence")
    worker = Enforcer(bus, embedded, folder, {CAMERA: policy()}, receiving=desk)
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    until_s = time.monotonic() + 30.0
    while not (kept(embedded, statement) or (b"", b""))[1] and time.monotonic() < until_s:
        time.sleep(0.05)
    stop.set()
    thread.join(30.0)
    bus.close()
    assert (kept(embedded, statement) or ())[1:] != (b"",)
    assert stamper.questions == 1
