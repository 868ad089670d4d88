"""Which files the local log refuses to open, and who may read its own."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from streams.bus import BusUnavailable
from streams.local import LocalBus
from streams.topics import Topic
from tests.streams.local_bus.conftest import PLATE, values


def test_only_its_owner_can_read_the_log(path: Path, bus: LocalBus) -> None:
    bus.publish(Topic.PASSAGES, "camera", PLATE)
    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob(path.name + "*")}
    assert modes == {0o600}


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    content = b"this is no database, and it is longer than a header " * 50
    path.write_bytes(content)
    with pytest.raises(BusUnavailable, match="is not a readable log"):
        LocalBus(path)
    assert path.read_bytes() == content


def test_a_damaged_log_is_refused(path: Path) -> None:
    bus = LocalBus(path)
    bus.publish_many([(Topic.DECISIONS, "case", bytes(3000)) for _ in range(50)])
    bus.close()
    content = bytearray(path.read_bytes())
    content[4096:40960] = os.urandom(40960 - 4096)
    path.write_bytes(content)

    def use() -> None:
        bus = LocalBus(path)
        try:
            values(bus, Topic.DECISIONS)
            bus.publish(Topic.DECISIONS, "case", b"1")
        finally:
            bus.close()

    with pytest.raises(BusUnavailable, match="is not a readable log"):
        use()


def test_the_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE theirs (a)")
    with pytest.raises(BusUnavailable, match="was written by another program: name another file"):
        LocalBus(path)
    assert [row[0] for row in sqlite3.connect(path).execute("SELECT name FROM sqlite_schema")] == ["theirs"]


def test_the_log_of_a_newer_version_is_refused(path: Path) -> None:
    LocalBus(path).close()
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(BusUnavailable, match="was written by a newer Roadwitness"):
        LocalBus(path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BusUnavailable, match="check that its folder is there"):
        LocalBus(tmp_path / "absent" / "bus")
