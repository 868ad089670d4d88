"""Erases in a process of its own that kills itself at a given step: ``python -m … FOLDER STEP TURN``."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from enforcement.erasing.erasing import Erasing
from enforcement.erasing.tombstone import read_tombstones
from enforcement.evidence import EvidenceFolder
from enforcement.evidence_index import EvidenceIndex
from enforcement.rows import violation_id
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.local import LocalBus
from tests.enforcement.samples import CAMERA, decision, items, passage, policy, publish
from tests.enforcement.store_search import holding

DAY = 24 * 3600 * 10**9
PLATE = "AB123CD"


def fill(folder: Path, store: Store, evidence: EvidenceFolder) -> None:
    """Two rejected cases of one plate, each with pictures of its own."""
    bus = LocalBus(folder / "bus.sqlite")
    for number in (1, 2):
        pictures = tuple(b"%d %s" % (number, kind) for kind in (b"frame", b"crop", b"original"))
        seen = passage(number, 93.4, PLATE, pictures=pictures)
        publish(bus, *items(seen, pictures), seen)
        publish(bus, decision(violation_id(seen.passage_id, "speeding"), number, "rejected"))
    Enforcer(bus, store, evidence, {CAMERA: policy()}).drain(0.0)
    bus.close()


def main(folder: Path, step: str, turn: int) -> None:
    first = not (folder / "store").exists()
    store = Store.embedded(folder / "store")
    store.migrate()
    evidence = EvidenceFolder(folder / "evidence")
    if first:
        fill(folder, store, evidence)
    left = turn

    def before(target: Any, method: str, name: Callable[..., str]) -> None:
        original = getattr(target, method)

        def struck(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            if name(*arguments).startswith(step):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **options)

        setattr(target, method, struck)

    before(store, "insert", lambda table, *_: f"insert {table}")
    before(store, "command", lambda statement, *_: statement)
    before(evidence, "discard", lambda *_: "discard")
    Erasing(store, EvidenceIndex(store, evidence), clock=lambda: time.time_ns() + 31 * DAY).run()
    stones = read_tombstones(store)
    found = {
        "erased": [len(stone.erased) for stone in stones if stone.finished_ms],
        "begun": len(stones),
        "files": [path.name for path in evidence.path.rglob("*") if path.is_file()],
        "columns": holding(store, PLATE),
        "bus": PLATE.encode() in (folder / "bus.sqlite").read_bytes(),
    }
    print(json.dumps(found))
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
