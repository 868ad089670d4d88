"""What the worker makes of plates: formats are weighed in, and both texts are kept beside the case."""

from __future__ import annotations

from pathlib import Path

import msgspec

from enforcement.case_plate import plate_of_case
from enforcement.casebook import CaseBook
from enforcement.evidence import EvidenceFolder
from enforcement.grammars.countries import grammar_version
from enforcement.policy import Plates
from enforcement.register import import_register
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from streams.messages import CharacterCandidate, Passage, PlateRead, PlateReading
from tests.enforcement.samples import BOX, CAMERA, T0, passage, policy, publish


def _doubtful(number: int, speed: float) -> Passage:
    """A passage whose plate the roadside called unreadable, because O and 0 are alike."""
    slots = [((c, 0.997),) for c in "CJ1"] + [(("O", 0.5), ("0", 0.49))] + [((c, 0.997),) for c in "ABC"]
    lattice = tuple(tuple(CharacterCandidate(c, p) for c, p in slot) for slot in slots)
    reads = tuple(PlateRead(T0 + n, text, 0.9, (), BOX) for n, text in enumerate(("CJ1OABC", "CJ10ABC")))
    confidence = 0.5 * 0.997**6
    reading = PlateReading(None, confidence, lattice, reads)
    return msgspec.structs.replace(passage(number, speed), plate=reading)


_ROMANIAN = msgspec.structs.replace(policy(), plates=Plates({"RO": 0.95, "any": 0.05}))


def test_plate_formats_settle_what_the_optics_leave_open_and_the_read_is_kept(
    bus: LocalBus, store: Store, evidence: EvidenceFolder, tmp_path: Path
) -> None:
    register = tmp_path / "register.csv"
    register.write_text("plate,keeper_id\nCJ10ABC,K-1\nBV1OABC,K-2\n")
    import_register(store, register)
    publish(bus, _doubtful(1, 93.4))
    Enforcer(bus, store, evidence, {CAMERA: _ROMANIAN}).drain(0.0)
    rows = store.query(
        """SELECT plate, plate_raw, plate_normalised, plate_probability > 0.9, plate_country, plate_format,
            keeper_id, grammar_version FROM v_violations"""
    )
    assert rows == [
        ("CJ10ABC", "CJ1OABC", "CJ10ABC", 1, "RO", "county", "K-1", grammar_version()),
    ]
    book = CaseBook(store)
    case = book.case(book.queue()[0].case_id)
    assert case is not None
    assert case.plate == plate_of_case(case.passage.plate, _ROMANIAN.prior)
    assert not case.plate.legible


def test_a_replay_under_another_prior_writes_the_same_case(
    bus: LocalBus, store: Store, evidence: EvidenceFolder
) -> None:
    for rules in (_ROMANIAN, policy()):
        publish(bus, _doubtful(1, 93.4))
        Enforcer(bus, store, evidence, {CAMERA: rules}).drain(0.0)
    assert store.query("SELECT count(), uniqExact(violation_id) FROM v_violations") == [(1, 1)]


def test_who_broke_no_rule_leaves_no_plate_however_sure_the_formats_are(
    bus: LocalBus, store: Store, evidence: EvidenceFolder
) -> None:
    publish(bus, _doubtful(1, 60.0))
    Enforcer(bus, store, evidence, {CAMERA: _ROMANIAN}).drain(0.0)
    assert store.query("SELECT count() FROM v_passages") == [(1,)]
    for (table,) in store.query(
        """SELECT DISTINCT table FROM system.parts
        WHERE database = {db:String} AND active AND rows > 0 AND table != 'schema_migrations'""",
        {"db": store.database},
    ):
        assert "CJ1" not in str(store.query(f"SELECT * FROM {table}")), table
