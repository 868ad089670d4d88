"""What a worker does beside the batches: no duty keeps another one, or the judging, from being done."""

from __future__ import annotations

import logging

import pytest

from enforcement.erasing.erasing import Erasing
from enforcement.errors import (
    EvidenceFull,
    EvidenceRefused,
    EvidenceUnreachable,
    QueryFailed,
    StoreFull,
    StoreUnreachable,
)
from enforcement.evidence import EvidenceFolder
from enforcement.evidence_index import EvidenceIndex
from enforcement.housekeeping import Housekeeping
from enforcement.quality.watching import QualityWatch
from enforcement.store import Store
from enforcement.unit_watch import UnitWatch
from streams.errors import RoadwitnessError


def duties(
    store: Store, evidence: EvidenceFolder, monkeypatch: pytest.MonkeyPatch, failure: RoadwitnessError
) -> list[str]:
    """Do all that is due at first, where erasing fails so; what of the duties after it was done."""
    done: list[str] = []

    def fail(_: Erasing) -> None:
        raise failure

    monkeypatch.setattr(Erasing, "run", fail)
    monkeypatch.setattr(QualityWatch, "look", lambda _: done.append("quality"))
    index = EvidenceIndex(store, evidence)
    for step in Housekeeping(store, index, UnitWatch({}), holds=lambda _: True).due():
        step()
    return done


@pytest.mark.parametrize("failure", [EvidenceRefused("May not delete."), QueryFailed("May not ALTER.")])
def test_what_is_refused_stops_nothing_else_and_is_told(
    embedded: Store,
    evidence: EvidenceFolder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failure: RoadwitnessError,
) -> None:
    with caplog.at_level(logging.ERROR):
        assert duties(embedded, evidence, monkeypatch, failure) == ["quality"]
    assert [record.getMessage() for record in caplog.records] == ["duty-failed"]


@pytest.mark.parametrize(
    "failure",
    [
        StoreUnreachable("Away."),
        EvidenceUnreachable("Away."),
        StoreFull("The disk is full."),
        EvidenceFull("The disk is full."),
    ],
)
def test_what_concerns_every_batch_is_for_the_worker(
    embedded: Store, evidence: EvidenceFolder, monkeypatch: pytest.MonkeyPatch, failure: RoadwitnessError
) -> None:
    with pytest.raises(type(failure)):
        duties(embedded, evidence, monkeypatch, failure)
