"""A case is incomplete until all evidence that it names has come, in whatever order the two come."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from enforcement.casebook import CaseBook
from enforcement.evidence_gaps import EvidenceGaps, Need
from enforcement.evidence_index import EvidenceIndex
from enforcement.evidence_store import EvidenceStore
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.identity import identify
from streams.local import LocalBus
from streams.messages import EvidenceItem
from streams.topics import Topic
from tests.enforcement.samples import PICTURES, SPEEDER, SPEEDER_ID, digest, items, passage, publish

DIGESTS = frozenset(map(digest, PICTURES))
CASE = identify("a case")


def damaged(item: EvidenceItem) -> EvidenceItem:
    return msgspec.structs.replace(item, content=item.content + b"!")


def gaps_of(store: Store, case_id: str = SPEEDER_ID) -> frozenset[str]:
    return CaseBook(store).gaps([case_id]).get(case_id, frozenset())


def states_of(store: Store) -> dict[str, str]:
    case = CaseBook(store).case(SPEEDER_ID)
    assert case is not None
    return {piece: where.state for piece, where in case.whereabouts.items()}


def test_a_case_lacks_what_has_not_come_and_completes_itself(
    bus: LocalBus, store: Store, enforcer: Enforcer
) -> None:
    publish(bus, SPEEDER)
    enforcer.drain(0.0)
    assert gaps_of(store) == DIGESTS
    assert set(states_of(store).values()) == {"awaited"}
    first, *others = items(SPEEDER, PICTURES)
    publish(bus, first)
    enforcer.drain(0.0)
    assert gaps_of(store) == DIGESTS - {first.digest}
    publish(bus, *others)
    enforcer.drain(0.0)
    assert gaps_of(store) == frozenset()
    assert set(states_of(store).values()) == {"here"}


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
def test_a_case_whose_evidence_came_first_never_lacked_anything(
    bus: LocalBus, store: Store, enforcer: Enforcer, together: bool
) -> None:
    publish(bus, *items(SPEEDER, PICTURES))
    if not together:
        enforcer.drain(0.0)
    publish(bus, SPEEDER)
    enforcer.drain(0.0)
    assert gaps_of(store) == frozenset()
    assert store.query("SELECT count() FROM evidence_gaps") == [(0,)]


def test_a_vehicle_that_broke_no_rule_lacks_nothing(bus: LocalBus, store: Store, enforcer: Enforcer) -> None:
    publish(bus, passage(2, 60.0, pictures=PICTURES))
    enforcer.drain(0.0)
    assert store.query("SELECT count() FROM evidence_gaps") == [(0,)]


def test_a_batch_that_comes_again_opens_no_gap_behind_its_piece(
    bus: LocalBus, store: Store, enforcer: Enforcer
) -> None:
    publish(bus, SPEEDER)
    records = bus.subscribe([Topic.PASSAGES], "twice").poll(0.0)
    for _ in range(2):
        enforcer.handle(records)
    publish(bus, *items(SPEEDER, PICTURES))
    enforcer.drain(0.0)
    enforcer.handle(records)
    assert gaps_of(store) == frozenset()


def test_a_piece_that_came_damaged_is_named_so_until_a_good_one_comes(
    bus: LocalBus, store: Store, enforcer: Enforcer
) -> None:
    bad, *good = items(SPEEDER, PICTURES)
    publish(bus, SPEEDER, damaged(bad), *good)
    assert enforcer.drain(0.0).dead_letters == 1
    assert gaps_of(store) == {bad.digest}
    assert states_of(store)[bad.digest] == "damaged"
    where = CaseBook(store).whereabouts([bad.digest])[bad.digest]
    assert where.since_ns is not None
    publish(bus, bad)
    enforcer.drain(0.0)
    assert gaps_of(store) == frozenset()
    assert states_of(store)[bad.digest] == "here"


def test_a_damaged_repetition_takes_nothing_from_a_good_piece(
    bus: LocalBus, store: Store, enforcer: Enforcer
) -> None:
    piece, *others = items(SPEEDER, PICTURES)
    publish(bus, SPEEDER, piece, *others)
    enforcer.drain(0.0)
    publish(bus, damaged(piece))
    enforcer.drain(0.0)
    assert states_of(store)[piece.digest] == "here"


class Turns:
    """Lets calls of several workers on the store happen in a given order, such as "aabab"."""

    def __init__(self, order: str) -> None:
        self._left = list(order)
        self._changed = threading.Condition()

    def take(self, name: str) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._left or self._left[0] == name, timeout=30)

    def end(self, name: str) -> None:
        with self._changed:
            if self._left:
                self._left.remove(name)
            self._changed.notify_all()

    def leave(self, name: str) -> None:
        with self._changed:
            self._left = [one for one in self._left if one != name]
            self._changed.notify_all()


class InTurn:
    """The store as one worker sees it: each call waits for its turn."""

    def __init__(self, store: Store, name: str, turns: Turns) -> None:
        self._store, self._name, self._turns = store, name, turns

    def __getattr__(self, called: str) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            self._turns.take(self._name)
            try:
                return getattr(self._store, called)(*arguments)
            finally:
                self._turns.end(self._name)

        return call


def orders(adds: int, stores: int) -> list[str]:
    """All ways in which the calls of who adds a case (a) and who stores a piece (s) can interlock."""
    places = itertools.combinations(range(adds + stores), stores)
    return ["".join("s" if at in chosen else "a" for at in range(adds + stores)) for chosen in places]


@pytest.mark.parametrize("order", orders(adds=4, stores=3))
def test_case_and_piece_on_two_workers_always_meet(
    embedded: Store, evidence: EvidenceStore, order: str
) -> None:
    [item, *_] = items(SPEEDER, PICTURES)
    turns = Turns(order)

    def add() -> None:
        gaps = EvidenceGaps(InTurn(embedded, "a", turns))  # type: ignore[arg-type]
        gaps.expect([Need(CASE, item.digest, "frame")])
        turns.leave("a")

    def keep() -> None:
        index = EvidenceIndex(InTurn(embedded, "s", turns), evidence)  # type: ignore[arg-type]
        index.record([index.stored(item)])
        turns.leave("s")

    with ThreadPoolExecutor() as workers:
        for done in [workers.submit(add), workers.submit(keep)]:
            done.result(timeout=60)
    assert gaps_of(embedded, CASE) == frozenset()


def test_what_was_left_open_is_mended(store: Store, evidence: EvidenceStore) -> None:
    [item, *_] = items(SPEEDER, PICTURES)
    gaps, index = EvidenceGaps(store), EvidenceIndex(store, evidence)
    assert gaps.expect([Need(CASE, item.digest, "frame"), Need(CASE, "0" * 64, "plate")]) == 2
    facts = [index.stored(item)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EvidenceGaps, "close", lambda *_: 0)  # killed between its two steps
        index.record(facts)
    assert gaps_of(store, CASE) == {item.digest, "0" * 64}
    assert index.mend_gaps() == 1
    assert gaps_of(store, CASE) == {"0" * 64}
    assert index.mend_gaps() == 0
