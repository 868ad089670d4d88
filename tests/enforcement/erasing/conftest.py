"""A judged case, and the erasing so many days later."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from enforcement.erasing.erasing import Erased, Erasing
from enforcement.evidence import EvidenceFolder
from enforcement.evidence_index import EvidenceIndex
from enforcement.law.deadlines import Deadlines
from enforcement.law.review import Review
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from streams.messages import Decision, Passage
from tests.enforcement.erasing.sample_case import DAY, stored_at
from tests.enforcement.samples import (
    CAMERA,
    PICTURES,
    SPEEDER,
    T0,
    items,
    policy,
    publish,
)


@pytest.fixture
def store(embedded: Store) -> Store:
    """One way to the engine is enough here: what travels is plain SQL."""
    return embedded


@pytest.fixture
def case(bus: LocalBus, store: Store, evidence: EvidenceFolder) -> Callable[..., None]:
    """Judges the sample with its pictures, and what officers decided about it, as it passes."""

    def judge(
        *decisions: Decision, seen: Passage = SPEEDER, days: int | None = None, review: Review | None = None
    ) -> None:
        deadlines = Deadlines(days) if days else None
        law = msgspec.structs.replace(policy(), deadlines=deadlines, review=review)
        publish(bus, *items(seen, PICTURES), seen, *decisions)
        report = Enforcer(bus, store, evidence, {CAMERA: law}).drain(0.0)
        assert report.dead_letters == 0
        stored_at(store, 0)

    return judge


@pytest.fixture
def erase(store: Store, evidence: EvidenceFolder) -> Callable[[float], Erased]:
    """Runs the erasing so many days after the sample passed."""
    return lambda days: Erasing(
        store, EvidenceIndex(store, evidence), clock=lambda: T0 + round(days * DAY)
    ).run()
