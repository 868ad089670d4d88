"""Breaks what a plan says when it says so, and makes it well again."""

from __future__ import annotations

import random
import time
from contextlib import suppress

from tests.faults.garbage import Saboteur
from tests.faults.links import OPEN
from tests.faults.schedule import SECONDS, Fault
from tests.faults.stage import Stage
from tests.faults.watching import Suffered

_STEP_S = 0.05


def break_and_heal(stage: Stage, saboteur: Saboteur) -> list[Suffered]:
    """Inject the plan's faults and heal them, until the last is over and the units have published all.

    What was suffered has the times at which it truly began and ended: a busy machine is late.
    """
    chance = random.Random(f"break {stage.plan.seed}")
    due = list(stage.plan.faults)
    going: list[tuple[float, float, Fault]] = []  # until when, since when
    suffered: list[Suffered] = []
    while due or going or stage.elapsed_s < SECONDS:
        now = stage.elapsed_s
        while due and due[0].at_s <= now:
            fault = due.pop(0)
            _inject(stage, fault, saboteur)
            going.append((stage.elapsed_s + fault.lasts_s, now, fault))
        for ending in [each for each in going if each[0] <= now]:
            going.remove(ending)
            _, began_s, fault = ending
            _heal(stage, fault, chance, [other for _, _, other in going])
            suffered.append(Suffered(fault, began_s, stage.elapsed_s))
        stage.look_after()
        time.sleep(_STEP_S)
    return suffered


def _inject(stage: Stage, fault: Fault, saboteur: Saboteur) -> None:
    match fault.kind:
        case "kill" | "torn":
            stage.processes[fault.target].kill()
        case "pause":
            stage.processes[fault.target].freeze()
        case "link":
            for link in stage.links[fault.target]:
                link.become(fault.way, reset=fault.way.refuses)
        case "disk":
            stage.disks[fault.target].fill()
        case "garbage":
            saboteur.strike(fault.target)


def _heal(stage: Stage, fault: Fault, chance: random.Random, going: list[Fault]) -> None:
    """Make it well again, unless another fault still holds it."""
    if any(_held(other) == _held(fault) for other in going):
        return
    match fault.kind:
        case "kill" | "torn":
            if fault.kind == "torn":
                _tear(stage, int(fault.target[-1]), chance)
            process = stage.processes[fault.target]
            if not process.alive:
                process.start()
        case "pause":
            stage.processes[fault.target].thaw()
        case "link":
            # After bytes were swallowed no connection can go on; after a mere delay it can.
            for link in stage.links[fault.target]:
                link.become(OPEN, reset=fault.way.drops_out or fault.way.drops_back)
        case "disk":
            stage.disks[fault.target].empty()
        case "garbage":
            pass


def _held(fault: Fault) -> tuple[str, str]:
    return ("down" if fault.kind in ("kill", "torn") else fault.kind, fault.target)


def _tear(stage: Stage, unit: int, chance: random.Random) -> None:
    """Append what a write that power cut in the middle leaves behind the last complete one."""
    journal = stage.spool(unit).with_name("spool.sqlite-wal")
    if journal.exists():
        # On a full disk there is no room for it.
        with journal.open("ab", buffering=0) as torn, suppress(OSError):
            torn.write(chance.randbytes(chance.randrange(1, 9000)))
