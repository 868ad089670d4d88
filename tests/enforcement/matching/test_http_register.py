"""A register behind HTTP: what it is asked, how patiently, and what is written down about it."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from enforcement.errors import RegisterError, RegisterRefused, RegisterUnreachable
from enforcement.register import Keeper
from enforcement.register_http import HttpRegister, ServiceSettings
from enforcement.store import Store

Answering = Callable[[dict[str, Any]], tuple[int, dict[str, str], bytes]]
KNOWN = {"plate": "hh-ab 1234", "keeper_id": "K-1", "keeper_name": "Ada", "insured_until": "2026-12-31"}


class Service(http.server.ThreadingHTTPServer):
    """Answers as a test wants, one answer after the other, the last for ever."""

    def __init__(self, *answers: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/lookup"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append(body)
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        answers = self.server.answers
        status, headers, content = (answers.pop(0) if len(answers) > 1 else answers[0])(body)
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def known(*vehicles: dict[str, Any]) -> Answering:
    return lambda _: (200, {}, json.dumps({"vehicles": vehicles}).encode())


def status(number: int, **headers: str) -> Answering:
    return lambda _: (number, {name.replace("_", "-"): value for name, value in headers.items()}, b"")


@pytest.fixture
def serve() -> Iterator[Callable[..., Service]]:
    running: list[Service] = []

    def start(*answers: Answering) -> Service:
        service = Service(*answers)
        threading.Thread(target=service.serve_forever, args=(0.01,), daemon=True).start()
        running.append(service)
        return service

    yield start
    for service in running:
        service.shutdown()
        service.server_close()


def register(
    service: Service, store: Store, slept: list[float] | None = None, **settings: Any
) -> HttpRegister:
    pauses = slept if slept is not None else []
    return HttpRegister(
        ServiceSettings(service.url, 1_000_000, **settings), store, sleep=lambda s: pauses.append(s)
    )


def lookups(store: Store) -> list[tuple[Any, ...]]:
    return store.query(
        "SELECT register, cases, asked, found, outcome, attempts FROM register_lookups FINAL ORDER BY at"
    )


def test_it_is_asked_about_plates_in_the_body_and_each_question_is_written_down(
    embedded: Store, serve: Callable[..., Service]
) -> None:
    service = serve(known(KNOWN, {"plate": "XX99", "keeper_id": "K-2"}))
    found = register(service, embedded, token="s3cret").find(["HHAB1234", "HHAB1235"], ["case-1"])
    # What was not asked about is not looked at.
    assert found.keys() == {"HHAB1234"}
    keeper = found["HHAB1234"]
    assert (keeper.plate, keeper.keeper_id, keeper.name, str(keeper.insured_until)) == (
        "HHAB1234", "K-1", "Ada", "2026-12-31",
    )  # fmt: skip
    assert service.asked == [{"plates": ["HHAB1234", "HHAB1235"]}]
    assert service.headers[0]["authorization"] == "Bearer s3cret"
    assert lookups(embedded) == [("127.0.0.1", ["case-1"], 2, 1, "answered", 1)]
    assert "HHAB" not in str(embedded.query("SELECT * FROM register_lookups"))


@pytest.mark.parametrize(
    ("refusals", "least_pauses_s"),
    [([503], [0.1]), ([429, 500], [0.1, 0.3]), (["retry"], [7.0])],
)
def test_it_tries_again_with_growing_pauses_or_as_it_is_told(
    embedded: Store, serve: Callable[..., Service], refusals: list[Any], least_pauses_s: list[float]
) -> None:
    first = [status(429, retry_after="7") if one == "retry" else status(one) for one in refusals]
    slept: list[float] = []
    asking = register(serve(*first, known(KNOWN)), embedded, slept, per_second=1e9)
    assert asking.find(["HHAB1234"], []).keys() == {"HHAB1234"}
    pauses = [pause for pause in slept if pause > 1e-3]
    assert len(pauses) == len(least_pauses_s)
    assert all(pause >= least for pause, least in zip(pauses, least_pauses_s, strict=True))
    assert lookups(embedded)[0][4:] == ("answered", len(refusals) + 1)


def test_what_never_answers_is_unreachable_and_stays_written_down(
    embedded: Store, serve: Callable[..., Service]
) -> None:
    service = serve(status(503))
    with pytest.raises(RegisterUnreachable, match=r"127\.0\.0\.1 does not answer \(status 503\)"):
        register(service, embedded, attempts=3).find(["HHAB1234"], ["case-1"])
    assert len(service.asked) == 3
    assert lookups(embedded) == [("127.0.0.1", ["case-1"], 1, 0, "unreachable: status 503", 3)]


def test_nobody_there_is_unreachable_too(embedded: Store) -> None:
    nowhere = HttpRegister(
        ServiceSettings("http://127.0.0.1:9/", 10, attempts=2), embedded, sleep=lambda _: None
    )
    with pytest.raises(RegisterUnreachable) as told:
        nowhere.find(["HHAB1234"], [])
    assert "HHAB1234" not in str(told.value)


@pytest.mark.parametrize(
    "answer",
    [
        status(401),
        status(302, location="http://127.0.0.1:9/"),
        lambda _: (200, {}, b"<html>"),
        lambda _: (200, {}, b'{"vehicles": [{"plate": "A1"}]}'),
        lambda _: (200, {}, b" " * 1_000_002),
    ],
)
def test_a_refusal_or_nonsense_is_not_asked_again(
    embedded: Store, serve: Callable[..., Service], answer: Answering
) -> None:
    service = serve(answer)
    with pytest.raises(RegisterRefused):
        register(service, embedded).find(["HHAB1234"], [])
    assert len(service.asked) == 1
    assert lookups(embedded)[0][4] == "refused"


def test_it_keeps_its_pace(embedded: Store, serve: Callable[..., Service]) -> None:
    slept: list[float] = []
    asking = register(serve(known(KNOWN)), embedded, slept, per_second=0.5)
    for _ in range(3):
        asking.find(["HHAB1234"], [])
    assert len(slept) == 2
    assert slept[0] == pytest.approx(2.0, abs=0.5)
    assert slept[1] > slept[0]


def test_it_is_asked_about_few_plates_of_a_reading(embedded: Store, serve: Callable[..., Service]) -> None:
    asking = register(serve(known()), embedded, most_plates=2)
    assert asking.worth_asking(["A1", "A2", "A3"]) == ["A1", "A2"]
    assert asking.size() == 1_000_000


@pytest.mark.parametrize("url", ["http://register.example/lookup", "ftp://127.0.0.1/", "register.example"])
def test_plates_never_travel_unencrypted(embedded: Store, url: str) -> None:
    with pytest.raises(RegisterError, match="not https"):
        HttpRegister(ServiceSettings(url, 1), embedded)


def test_the_answer_is_a_keeper(embedded: Store, serve: Callable[..., Service]) -> None:
    service = serve(known({"plate": "A1", "keeper_id": "K", "stolen": True, "vehicle_class": "bus"}))
    assert register(service, embedded).find(["A1"], []) == {
        "A1": Keeper("A1", "K", vehicle_class="bus", stolen=True)
    }
