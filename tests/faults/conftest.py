"""What the tests of the harness share: brokers, links and a store with empty tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.local_cluster.kafka_parts import KafkaParts
from tests.faults.play import House, open_house


@pytest.fixture(scope="session")
def house(kafka_parts: KafkaParts) -> Iterator[House]:
    with open_house() as house:
        yield house
