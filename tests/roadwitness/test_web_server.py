"""What the server of the pages says when an answer breaks off."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from roadwitness.log_lines import LogFormat, open_log
from roadwitness.web_server import WebServer

PLATE = "XX99XXX"


def breaking_off() -> StreamingResponse:
    def pieces() -> Iterator[str]:
        yield "half"
        raise ValueError(f"nobody thought of {PLATE}")

    return StreamingResponse(pieces())


def test_the_log_names_the_kind_of_an_error_and_not_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    open_log(LogFormat.TEXT, "serve")
    app = FastAPI()
    app.add_api_route("/", breaking_off)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = WebServer(app, listener)
        server.start()
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(server.url)
        server.stop()
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert PLATE not in said
