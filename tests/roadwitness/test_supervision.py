"""What systemd is told."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadwitness.supervision import supervised
from streams.health import Health


@pytest.fixture(params=["in a folder", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """The supervisor's end, and its address as it is told to the process."""
    name = f"roadwitness-{secrets.token_hex(8)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
        there.bind(f"\0{name}" if request.param == "abstract" else str(tmp_path / "notify"))
        there.settimeout(10)
        yield there, f"@{name}" if request.param == "abstract" else str(tmp_path / "notify")


def test_start_signs_of_life_and_end_are_told(systemd: tuple[socket.socket, str]) -> None:
    there, address = systemd
    with supervised(Health(), {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "150000"}):
        assert there.recv(100) == b"READY=1"
        assert [there.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
    heard = b""
    while heard != b"STOPPING=1":
        heard = there.recv(100)


def test_one_that_hangs_gives_no_sign_of_life(systemd: tuple[socket.socket, str]) -> None:
    there, address = systemd
    health = Health()
    loop = health.loop("frames", limit_s=0.05)
    time.sleep(0.1)
    with supervised(health, {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "60000"}):
        assert there.recv(100) == b"READY=1"
        time.sleep(0.3)
        loop.limit_s = 60  # it goes round again
        assert there.recv(100) == b"WATCHDOG=1"


def test_without_a_watchdog_only_start_and_end_are_told(systemd: tuple[socket.socket, str]) -> None:
    there, address = systemd
    with supervised(Health(), {"NOTIFY_SOCKET": address}):
        assert there.recv(100) == b"READY=1"
    assert there.recv(100) == b"STOPPING=1"


def test_nobody_is_told_anything_where_nobody_asks() -> None:
    with supervised(Health(), {}):
        pass
