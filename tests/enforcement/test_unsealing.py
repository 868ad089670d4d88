"""Opening sealed originals."""

from __future__ import annotations

from pathlib import Path

import pytest

from enforcement.errors import AuditUnwritable, EvidenceError, EvidenceMissing
from enforcement.evidence import EvidenceFolder
from enforcement.unsealing import MAX_REASON, fault_of_reason, open_original
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


class Entered:
    """Counts how often an opening was entered."""

    count = 0

    def __call__(self) -> None:
        self.count += 1


def test_an_original_is_opened_on_the_record(evidence: EvidenceFolder, keys: SealingKeys, name: str) -> None:
    entered = Entered()
    assert open_original(evidence, keys.private, name, entered) == ORIGINAL
    assert entered.count == 1


def test_nothing_is_opened_that_cannot_be_entered(
    evidence: EvidenceFolder, keys: SealingKeys, name: str
) -> None:
    def refuse() -> None:
        raise AuditUnwritable("the disk is full.")

    with pytest.raises(AuditUnwritable):
        open_original(evidence, keys.private, name, refuse)


def test_an_attempt_with_the_wrong_key_stays_on_the_record(
    evidence: EvidenceFolder, name: str, tmp_path: Path
) -> None:
    entered = Entered()
    with pytest.raises(CannotOpen):
        open_original(evidence, SealingKeys.create(tmp_path / "other").private, name, entered)
    assert entered.count == 1


def test_what_is_not_sealed_or_not_there_is_not_entered(evidence: EvidenceFolder, keys: SealingKeys) -> None:
    entered = Entered()
    evidence.put(digest(b"open"), b"open", "image/jpeg", False)
    with pytest.raises(EvidenceError, match="not sealed"):
        open_original(evidence, keys.private, digest(b"open"), entered)
    with pytest.raises(EvidenceMissing):
        open_original(evidence, keys.private, "0" * 64, entered)
    assert entered.count == 0


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("the defence asks for it", ""),
        ("Betroffener bestreitet die Fahrt", ""),
        ("водитель оспаривает снимок", ""),
        ("", "at least 3 words"),
        ("because", "at least 3 words"),
        ("... ... ...", "at least 3 words"),
        ("a b c", "at least 3 words"),
        ("word " * MAX_REASON, "Shorten the reason"),
    ],
)
def test_a_reason_is_a_few_words(reason: str, says: str) -> None:
    assert says in fault_of_reason(reason)
    assert bool(says) is bool(fault_of_reason(reason))
