"""What does not fit together among packages: the statements of a camera are one chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from enforcement.casefile.tombstones import ErasedLink
from enforcement.casefile.verifying import Verdict
from streams.statements import BEGINNING

#: A statement in its camera's chain: out of a package that holds, or of a case that was erased.
Link = Verdict | ErasedLink


@dataclass(frozen=True)
class ChainFault:
    """One sentence; a gap alone is not wrong: what broke no rule is erased, and its number stays empty."""

    sentence: str
    is_wrong: bool


def chain_faults(links: Iterable[Link]) -> list[ChainFault]:
    """Every gap, fork and break among statements, by camera."""
    by_camera: dict[str, list[Link]] = {}
    for link in links:
        by_camera.setdefault(link.camera_id, []).append(link)
    return [fault for camera, own in sorted(by_camera.items()) for fault in _faults_of(camera, own)]


def _faults_of(camera: str, own: list[Link]) -> list[ChainFault]:
    ordered = sorted(own, key=lambda link: (link.sequence, link.statement))
    first = ordered[0]
    faults = []
    if first.sequence == 1 and first.previous != BEGINNING:
        faults.append(ChainFault(f"Statement 1 of camera {camera} names one before it.", True))
    for one, other in pairwise(ordered):
        if one.sequence == other.sequence and one.statement != other.statement:
            forked = f"Camera {camera} has two different statements number {one.sequence}: one is forged."
            faults.append(ChainFault(forked, True))
        elif other.sequence == one.sequence + 1 and other.previous != one.statement:
            broken = f"Statement {other.sequence} of camera {camera} does not follow number {one.sequence}"
            faults.append(ChainFault(f"{broken}: one of them was replaced.", True))
        elif other.sequence > one.sequence:
            if other.sequence > one.sequence + 1:
                missing = _span(one.sequence + 1, other.sequence - 1)
                faults.append(ChainFault(f"Camera {camera}: {missing} not among these packages.", False))
            if other.signed_at_ns < one.signed_at_ns:
                order = (
                    f"Statement {other.sequence} of camera {camera} was signed before number {one.sequence}"
                )
                faults.append(ChainFault(f"{order}: its clock was set back, or one was replaced.", True))
    return faults


def _span(first: int, last: int) -> str:
    return f"the statement {first} is" if first == last else f"the statements {first} to {last} are"
