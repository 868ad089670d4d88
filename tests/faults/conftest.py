"""What the tests of the harness share: brokers, links and a store with empty tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.brokers import NoKafka
from tests.faults.play import House, open_house


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    try:
        with open_house() as house:
            yield house
    except NoKafka as missing:
        pytest.skip(str(missing))
