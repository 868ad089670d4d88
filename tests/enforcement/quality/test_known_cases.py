"""Invented cases among the real ones: alike for the reviewer, apart in every figure, and each put once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from enforcement.casebook import CaseBook
from enforcement.circumstances import Circumstances
from enforcement.errors import QualityError
from enforcement.evidence import EvidenceFolder
from enforcement.law.quality import Quality
from enforcement.policy import Policy
from enforcement.quality.known_cases import FILE, KnownCase, add_known, read_known
from enforcement.quality.reviews import Reviews
from enforcement.register import Keeper
from enforcement.rules import speeding
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from streams.messages import Passage
from tests.enforcement.samples import T0, decision, digest, passage, policy, publish

PICTURES = (b"a drawn frame", b"a drawn plate")


def judged_by(share: float) -> Policy:
    return msgspec.structs.replace(policy(), quality=Quality(known_share=share))


def invented(number: int, answer: str = "rejected", reason: str = "plate_wrong") -> KnownCase:
    seen = passage(1_000 + number, 97.0, "XX-999-YY", camera="studio", pictures=PICTURES)
    finding = speeding.judge(Circumstances(seen), policy())
    assert finding is not None
    return KnownCase(answer, seen, finding, reason, Keeper("XX999YY", "k-0", name="Nobody at all"))


def folder_of(known: KnownCase, at: Path) -> Path:
    folder = at / known.known_id
    folder.mkdir()
    (folder / FILE).write_bytes(msgspec.json.encode(known))
    for number, content in enumerate(PICTURES):
        (folder / f"{number}.jpg").write_bytes(content)
    return folder


@pytest.fixture
def pool(embedded: Store, evidence: EvidenceFolder, tmp_path: Path) -> list[KnownCase]:
    """Three known cases that may be put."""
    known = [invented(number) for number in range(3)]
    folders = [folder_of(each, tmp_path) for each in known]
    read = [read_known(folder) for folder in folders]
    assert add_known(embedded, evidence, read) == 3
    assert add_known(embedded, evidence, read) == 0
    return known


def find(store: Store, bus: LocalBus, evidence: EvidenceFolder, share: float, *passages: Passage) -> None:
    publish(bus, *passages)
    Enforcer(bus, store, evidence, {"cam-1": judged_by(share)}).drain(0.0)


def seeded(store: Store) -> set[str]:
    return {row[0] for row in store.query("SELECT toString(case_id) FROM seeded_cases FINAL")}


def test_a_known_case_looks_like_a_real_one_of_its_camera(
    embedded: Store, bus: LocalBus, evidence: EvidenceFolder, pool: list[KnownCase]
) -> None:
    find(embedded, bus, evidence, 0.5, *(passage(number, 100.0) for number in range(12)))
    book = CaseBook(embedded)
    put = [case for case in book.queue(limit=100) if case.case_id in seeded(embedded)]
    assert 1 <= len(put) <= 3
    for line in put:
        case = book.case(line.case_id)
        assert case is not None
        assert (line.camera_id, line.status, line.plate) == ("cam-1", "open", "XX999YY")
        assert T0 <= line.occurred_at_ns <= T0 + 3600 * 10**9
        assert case.passage.track[0].captured_at_ns == line.occurred_at_ns
        assert case.passage.site_id == "site-1"
        assert case.missing_evidence == ()
        assert case.keeper is not None
        assert case.keeper.name == "Nobody at all"
        assert book.is_seeded(line.case_id)
    real = next(case.case_id for case in book.queue(limit=100) if case.case_id not in seeded(embedded))
    assert not book.is_seeded(real)


def test_it_is_in_no_figure(
    embedded: Store, bus: LocalBus, evidence: EvidenceFolder, pool: list[KnownCase]
) -> None:
    find(embedded, bus, evidence, 0.5, *(passage(number, 100.0) for number in range(12)))
    [case_id, *_] = sorted(seeded(embedded))
    publish(bus, decision(case_id, 1, "rejected", "ann"))
    Enforcer(bus, embedded, evidence, {"cam-1": judged_by(0.5)}).drain(0.0)
    book = CaseBook(embedded)
    assert len(book.queue(None, limit=100)) == 12 + len(seeded(embedded))
    assert book.count() == {"open": 12, "confirmed": 0, "rejected": 0}
    assert sum(row.violations for row in book.by_camera()) == 12
    assert sum(row.violations for row in book.by_offence()) == 12
    assert sum(row.violations for row in book.violations_by_hour()) == 12
    for view, number in (
        ("v_violations", 12),
        ("v_decisions", 0),
        ("v_reviewers_daily", 0),
        ("findings", 12),
    ):
        assert embedded.query(f"SELECT count() FROM {view}") == [(number,)], view
    assert embedded.query("SELECT sum(violations) FROM v_reader_hourly") == [(12,)]
    [ann] = Reviews(embedded, days=36_500).reviewers()
    assert (ann.officer, ann.answers, ann.known, ann.known_right) == ("ann", 0, 1, 1)


def test_a_batch_that_comes_again_puts_nothing_twice(
    embedded: Store, bus: LocalBus, evidence: EvidenceFolder, pool: list[KnownCase]
) -> None:
    passages = [passage(number, 100.0) for number in range(8)]
    find(embedded, bus, evidence, 0.5, *passages)
    before = CaseBook(embedded).queue(limit=100)
    find(embedded, bus, evidence, 0.5, *passages)
    assert CaseBook(embedded).queue(limit=100) == before


@pytest.mark.parametrize(
    ("share", "limit_kmh", "least", "most"),
    [
        pytest.param(0.0, 80.0, 0, 0, id="none where the policy wants none"),
        pytest.param(0.5, 50.0, 0, 0, id="none of another limit"),
        pytest.param(0.5, 80.0, 3, 3, id="no more than there are"),
    ],
)
def test_no_more_are_put_than_are_wanted_and_fit(
    embedded: Store,
    bus: LocalBus,
    evidence: EvidenceFolder,
    pool: list[KnownCase],
    share: float,
    limit_kmh: float,
    least: int,
    most: int,
) -> None:
    law = msgspec.structs.replace(judged_by(share), speeding=policy(limit_kmh).speeding)
    publish(bus, *(passage(number, 100.0) for number in range(20)))
    Enforcer(bus, embedded, evidence, {"cam-1": law}).drain(0.0)
    assert least <= len(seeded(embedded)) <= most


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        (invented(0, "rejected", "mood"), "needs one of plate_unreadable"),
        (invented(0, "confirmed", "plate_wrong"), "confirmed without a reason"),
        (invented(0, "perhaps", ""), "confirmed without a reason"),
    ],
)
def test_an_answer_that_cannot_be_meant_is_refused(tmp_path: Path, known: KnownCase, sentence: str) -> None:
    with pytest.raises(QualityError, match=sentence):
        read_known(folder_of(known, tmp_path))


def test_a_folder_needs_its_pictures(tmp_path: Path) -> None:
    folder = folder_of(invented(0), tmp_path)
    (folder / "0.jpg").write_bytes(b"another picture")
    with pytest.raises(QualityError, match=f"{digest(PICTURES[0])[:12]} are missing"):
        read_known(folder)
