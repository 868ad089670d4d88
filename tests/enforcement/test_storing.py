"""The evidence of a batch is stored together, and one bad piece does not keep the others from it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import msgspec
import pytest

from enforcement.errors import EvidenceFull, EvidenceUnreachable
from enforcement.evidence import EvidenceFolder
from enforcement.storing import put_all
from streams.messages import EvidenceItem
from tests.enforcement.samples import digest


def item(number: int) -> EvidenceItem:
    content = f"picture {number}".encode()
    return EvidenceItem(digest(content), "image/jpeg", number % 2 == 0, "passage", "cam-1", content)


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "evidence")


@pytest.mark.parametrize("count", [0, 1, 3, 40])
def test_all_are_there_when_it_returns(folder: EvidenceFolder, count: int) -> None:
    items = [item(number) for number in range(count)]
    assert put_all(folder, items) == [None] * count
    assert all(folder.get(each.digest) == each.content for each in items)


def test_a_damaged_piece_is_told_in_its_place(folder: EvidenceFolder) -> None:
    items = [item(number) for number in range(10)]
    items[4] = msgspec.structs.replace(items[4], content=b"damaged")
    outcomes = put_all(folder, items)
    assert [fault is not None for fault in outcomes] == [number == 4 for number in range(10)]
    assert all(folder.has(each.digest) for number, each in enumerate(items) if number != 4)


@pytest.mark.parametrize("trouble", [EvidenceUnreachable("away."), EvidenceFull("full.")])
def test_trouble_ends_it_at_once_though_many_wait(folder: EvidenceFolder, trouble: Exception) -> None:
    asked = []

    class Away(EvidenceFolder):
        def put(self, digest: str, content: bytes, media_type: str, sealed: bool) -> None:
            asked.append(threading.get_ident())
            time.sleep(0.01)
            raise trouble

    with pytest.raises(type(trouble)):
        put_all(Away(folder.path), [item(number) for number in range(500)])
    assert len(asked) < 100
