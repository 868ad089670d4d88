"""Known cases out of a simulated clip: what the unit saw of each vehicle, right as it is, or made wrong.

The simulator knows every plate and speed, so what is right about a case is known and not judged by anybody. A
passage that the unit itself got wrong is left out: what an officer should answer about it is not certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from detectors.pipeline import ClosedPassage
from enforcement.case_plate import plate_of_case
from enforcement.circumstances import Circumstances
from enforcement.policy import Policy
from enforcement.quality.known_cases import KnownCase
from enforcement.register import Keeper
from enforcement.rules import speeding
from roadwitness.simulator import Truth, VehicleTruth
from roadwitness.truth_matching import compare
from streams.identity import identify
from streams.messages import EvidenceItem, Passage

Made = tuple[KnownCase, Sequence[EvidenceItem]]

#: Of those who drive too fast, in turn: as they were, or with something that an officer has to notice.
_IN_TURN = ("", "", "plate_wrong", "", "", "vehicle_mismatch")
#: A measurement that was made up is so far above the limit, km/h; the picture of the way shows it.
_TOO_FAST_KMH = 31.0
_OTHER = {"car": ("bus", "truck"), "truck": ("motorcycle", "car"), "bus": ("car", "motorcycle")}


def known_cases_of(
    closed: Iterable[ClosedPassage],
    truth: Truth,
    recorded_at_ns: int,
    policy: Policy,
    keepers: Mapping[str, Keeper],
) -> list[Made]:
    """A known case of each vehicle whose plate and speed the unit got right.

    Args:
        closed: what the unit saw of the clip; sealed pieces and statements are left out.
        truth: what was in the clip.
        recorded_at_ns: when the clip begins (UTC ns).
        policy: by which the cases are found.
        keepers: the scene's register, by normalised plate.
    """
    seen = {one.passage.passage_id: one for one in closed}
    comparisons, _ = compare(truth, [one.passage for one in seen.values()], recorded_at_ns)
    made: list[Made] = []
    turn = 0
    for comparison in comparisons:
        keeper = keepers.get(comparison.vehicle.plate)
        if len(comparison.passages) != 1 or keeper is None:
            continue
        (passage,) = comparison.passages
        if not _is_right(passage, comparison.vehicle):
            continue
        wrong = _IN_TURN[turn % len(_IN_TURN)] if comparison.vehicle.speeding else "measurement_doubtful"
        known = _known(_renamed(passage, truth), keeper, wrong, policy)
        if known is not None:
            turn += comparison.vehicle.speeding
            made.append((known, list(_items(known.passage, seen[passage.passage_id].evidence))))
    return made


def _is_right(passage: Passage, vehicle: VehicleTruth) -> bool:
    speed, plate = passage.speed, passage.plate
    if speed.speed_kmh is None or speed.uncertainty_kmh is None or plate is None:
        return False
    return plate.text == vehicle.plate and abs(speed.speed_kmh - vehicle.speed_kmh) <= speed.uncertainty_kmh


def _renamed(passage: Passage, truth: Truth) -> Passage:
    """Under an id of its own, which no real passage and no other scene has; without what is sealed."""
    own = identify("passage", "simulated", truth.scene, str(truth.seed), passage.passage_id)
    pieces = tuple(piece for piece in passage.evidence if not piece.sealed)
    return msgspec.structs.replace(passage, passage_id=own, evidence=pieces)


def _known(passage: Passage, keeper: Keeper, wrong: str, policy: Policy) -> KnownCase | None:
    match wrong:
        case "plate_wrong":
            changed = _misread(passage, policy)
            if changed is None:
                return None
            passage = changed
            assert passage.plate is not None
            keeper = msgspec.structs.replace(keeper, plate=passage.plate.text or "")
        case "vehicle_mismatch":
            kind = _OTHER.get(passage.vehicle, ("car", "truck"))[0]
            keeper = msgspec.structs.replace(keeper, vehicle_class=kind)
        case "measurement_doubtful":
            passage = _made_up(passage, policy)
        case _:
            pass
    finding = speeding.judge(Circumstances(passage), policy)
    if finding is None:
        return None
    return KnownCase("rejected" if wrong else "confirmed", passage, finding, wrong, keeper)


def _misread(passage: Passage, policy: Policy) -> Passage | None:
    """As if one character had been read wrongly, and surely; None where no such plate would be believed."""
    plate = passage.plate
    assert plate is not None
    text = plate.text or ""
    for place in reversed(range(len(text))):
        other = _unlike(text[place])
        changed = f"{text[:place]}{other}{text[place + 1 :]}"
        swapped = {text[place]: other, other: text[place]}
        lattice = tuple(
            tuple(
                msgspec.structs.replace(one, character=swapped.get(one.character, one.character))
                for one in candidates
            )
            if number == place
            else candidates
            for number, candidates in enumerate(plate.lattice)
        )
        reads = tuple(
            msgspec.structs.replace(read, text=changed) if read.text == text else read for read in plate.reads
        )
        reading = msgspec.structs.replace(plate, text=changed, lattice=lattice, reads=reads)
        if plate_of_case(reading, policy.prior).text != changed:
            continue
        pieces = tuple(
            msgspec.structs.replace(piece, plate_text=changed) if piece.plate_text == text else piece
            for piece in passage.evidence
        )
        return msgspec.structs.replace(passage, plate=reading, evidence=pieces)
    return None


def _unlike(character: str) -> str:
    """Another character of its kind, which nobody takes for it who looks.

    >>> _unlike("8"), _unlike("A")
    ('1', 'X')
    """
    if character.isdigit():
        return "4" if character == "1" else "1"
    return "K" if character == "X" else "X"


def _made_up(passage: Passage, policy: Policy) -> Passage:
    """With a speed that its way contradicts: the distance, the time and the drawing stay true."""
    law = policy.speeding
    assert law is not None
    speed = msgspec.structs.replace(passage.speed, speed_kmh=round(law.limit_kmh + _TOO_FAST_KMH, 1))
    return msgspec.structs.replace(passage, speed=speed)


def _items(passage: Passage, evidence: Sequence[EvidenceItem]) -> Iterator[EvidenceItem]:
    named = {piece.digest for piece in passage.evidence}
    for item in evidence:
        if item.digest in named:
            yield msgspec.structs.replace(item, passage_id=passage.passage_id)
