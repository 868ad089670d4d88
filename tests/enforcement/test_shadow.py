"""Another policy over what was judged before."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pytest

from enforcement.circumstances import Circumstances, RegisterStatus, SectionEntry
from enforcement.evidence import EvidenceFolder
from enforcement.judging import findings_of
from enforcement.law.papers import Exemption, RegisterChecks
from enforcement.law.speeds import Section, SpecialLimit, Speeding, Tolerance
from enforcement.law.table import Scope
from enforcement.policy import Policy
from enforcement.register import Keeper
from enforcement.shadow import Counted, Stored, changes, judge_again, would_be_too_fast
from enforcement.store import Store
from enforcement.stored_passages import StoredPassages, asking_store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from streams.messages import Passage, PlateReading
from tests.enforcement.samples import CAMERA, SECOND, T0, passage, policy, publish

SECTION = Section("A", "cam-0", CAMERA, 2000.0, 0.5, 80.0, Tolerance(3.0, 3.0))
ENTRY = SectionEntry("A", "cam-0", "e", T0 - 78 * SECOND, 5.0, 0.999, "front")


def changed(**fields: Any) -> Policy:
    return msgspec.structs.replace(policy(), version="2", **fields)


def stored(seen: Passage, law: Policy, told: Circumstances | None = None, **more: Any) -> Stored:
    found = findings_of(told or Circumstances(seen), law)
    return Stored(seen, {finding.offence: finding for finding in found}, **more)


def kinds(one: Stored, law: Policy, left_out: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(each.kind, each.offence) for each in changes(one, judge_again(one, law), left_out)]


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        (changed(), []),  # another version alone changes nothing
        (changed(speeding=Speeding(95.0, Tolerance(3.0, 3.0))), [("dropped", "speeding")]),
        (changed(speeding=Speeding(70.0, Tolerance(3.0, 3.0))), [("changed", "speeding")]),
        (changed(speeding=Speeding(80.0, Tolerance(5.0, 3.0))), [("changed", "speeding")]),
        (changed(speeding=None), [("dropped", "speeding")]),
        (changed(exemptions=(Exemption(("AB123CD",), "army"),)), [("dropped", "speeding")]),
        (changed(valid_from=datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)), [("dropped", "speeding")]),
    ],
)
def test_what_would_change_for_a_speeder(law: Policy, expected: list[tuple[str, str]]) -> None:
    assert kinds(stored(passage(speed=93.4), policy()), law) == expected


def test_a_new_finding_is_told_with_its_sentence() -> None:
    one = stored(passage(speed=75.0), policy())
    [change] = changes(one, judge_again(one, changed(speeding=Speeding(60.0, Tolerance(3.0, 3.0)))))
    assert (change.kind, change.before) == ("new", None)
    assert change.after is not None
    assert "12.0 km/h too fast (policy sim-rural-2026, version 2)" in change.after.explanation


def test_what_could_not_be_judged_again_is_no_change() -> None:
    one = stored(passage(speed=93.4), policy())
    assert kinds(one, changed(speeding=None), left_out=("speeding",)) == []


def test_a_section_is_judged_again_with_what_was_known_of_its_entry() -> None:
    seen = msgspec.structs.replace(passage(0, 60.0), clock_sigma_ms=5.0, tracked_part="front")
    law = changed(sections=(SECTION,))
    one = stored(seen, law, Circumstances(seen, section=ENTRY))
    assert list(one.findings) == ["average_speed"]
    assert kinds(one, law) == []
    slower = msgspec.structs.replace(SECTION, limit_kmh=90.0)
    assert kinds(one, changed(sections=(slower,))) == [("dropped", "average_speed")]
    surer = msgspec.structs.replace(SECTION, least_match_probability=0.9999)
    assert kinds(one, changed(sections=(surer,))) == [("dropped", "average_speed")]


def test_papers_are_judged_again_with_the_register_of_that_time() -> None:
    seen = msgspec.structs.replace(passage(0, 93.4), plate=PlateReading("AB123CD", 0.999))
    law = changed(register_checks=RegisterChecks(("uninsured",)))
    status = RegisterStatus(True, datetime.date(2026, 5, 1))
    keeper = Keeper("AB123CD", "k", insured_until=datetime.date(2026, 5, 1))
    one = stored(seen, law, Circumstances(seen, registered=status), keeper=keeper)
    assert list(one.findings) == ["speeding", "uninsured"]
    assert kinds(one, law) == []
    patient = RegisterChecks(("uninsured",), grace_days=10)
    assert kinds(one, changed(register_checks=patient)) == [("dropped", "uninsured")]
    assert kinds(stored(seen, policy(), keeper=keeper), law) == [("new", "uninsured")]
    assert kinds(stored(seen, policy()), changed(register_checks=RegisterChecks(("unregistered",)))) == []


def special(scope: Scope) -> Policy:
    return changed(speeding=Speeding(80.0, Tolerance(3.0, 3.0), (SpecialLimit(60.0, scope),)))


@pytest.mark.parametrize(
    ("law", "would_be"),
    [
        (policy(80.0), False),
        (policy(60.0), True),
        (special(Scope(hours=("07:00-19:00",))), True),
        (special(Scope(("truck",))), False),
        (special(Scope(conditions=("wet",))), False),
    ],
)
def test_of_a_count_only_the_speed_is_judged(law: Policy, would_be: bool) -> None:
    counted = Counted("p", CAMERA, "truck", T0, 75.0, 1.2)
    assert would_be_too_fast(counted, law) is would_be


def test_the_store_gives_what_it_still_has(bus: LocalBus, store: Store, evidence: EvidenceFolder) -> None:
    exempt = msgspec.structs.replace(policy(), exemptions=(Exemption(("EX1234",), "army"),))
    speeder = passage(1, 93.4)
    publish(bus, speeder, passage(2, 70.0), passage(3, None), passage(4, 99.0, "EX1234"))
    publish(bus, passage(5, 99.0, camera="cam-2"))
    Enforcer(bus, store, evidence, {CAMERA: exempt, "cam-2": policy()}).drain(0.0)
    kept = StoredPassages(asking_store(store), T0, [CAMERA])
    assert [(one.passage, list(one.findings)) for one in kept.found()] == [(speeder, ["speeding"])]
    assert kept.counts() == (4, 3)
    assert len(kept.set_aside()) == 1
    assert [one.passage_id for one in kept.faster_than(60.0)] == [
        passage(2).passage_id,
        passage(4).passage_id,
    ]
    assert [round(one.speed_kmh, 3) for one in kept.faster_than(80.0)] == [99.0]
    assert StoredPassages(asking_store(store), T0).counts() == (5, 4)
    assert list(StoredPassages(asking_store(store), T0 + 3600 * SECOND).found()) == []
