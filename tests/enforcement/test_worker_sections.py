"""Sections, papers and exemptions in the worker: what is stored, what is kept, what is erased."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from enforcement.casebook import CaseBook
from enforcement.distances import Distances
from enforcement.evidence import EvidenceFolder
from enforcement.law.papers import ClonedPlate, Exemption, RegisterChecks
from enforcement.law.speeds import Section, Tolerance
from enforcement.policy import Plates, Policy
from enforcement.register import import_register
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from streams.messages import Passage, PlateReading
from streams.topics import Topic
from tests.enforcement.conftest import drain_one_by_one, files
from tests.enforcement.samples import CAMERA, SECOND, T0, items, passage, policy, publish

SECTION = Section("A", "cam-in", "cam-out", 2000.0, 0.5, 80.0, Tolerance(3.0, 3.0), longest_s=600.0)
LAW = msgspec.structs.replace(policy(), sections=(SECTION,), speeding=None)


class Clock:
    def __init__(self) -> None:
        self.ns = 1_800_000_000 * 10**9

    def __call__(self) -> int:
        return self.ns


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bus(tmp_path: Path, clock: Clock) -> Iterator[LocalBus]:
    bus = LocalBus(tmp_path / "bus.sqlite", clock=clock)
    yield bus
    bus.close()


@pytest.fixture
def worker(bus: LocalBus, store: Store, evidence: EvidenceFolder, clock: Clock) -> Enforcer:
    return Enforcer(bus, store, evidence, {"cam-in": LAW, "cam-out": LAW}, clock=clock)


def at(camera: str, after_s: float, plate: str = "AB123CD") -> tuple[Passage, tuple[bytes, ...]]:
    """A passage at one end, with pictures of its own."""
    pictures = tuple(f"{kind} {camera} {after_s} {plate}".encode() for kind in ("frame", "plate", "original"))
    seen = passage(
        round(after_s), plate=plate, camera=camera, at_ns=T0 + round(after_s * SECOND), pictures=pictures
    )
    return msgspec.structs.replace(seen, clock_sigma_ms=5.0, tracked_part="front"), pictures


def send(bus: LocalBus, *seen: tuple[Passage, tuple[bytes, ...]]) -> None:
    for one, pictures in seen:
        publish(bus, *items(one, pictures), one)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["entry first", "exit first"])
@pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "each for itself"])
def test_too_fast_over_a_section_is_a_case_with_the_pictures_of_both_ends(
    bus: LocalBus,
    store: Store,
    evidence: EvidenceFolder,
    worker: Enforcer,
    order: tuple[int, int],
    at_once: bool,
) -> None:
    both = at("cam-in", 0.0), at("cam-out", 70.0)
    for i in order:
        send(bus, both[i])
        if not at_once:
            worker.drain(0.0)
    worker.drain(0.0)
    [summary] = CaseBook(store).queue()
    assert (summary.offence, summary.camera_id, summary.plate) == ("average_speed", "cam-out", "AB123CD")
    assert summary.measured == pytest.approx(100.0)
    case = CaseBook(store).case(summary.case_id)
    assert case is not None
    assert case.finding.other is not None
    assert case.finding.other.passage_id == both[0][0].passage_id
    assert case.finding.other.evidence == both[0][0].evidence
    assert case.missing_evidence == ()
    assert len(files(evidence.path)) == 6
    assert store.query("SELECT count() FROM v_passages") == [(2,)]


def test_who_kept_to_the_limit_leaves_two_counts_and_nothing_else(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, worker: Enforcer
) -> None:
    send(bus, at("cam-in", 0.0))
    worker.drain(0.0)
    assert len(files(evidence.path)) == 3  # they may yet be needed
    send(bus, at("cam-out", 90.0))
    worker.drain(0.0)
    assert files(evidence.path) == []
    assert store.query("SELECT count() FROM v_passages") == [(2,)]
    assert store.query("SELECT count() FROM violations") == [(0,)]
    assert "AB123CD" not in everything(store)


def test_who_never_left_is_forgotten_with_the_pictures(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, worker: Enforcer
) -> None:
    send(bus, at("cam-in", 0.0))
    worker.drain(0.0)
    send(bus, at("cam-out", 730.0, "XY999ZZ"))
    worker.drain(0.0)
    assert len(files(evidence.path)) == 3  # those of the other one, who may yet be found to have entered
    assert "AB123CD" not in everything(store)


def test_late_pictures_of_a_passage_that_waits_are_kept_until_it_is_decided(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, worker: Enforcer
) -> None:
    (entered, pictures), left = at("cam-in", 0.0), at("cam-out", 70.0)
    publish(bus, entered)
    worker.drain(0.0)
    publish(bus, *items(entered, pictures))
    worker.drain(0.0)
    assert len(files(evidence.path)) == 3
    send(bus, left)
    worker.drain(0.0)
    assert len(files(evidence.path)) == 6


def test_who_waited_when_the_worker_died_is_erased_by_the_next_one_when_the_time_is_over(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, worker: Enforcer, clock: Clock
) -> None:
    send(bus, at("cam-in", 0.0))
    worker.drain(0.0)
    after = Enforcer(bus, store, evidence, {"cam-in": LAW, "cam-out": LAW}, clock=clock)
    after.sweep()
    after.drain(0.0)
    assert len(files(evidence.path)) == 3
    clock.ns += 7200 * SECOND
    Enforcer(bus, store, evidence, {"cam-in": LAW, "cam-out": LAW}, clock=clock).drain(0.0)
    assert files(evidence.path) == []
    assert list(bus.recall(Topic.PASSAGES)) == []


def test_pictures_that_wait_for_a_match_that_nobody_can_find_any_more_are_swept_up(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, worker: Enforcer, clock: Clock
) -> None:
    send(bus, at("cam-in", 0.0))
    worker.drain(0.0)
    without = msgspec.structs.replace(LAW, sections=())
    after = Enforcer(bus, store, evidence, {"cam-in": without, "cam-out": without}, clock=clock)
    after.sweep()
    assert len(files(evidence.path)) == 3
    clock.ns += 4 * 86400 * SECOND
    after.sweep()
    assert files(evidence.path) == []


def test_a_worker_that_starts_again_remembers_who_is_in_the_section(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, worker: Enforcer, clock: Clock
) -> None:
    send(bus, at("cam-in", 0.0))
    worker.drain(0.0)
    clock.ns += 70 * SECOND
    send(bus, at("cam-out", 70.0))
    clock.ns += 3600 * SECOND  # nobody works, for far longer than a vehicle is remembered
    Enforcer(bus, store, evidence, {"cam-in": LAW, "cam-out": LAW}, clock=clock).drain(0.0)
    assert [case.offence for case in CaseBook(store).queue()] == ["average_speed"]
    assert len(files(evidence.path)) == 6


def test_a_plate_stays_in_the_log_no_longer_than_the_section_needs_it(
    bus: LocalBus, worker: Enforcer, clock: Clock, tmp_path: Path
) -> None:
    send(bus, at("cam-in", 0.0))
    worker.drain(0.0)
    assert [record.key for record in bus.recall(Topic.PASSAGES)] == ["cam-in"]
    clock.ns += 601 * SECOND
    worker.drain(0.0)
    bus.close()
    assert b"AB123CD" not in b"".join(file.read_bytes() for file in tmp_path.glob("bus.sqlite*"))


def test_messages_of_a_section_that_come_again_change_nothing(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, worker: Enforcer
) -> None:
    both = at("cam-in", 0.0), at("cam-out", 70.0)
    send(bus, *both)
    worker.drain(0.0)
    before = store.query("SELECT * EXCEPT recorded_at FROM violations FINAL")
    send(bus, *both)
    drain_one_by_one(bus, worker)
    assert store.query("SELECT * EXCEPT recorded_at FROM violations FINAL") == before
    assert len(files(evidence.path)) == 6


@pytest.mark.parametrize(("metres", "offences"), [(100_000.0, ["cloned_plate"]), (1_000.0, []), (None, [])])
def test_a_plate_at_two_places_is_a_case_where_no_vehicle_can_have_driven_the_way(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, metres: float | None, offences: list[str]
) -> None:
    law = msgspec.structs.replace(policy(), speeding=None, cloned_plate=ClonedPlate())
    ways = Distances(by_road_m={("cam-in", "cam-out"): metres} if metres else {})
    worker = Enforcer(bus, store, evidence, {"cam-in": law, "cam-out": law}, distances=ways)
    for seen, _ in (at("cam-in", 0.0), at("cam-out", 70.0)):
        publish(bus, msgspec.structs.replace(seen, plate=PlateReading("AB123CD", 0.999), evidence=()))
    worker.drain(0.0)
    assert [case.offence for case in CaseBook(store).queue()] == offences
    if not offences:
        assert "AB123CD" not in everything(store)


REGISTER = """plate,keeper_id,insured_until,inspected_until,stolen
GT57XYZ,k1,2026-05-03,2027-01-01,no
GT57XYA,k2,2027-01-01,2027-01-01,yes
GT57XYB,k3,,,
"""
HOME = Plates({"GB": 0.98, "any": 0.02}, 0.02)


def checked(**checks: Any) -> Policy:
    table = {"offences": ("unregistered", "uninsured", "stolen"), "countries": ("GB",)} | checks
    return msgspec.structs.replace(policy(), register_checks=RegisterChecks(**table), plates=HOME)


@pytest.mark.parametrize(
    ("plate", "speed", "every", "offences"),
    [
        ("GT57XYZ", 93.4, False, ["speeding", "uninsured"]),
        ("GT57XYZ", 50.0, False, []),  # broke no rule, so nobody asks
        ("GT57XYZ", 50.0, True, ["uninsured"]),
        ("GT57XYA", 50.0, True, ["stolen"]),
        ("GT57XYB", 50.0, True, []),
        ("LK09OWN", 50.0, True, ["unregistered"]),
        ("GT57XYC", 50.0, True, []),  # may be one of those that are registered: the doubt is the driver's
        ("B12ABC", 50.0, True, []),  # from elsewhere
    ],
)
def test_the_register_is_asked_about_whom_the_policy_says(
    bus: LocalBus,
    store: Store,
    evidence: EvidenceFolder,
    tmp_path: Path,
    plate: str,
    speed: float,
    every: bool,
    offences: list[str],
) -> None:
    register = tmp_path / "register.csv"
    register.write_text(REGISTER)
    import_register(store, register)
    law = checked(ask="every_passage", legal_basis="§ 1") if every else checked()
    publish(bus, msgspec.structs.replace(passage(1, speed), plate=PlateReading(plate, 0.999)))
    Enforcer(bus, store, evidence, {CAMERA: law}).drain(0.0)
    assert sorted(case.offence for case in CaseBook(store).queue()) == offences
    if not offences:
        assert plate not in everything(store).replace(REGISTER, "").replace("keepers", "")


def test_without_a_register_nobody_is_unregistered(
    bus: LocalBus, store: Store, evidence: EvidenceFolder
) -> None:
    publish(bus, msgspec.structs.replace(passage(1, 93.4), plate=PlateReading("GT57XYZ", 0.999)))
    Enforcer(bus, store, evidence, {CAMERA: checked()}).drain(0.0)
    assert [case.offence for case in CaseBook(store).queue()] == ["speeding"]


def test_an_exempted_finding_is_counted_and_leaves_no_plate(
    bus: LocalBus, store: Store, evidence: EvidenceFolder
) -> None:
    law = msgspec.structs.replace(
        policy(), exemptions=(Exemption(("AB 123 CD",), "fire brigade", ("speeding",)),)
    )
    seen = passage(1, 93.4, pictures=(b"frame", b"plate", b"original"))
    publish(bus, *items(seen, (b"frame", b"plate", b"original")), seen)
    Enforcer(bus, store, evidence, {CAMERA: law}).drain(0.0)
    assert store.query(
        "SELECT offence, reason, policy_version FROM findings FINAL WHERE became = 'set_aside'"
    ) == [("speeding", "fire brigade", "1")]
    assert store.query("SELECT count() FROM violations") == [(0,)]
    assert files(evidence.path) == []
    assert "AB123CD" not in everything(store).replace("-", "").replace(" ", "")


def everything(store: Store) -> str:
    """All that the store holds of passages, as text."""
    tables = ("passages", "violations", "case_events", "evidence_index", "findings")
    return "".join(str(store.query(f"SELECT * FROM {table}")) for table in tables)
