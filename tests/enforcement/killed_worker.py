"""A worker in a process of its own that kills itself at a given step: ``python -m … FOLDER STEP TURN``."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from enforcement.casebook import CaseBook
from enforcement.evidence import EvidenceFolder
from enforcement.rows import violation_id
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.bus import Subscription
from streams.local import LocalBus, LocalSubscription
from streams.messages import Passage
from streams.topics import Topic
from tests.enforcement.samples import CAMERA, decision, items, passage, policy, publish

PICTURES = (b"frame", b"crop")


def seen() -> list[Passage]:
    """Three speeders and two others, each with pictures of its own."""
    return [
        passage(number, speed, pictures=tuple(b"%d %s" % (number, kind) for kind in PICTURES))
        for number, speed in enumerate((93.4, 60.0, 120.0, None, 99.0))
    ]


def fill(bus: LocalBus) -> None:
    for number, one in enumerate(seen()):
        publish(bus, *items(one, tuple(b"%d %s" % (number, kind) for kind in PICTURES)), one)
    bus.publish(Topic.PASSAGES, CAMERA, b"not json")
    cases = [violation_id(one.passage_id, "speeding") for one in seen()]
    publish(
        bus,
        decision(cases[0], 1, "rejected"),
        decision(cases[2], 2),
        decision(cases[0], 3, "confirmed", "officer-2"),
    )


def main(folder: Path, step: str, turn: int) -> None:
    first = not (folder / "bus.sqlite").exists()
    bus = LocalBus(folder / "bus.sqlite")
    if first:
        fill(bus)
    store = Store.embedded(folder / "store")
    store.migrate()
    evidence = EvidenceFolder(folder / "evidence")
    left = turn

    def strike(name: str) -> None:
        nonlocal left
        if name == step:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def before(target: Any, method: str, name: Callable[..., str]) -> None:
        original = getattr(target, method)

        def struck(*arguments: Any, **options: Any) -> Any:
            strike(name(*arguments))
            return original(*arguments, **options)

        setattr(target, method, struck)

    before(store, "insert", lambda table, *_: f"insert {table}")
    before(evidence, "put", lambda *_: "put")
    before(evidence, "discard", lambda *_: "discard")
    before(bus, "publish", lambda *_: "publish")
    enforcer = Enforcer(bus, store, evidence, {CAMERA: policy()})
    subscription: Subscription = bus.subscribe(
        [Topic.EVIDENCE, Topic.PASSAGES, Topic.DECISIONS], "enforcement"
    )
    assert isinstance(subscription, LocalSubscription)
    # Batches of four records, so that passages, their evidence and decisions fall into different ones; what
    # comes again comes at once, as it does after a worker was away.
    while records := subscription.poll(0.0, max_records=4 if first else 100):
        enforcer.handle(records)
        strike("commit")
        subscription.commit()
        strike("after commit")
    print(json.dumps(state(bus, store, evidence)))
    store.close()
    bus.close()


def state(bus: LocalBus, store: Store, evidence: EvidenceFolder) -> dict[str, Any]:
    found: dict[str, Any] = {
        table: [
            list(map(str, row))
            for row in store.query(f"SELECT * EXCEPT recorded_at FROM {table} FINAL ORDER BY ALL")
        ]
        for table in ("passages", "violations", "case_events")
    }
    found["kept"] = store.query(
        "SELECT toString(digest) FROM evidence_index FINAL WHERE fact = 'kept' ORDER BY ALL"
    )
    found["files"] = sorted(path.name for path in evidence.path.rglob("*") if path.is_file())
    found["statuses"] = CaseBook(store).count()
    found["dead_letters"] = len(bus.subscribe([Topic.DEAD_LETTERS], "test").poll(0.0))
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
