"""The files under docker/ fit the command line and the package, as far as it shows without an engine."""

from __future__ import annotations

import fnmatch
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from roadwitness.cli import app
from streams.kafka_settings import KafkaSettings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"] == "roadwitness")
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text()


def arguments(service: dict[str, Any]) -> list[str]:
    """What ``roadwitness`` is called with, also where a shell decides whether to."""
    command: list[str] = service["command"]
    if service.get("entrypoint") == ["sh", "-c"]:
        (script,) = command
        return shlex.split(script.partition("exec roadwitness ")[2])
    assert "entrypoint" not in service
    return command


@pytest.mark.parametrize("name", OURS)
def test_every_process_of_ours_is_called_as_the_command_line_wants(name: str) -> None:
    command, *rest = arguments(SERVICES[name])
    group: Any = typer.main.get_command(app)
    environment = SERVICES[name]["environment"]
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in environment.items():
            patch.setenv(variable, value)
        context = group.commands[command].make_context(command, rest)
    assert not context.args


def test_the_three_processes_of_the_house_are_there() -> None:
    assert {arguments(SERVICES[name])[0] for name in OURS} == {"simulate", "edge", "enforce", "serve"}


@pytest.mark.parametrize("name", OURS)
def test_the_bus_is_the_kafka_of_this_file(name: str) -> None:
    settings = KafkaSettings.from_url(SERVICES[name]["environment"]["ROADWITNESS_BUS"])
    (broker,) = settings.brokers
    assert f"PLAINTEXT://{broker}" == SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_waits_for_can_become_true(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        assert wait["condition"] in ("service_healthy", "service_completed_successfully")
        assert wait["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]


@pytest.mark.parametrize("name", SERVICES)
def test_every_volume_is_declared(name: str) -> None:
    used = {volume.partition(":")[0] for volume in SERVICES[name].get("volumes", [])}
    assert used <= set(COMPOSE["volumes"])


def test_nothing_is_open_to_other_machines() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_image_runs_as_nobody_special() -> None:
    assert DOCKERFILE.rindex("\nUSER roadwitness") > DOCKERFILE.rindex("\nFROM ")


@pytest.mark.parametrize("source", sorted({
    source
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    for source in line.split()[:-1]
}))  # fmt: skip
def test_what_the_image_copies_is_there_and_sent_to_the_builder(source: str) -> None:
    assert (ROOT / source).exists()
    sent = False
    for rule in (ROOT / ".dockerignore").read_text().splitlines():
        if rule and not rule.startswith("#") and fnmatch.fnmatch(source, rule.lstrip("!")):
            sent = rule.startswith("!")
    assert sent


def test_every_package_is_in_the_image() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == set(re.findall(r"^COPY (\w+) \w+$", DOCKERFILE, re.MULTILINE))
