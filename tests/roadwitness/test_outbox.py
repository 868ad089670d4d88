"""A unit that may keep nothing more still sends what it has kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from roadwitness.outbox import open_outbox
from streams.bus import BusFull
from streams.spool import Spool
from streams.topics import Topic


@pytest.mark.kafka
def test_a_full_spool_is_sent_before_its_unit_ends(kafka_url: str, tmp_path: Path) -> None:
    """Else a unit that is started again meets the full spool again, and never gets to send."""
    path, limit = tmp_path / "spool.sqlite", 10_000
    full = Spool(path, limit_bytes=limit)
    full.publish_many([(Topic.EVIDENCE, "digest", bytes(4000))] * 2)
    full.close()
    with pytest.raises(BusFull), open_outbox(kafka_url, path, limit) as outbox:
        outbox.publish(Topic.EVIDENCE, "digest", bytes(4000))
    with open_outbox(kafka_url, path, limit) as outbox:
        assert outbox.state().records == 0
        outbox.publish(Topic.EVIDENCE, "digest", bytes(4000))
