"""Real processes, asked by their operators: figures, life, readiness, and a log that gives nobody away."""

from __future__ import annotations

import csv
import json
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from roadwitness.simulator import SimulatedSite, Truth
from scripts.local_cluster.store_server import StoreServer
from streams.local import LocalBus
from streams.topics import Topic
from tests.roadwitness.command import PATIENCE_S, Running, roadwitness
from tests.roadwitness.signed_in import signed_in

CAMERA = "demo-a1-north"
LOUD = {"ROADWITNESS_LOG": "DEBUG"}


def figures(address: str) -> dict[str, float]:
    """What ``/metrics`` shows: name with labels to value."""
    text = httpx.get(f"{address}/metrics", timeout=30).text
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def eventually(ask: Callable[[], Any]) -> Any:
    """What ``ask`` answers once that is true."""
    until = time.monotonic() + PATIENCE_S
    while not (answer := ask()):
        assert time.monotonic() < until, "it never became true"
        time.sleep(0.1)
    return answer


@dataclass
class House:
    """What the three processes said and showed while they worked on one site."""

    logs: dict[str, str] = field(default_factory=dict)
    figures: dict[str, dict[str, float]] = field(default_factory=dict)
    ready: dict[str, httpx.Response] = field(default_factory=dict)
    health: dict[str, httpx.Response] = field(default_factory=dict)
    shown: str = ""
    cases: list[str] = field(default_factory=list)
    public: dict[str, int] = field(default_factory=dict)

    def look(self, process: str, address: str) -> None:
        """Ask everything that operators ask."""
        self.figures[process] = figures(address)
        self.ready[process] = httpx.get(f"{address}/ready", timeout=30)
        self.health[process] = httpx.get(f"{address}/health", timeout=30)
        metrics = httpx.get(f"{address}/metrics", timeout=30).text
        self.shown += metrics + self.ready[process].text + self.health[process].text


@pytest.fixture(scope="module")
def house(site: SimulatedSite, tmp_path_factory: pytest.TempPathFactory) -> House:
    """Every process at work on the site, as loud as can be, with one unreadable message among the others."""
    folder, house = tmp_path_factory.mktemp("operated"), House()
    bus = f"local:{folder / 'bus.sqlite'}"
    loud = ("--metrics-port", "0", "--log-format", "json")
    with Running("edge", site.site_file, "--bus", bus, *loud, env=LOUD) as edge:
        address = edge.wait_for(r"operators: (http://[\d.:]+)/")[1]
        frames = f'roadwitness_frames_total{{camera="{CAMERA}"}}'
        eventually(lambda: figures(address).get(frames, 0) > 20)
        house.look("edge", address)
        assert edge.wait() == 0
    house.logs["edge"] = edge.stderr
    publish_nonsense(folder / "bus.sqlite", 1)

    centre = ("--bus", bus, "--store", folder / "store", "--evidence", folder / "evidence")
    with Running("enforce", site.site_file, *centre, *loud, env=LOUD) as worker:
        address = worker.wait_for(r"operators: (http://[\d.:]+)/")[1]
        eventually(lambda: figures(address)["roadwitness_passages_judged_total"] >= 3)
        letter = 'roadwitness_dead_letters_total{reason="undecodable",topic="passages"}'
        eventually(lambda: figures(address)[letter] == 1)
        eventually(lambda: httpx.get(f"{address}/ready", timeout=30).status_code == 200)
        house.look("enforce", address)
        assert worker.interrupt() == 0
    house.logs["enforce"] = worker.stderr

    data = folder / "serve"
    with Running("serve", *centre, "--data", data, "--port", "0", *loud, env=LOUD) as pages:
        address = pages.wait_for(r"operators: (http://[\d.:]+)/")[1]
        public = pages.wait_for(r"Serving (http://[\d.:]+)")[1]
        with signed_in(public, data) as officer:
            house.cases = sorted(set(re.findall(r"/cases/([0-9a-f-]{36})", officer.get("/").text)))
            for case in (*house.cases, "AB12CDE"):
                officer.get(f"/cases/{case}")
        house.public = {
            path: httpx.get(public + path, timeout=30).status_code
            for path in ("/metrics", "/health", "/ready")
        }
        eventually(lambda: figures(address)["roadwitness_cases_open"] == 2)
        eventually(lambda: httpx.get(f"{address}/ready", timeout=30).status_code == 200)
        house.look("serve", address)
        assert pages.interrupt() == 0
    house.logs["serve"] = pages.stderr
    return house


def publish_nonsense(log: Path, count: int) -> None:
    bus = LocalBus(log)
    bus.publish_many([(Topic.PASSAGES, CAMERA, b'{"passage_id": "x", "plate": "ZZ99ZZZ"}')] * count)
    bus.close()


PROCESSES = ("edge", "enforce", "serve")


@pytest.mark.parametrize("process", PROCESSES)
def test_each_process_is_alive_and_ready_and_says_what_it_is(house: House, process: str) -> None:
    assert house.health[process].status_code == 200
    assert house.ready[process].status_code == 200
    assert house.ready[process].json()["status"] == "ready"
    (build,) = (name for name in house.figures[process] if name.startswith("roadwitness_build_info"))
    assert f'process="{process}"' in build


@pytest.mark.parametrize(
    ("process", "parts", "loop"),
    [
        ("edge", {"frames", "spool", "bus", "work"}, "frames"),
        ("enforce", {"bus", "store", "evidence", "partitions", "work"}, "worker"),
        ("serve", {"bus", "store", "evidence", "cases"}, "pages"),
    ],
)
def test_each_process_names_its_parts_and_its_loop(
    house: House, process: str, parts: set[str], loop: str
) -> None:
    assert set(house.ready[process].json()["parts"]) == parts
    (found,) = house.health[process].json()["loops"].items()
    assert found[0] == loop
    assert found[1]["age_s"] < found[1]["limit_s"]


@pytest.mark.parametrize(
    ("process", "figure", "least"),
    [
        ("edge", f'frames_total{{camera="{CAMERA}"}}', 20),
        ("edge", f'frame_newest_timestamp_seconds{{camera="{CAMERA}"}}', 1.7e9),
        ("edge", 'disk_free_bytes{place="spool"}', 1),
        ("enforce", "passages_judged_total", 3),
        ("enforce", 'findings_total{offence="speeding"}', 2),
        ("enforce", "evidence_stored_total", 4),
        ("enforce", "evidence_stored_bytes_total", 10_000),
        ("enforce", 'evidence_seconds_count{stage="put"}', 4),
        ("enforce", 'store_rows_total{table="passages"}', 3),
        ("enforce", 'store_insert_seconds_count{table="violations"}', 1),
        ("enforce", "passage_delay_seconds_count", 3),
        ("enforce", "batch_records_count", 1),
        ("enforce", 'dead_letters_total{reason="undecodable",topic="passages"}', 1),
        ("enforce", f'unit_heard_timestamp_seconds{{camera="{CAMERA}"}}', 1.7e9),
        ("enforce", f'unit_finished{{camera="{CAMERA}"}}', 1),
        ("enforce", 'disk_free_bytes{place="evidence"}', 1),
        ("enforce", 'disk_free_bytes{place="store"}', 1),
        ("serve", "cases_open", 2),
        ("serve", "cases_incomplete", 0),
        ("serve", "evidence_gaps", 0),
        ("serve", 'page_seconds_count{route="/cases/{case_id}",status="200"}', 2),
        ("serve", 'page_seconds_count{route="/cases/{case_id}",status="404"}', 1),
    ],
)
def test_what_was_done_is_shown(house: House, process: str, figure: str, least: float) -> None:
    assert house.figures[process][f"roadwitness_{figure}"] >= least


@pytest.mark.parametrize("part", ["bus", "store", "evidence"])
def test_nothing_is_away(house: House, part: str) -> None:
    assert house.figures["enforce"][f"roadwitness_{part}_away"] == 0


def test_the_pages_show_no_metrics_to_the_public(house: House) -> None:
    assert house.public == {"/metrics": 404, "/health": 200, "/ready": 200}


@pytest.mark.parametrize("process", PROCESSES)
def test_every_line_of_the_log_is_an_event(house: House, process: str) -> None:
    lines = [json.loads(line) for line in house.logs[process].splitlines()]
    assert lines
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
        assert line["process"] == process
        assert line["level"] in ("debug", "info", "warning", "error")
        assert re.fullmatch(r"[a-z][a-z_.-]+", line["event"])
        assert isinstance(line["message"], str)


def test_a_message_that_is_set_aside_is_an_event_of_its_class(house: House) -> None:
    lines = map(json.loads, house.logs["enforce"].splitlines())
    (refused,) = (line for line in lines if line["event"] == "refused")
    assert (refused["topic"], refused["reason"]) == ("passages", "undecodable")


def test_nobody_is_given_away_by_a_log_or_a_figure(house: House, truth: Truth, site: SimulatedSite) -> None:
    with (site.folder / "register.csv").open(newline="", encoding="utf-8") as file:
        register = list(csv.DictReader(file))
    persons = {value for row in register for name, value in row.items() if "name" in name or "keeper" in name}
    plates = {vehicle.plate for vehicle in truth.vehicles} | {"ZZ99ZZZ", "AB12CDE"}
    secrets = plates | persons | set(house.cases)
    assert len(house.cases) == 2
    assert len(secrets) > 6
    written = house.shown + "".join(house.logs.values())
    assert [secret for secret in secrets if secret and secret in written] == []


def test_a_port_that_is_taken_is_said_before_anything_is_seen(site: SimulatedSite, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = roadwitness(
            "edge", site.site_file, "--bus", f"local:{tmp_path / 'bus'}", "--metrics-port", port
        )
    assert done.code == 1
    assert f"Port {port} cannot be used" in done.sentence
    assert "name another by --metrics-port" in done.sentence
    assert "Observing" not in done.stderr


def test_a_worker_shows_that_its_store_hangs_that_it_came_back_and_why_it_halted(
    site: SimulatedSite, tmp_path: Path
) -> None:
    server, log = StoreServer(tmp_path), tmp_path / "bus.sqlite"
    server.start()
    where = ("--bus", f"local:{log}", "--store", server.url, "--evidence", tmp_path / "evidence")
    try:
        with Running("enforce", site.site_file, *where, "--metrics-port", "0") as worker:
            address = worker.wait_for(r"operators: (http://[\d.:]+)/")[1]

            def answer(question: str) -> tuple[int, dict[str, Any]]:
                response = httpx.get(f"{address}/{question}", timeout=30)
                return response.status_code, response.json()

            eventually(lambda: answer("ready")[0] == 200)
            server.process.pause()
            eventually(lambda: figures(address)["roadwitness_store_away"] == 1)
            status, body = answer("ready")
            assert (status, body["status"]) == (503, "not ready")
            assert re.fullmatch(r"it has not answered for \d+ s", body["parts"]["store"])
            assert answer("health")[0] == 200, "starting the worker again would not help"
            server.process.resume()
            eventually(lambda: answer("ready")[0] == 200)
            assert figures(address)["roadwitness_store_away"] == 0

            publish_nonsense(log, 40)
            halted = 'roadwitness_worker_halted{reason="refused"}'
            eventually(lambda: figures(address)[halted] == 1)
            status, body = answer("ready")
            assert (status, body["parts"]["work"]) == (503, "it halted: too much cannot be handled")
            assert worker.interrupt() == 1
            assert "a share of 0.1 stops the worker" in worker.stderr
            assert "ZZ99ZZZ" not in worker.stderr
    finally:
        server.process.resume()
        server.process.stop()


def test_an_error_is_an_event_too(tmp_path: Path) -> None:
    places = ("--bus", "local:x", "--store", "x", "--evidence", "x")
    done = roadwitness("enforce", tmp_path / "none.toml", *places, "--log-format", "json")
    (line,) = map(json.loads, done.stderr.splitlines())
    assert (done.code, line["event"], line["level"]) == (1, "failed", "error")
    assert "There is no site file" in line["message"]
