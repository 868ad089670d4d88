"""The HTTP front on the embedded store: what clients send beside short queries."""

from __future__ import annotations

import http.client
import socket

import pytest

from enforcement.front import StoreFront
from enforcement.store import Store


@pytest.mark.parametrize("count", [1, 100, 2000])
@pytest.mark.parametrize("text", ["plain", "tab\tand 'quote' \\ ü"])
def test_parameters_of_any_length_reach_the_query(empty_store: Store, count: int, text: str) -> None:
    texts = [f"{text} {i}" for i in range(count)]
    query = "SELECT length({texts:Array(String)}), {texts:Array(String)}[-1]"
    assert empty_store.query(query, {"texts": texts}) == [(count, texts[-1])]


@pytest.mark.parametrize("chunked", [False, True])
def test_half_an_insert_is_refused(front: StoreFront, chunked: bool) -> None:
    """A client that is cut off in the middle has sent rows that would be whole for themselves."""
    statement = "INSERT INTO cut_off FORMAT TabSeparated\n"
    _ask(front, "CREATE TABLE IF NOT EXISTS cut_off (n UInt8) ENGINE = Memory")
    with socket.create_connection(("127.0.0.1", front.port)) as client:
        rows = (statement + "1\n2\n").encode()
        if chunked:
            head, rows = "Transfer-Encoding: chunked", f"{len(rows) + 2:x}\r\n".encode() + rows
        else:
            head = f"Content-Length: {len(rows) + 2}"
        client.sendall(f"POST / HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + rows)
        client.shutdown(socket.SHUT_WR)
        assert b" 400 " in client.makefile("rb").readline()
    assert _ask(front, "SELECT count() FROM cut_off") == b"0\n"


def _ask(front: StoreFront, statement: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", front.port)
    connection.request("POST", "/", statement.encode())
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert answer.status == 200, content
    return content
