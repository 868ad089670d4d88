"""The proxy between two processes does to a connection what its way says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.faults.brokers import free_ports
from tests.faults.links import OPEN, Link, Way, Wires

CONTENT = bytes(range(256)) * 200


@pytest.fixture
def link() -> Iterator[Link]:
    """A link to a server that sends back what it is sent."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_echo, args=(server,), daemon=True).start()
        wires = Wires()
        [port] = free_ports(1)
        yield wires.link("test", port, server.getsockname()[1])
        wires.close()


def _echo(server: socket.socket) -> None:
    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while piece := connection.recv(4096):
                connection.sendall(piece)

    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=answer, args=(connection,), daemon=True).start()


def ask(link: Link, content: bytes = CONTENT, patience_s: float = 0.4) -> bytes | str:
    """What comes back, or how the connection failed."""
    try:
        with socket.create_connection(("127.0.0.1", link.port), timeout=patience_s) as client:
            client.sendall(content)
            back = b""
            while len(back) < len(content):
                piece = client.recv(65536)
                if not piece:
                    return f"closed after {len(back)}"
                back += piece
            return back
    except ConnectionRefusedError:
        return "refused"
    except ConnectionResetError:
        return "reset"
    except TimeoutError:
        return "silence"


def test_an_open_link_carries_everything_unchanged(link: Link) -> None:
    assert ask(link, patience_s=5.0) == CONTENT


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        (Way(refuses=True), "refused"),
        (Way(drops_out=True), "silence"),
        (Way(drops_back=True), "silence"),
        (Way(drops_out=True, drops_back=True), "silence"),
        (Way(delay_s=1.0), "silence"),
        (Way(bytes_per_s=1000.0), "silence"),
    ],
)
def test_a_link_that_fails_is_well_again_afterwards(link: Link, way: Way, expected: str) -> None:
    link.become(way)
    assert ask(link) == expected
    link.become(OPEN)
    assert ask(link, patience_s=5.0) == CONTENT


def test_a_truncating_link_resets_in_the_middle(link: Link) -> None:
    link.become(Way(breaks_after=20_000))
    back = ask(link, patience_s=5.0)
    assert isinstance(back, str), "everything came back"
    assert back == "reset" or back.startswith("closed after")
    assert ask(link, b"short") == b"short"


def test_what_a_connection_had_open_ends_when_its_link_is_cut(link: Link) -> None:
    with socket.create_connection(("127.0.0.1", link.port), timeout=5.0) as client:
        client.sendall(b"before")
        assert client.recv(100) == b"before"
        link.become(Way(refuses=True))
        with suppress(ConnectionResetError):
            assert client.recv(100) == b""


def test_a_stalled_connection_goes_on_where_it_was(link: Link) -> None:
    with socket.create_connection(("127.0.0.1", link.port), timeout=5.0) as client:
        link.become(Way(delay_s=0.3), reset=False)
        client.sendall(b"slowly")
        link.become(OPEN, reset=False)
        assert client.recv(100) == b"slowly"
