"""Invented records of both worths, and a spool that is closed afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.spool import Spool
from streams.topics import Topic


def statistic(number: int, size: int = 100) -> tuple[Topic, str, bytes]:
    content = json.dumps({"passage_id": str(number), "evidence": []}).encode()
    return Topic.PASSAGES, "cam", content.ljust(size)


def violation(number: int, size: int = 100) -> tuple[Topic, str, bytes]:
    content = json.dumps({"passage_id": str(number), "evidence": [{"digest": "…"}]}).encode()
    return Topic.PASSAGES, "cam", content.ljust(size)


def number_of(value: bytes) -> int:
    return int(json.loads(value)["passage_id"])


@pytest.fixture
def open_spool(tmp_path: Path) -> Iterator[Callable[..., Spool]]:
    opened: list[Spool] = []

    def open_one(**options: int) -> Spool:
        opened.append(Spool(tmp_path / "spool.sqlite", **({"reserve_bytes": 0} | options)))
        return opened[-1]

    yield open_one
    for spool in opened:
        spool.close()
