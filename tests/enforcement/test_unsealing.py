"""Opening sealed originals."""

from __future__ import annotations

from pathlib import Path

import pytest

from enforcement.errors import EvidenceError, EvidenceMissing, StoreFull
from enforcement.evidence import EvidenceFolder
from enforcement.store import Store
from enforcement.unsealing import open_original
from streams.sealing import CannotOpen, SealingKeys, seal
from tests.enforcement.samples import digest

ORIGINAL = b"the unblurred frame"


@pytest.fixture
def keys(tmp_path: Path) -> SealingKeys:
    return SealingKeys.create(tmp_path / "keys")


@pytest.fixture
def name(evidence: EvidenceFolder, keys: SealingKeys) -> str:
    sealed = seal(ORIGINAL, keys.public)
    evidence.put(digest(sealed), sealed, "image/jpeg", True)
    return digest(sealed)


def log(store: Store) -> list[tuple[object, ...]]:
    return store.query("SELECT officer, action, subject, reason FROM access_log ORDER BY at")


def test_an_original_is_opened_on_the_record(
    store: Store, evidence: EvidenceFolder, keys: SealingKeys, name: str
) -> None:
    assert open_original(store, evidence, keys.private, name, " officer-1 ", "who drove?") == ORIGINAL
    assert log(store) == [("officer-1", "unsealed", name, "who drove?")]
    assert store.query("SELECT count() FROM access_log WHERE at > now() - 60") == [(1,)]


@pytest.mark.parametrize(
    ("officer", "reason"), [("", "why"), ("  ", "why"), ("officer-1", ""), ("officer-1", " ")]
)
def test_nothing_is_opened_without_name_and_reason(
    store: Store, evidence: EvidenceFolder, keys: SealingKeys, name: str, officer: str, reason: str
) -> None:
    with pytest.raises(EvidenceError, match="name and a reason"):
        open_original(store, evidence, keys.private, name, officer, reason)
    assert log(store) == []


def test_nothing_is_opened_that_cannot_be_logged(
    store: Store, evidence: EvidenceFolder, keys: SealingKeys, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreFull("the disk is full.")

    monkeypatch.setattr(store, "insert", refuse)
    with pytest.raises(StoreFull):
        open_original(store, evidence, keys.private, name, "officer-1", "why")


def test_an_attempt_with_the_wrong_key_stays_in_the_log(
    store: Store, evidence: EvidenceFolder, name: str, tmp_path: Path
) -> None:
    other = SealingKeys.create(tmp_path / "others")
    with pytest.raises(CannotOpen):
        open_original(store, evidence, other.private, name, "officer-1", "why")
    assert len(log(store)) == 1


def test_only_sealed_evidence_that_is_there(
    store: Store, evidence: EvidenceFolder, keys: SealingKeys
) -> None:
    evidence.put(digest(b"open"), b"open", "image/jpeg", False)
    with pytest.raises(EvidenceError, match="is not sealed"):
        open_original(store, evidence, keys.private, digest(b"open"), "officer-1", "why")
    with pytest.raises(EvidenceMissing):
        open_original(store, evidence, keys.private, "0" * 64, "officer-1", "why")
    assert log(store) == []
