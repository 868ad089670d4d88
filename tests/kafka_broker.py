"""A real Apache Kafka broker for the tests (KRaft mode), from the jars that scripts/fetch-kafka brings."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.local_cluster.errors import ClusterError
from scripts.local_cluster.kafka_parts import READY_S, KafkaParts, answering, new_cluster_id
from scripts.local_cluster.ports import free_ports

_STOPPED_S = 30
USER, PASSWORD = "unit-7", "not a secret"


class Broker:
    """One broker that is its own controller, on two free ports of this machine."""

    def __init__(self, parts: KafkaParts, folder: Path) -> None:
        self._folder = folder
        self.port, controller_port, self._secure_port = free_ports(3)
        self._settings = folder / "server.properties"
        self.certificate = _make_certificate(folder)
        secure_port = None if self.certificate is None else self._secure_port
        self._settings.write_text(_properties(self.port, controller_port, secure_port, folder))
        self._log = folder / "broker.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._command = parts.command("kafka.Kafka", str(self._settings), heap_mb=512)
        parts.format([self._settings], new_cluster_id())

    @property
    def address(self) -> str:
        """host:port"""
        return f"127.0.0.1:{self.port}"

    @property
    def secure_address(self) -> str:
        """host:port where it wants TLS, a user and a password: ``USER`` and ``PASSWORD``."""
        return f"127.0.0.1:{self._secure_port}"

    def start(self) -> None:
        """Start and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + READY_S
        while not answering(self.address):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the broker did not start:\n{self._log.read_text()[-4000:]}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop it in good order, or at last by force."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOPPED_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def pause(self) -> None:
        """It keeps its connections and answers nothing, until :meth:`resume`."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on where it was paused."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


@pytest.fixture(scope="session")
def kafka_parts() -> KafkaParts:
    """Kafka on this machine; skips, saying what is missing."""
    try:
        return KafkaParts.find()
    except ClusterError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def kafka_broker(kafka_parts: KafkaParts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker for the whole session. Tests keep apart by the topic prefix in ``kafka_url``."""
    broker = Broker(kafka_parts, tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def kafka_url(kafka_broker: Broker) -> str:
    """A bus address with topics of its own."""
    return f"kafka://{kafka_broker.address}?partitions=2&patience_s=20&topic_prefix=t{uuid.uuid4().hex[:8]}-"


def _make_certificate(folder: Path) -> Path | None:
    """A certificate of the broker's own, in ``folder``; None without OpenSSL's command."""
    openssl = shutil.which("openssl")
    if openssl is None:
        return None
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    request = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject]
    subprocess.run([*request, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    (folder / "broker.pem").write_text(key.read_text() + certificate.read_text())
    return certificate


def _secured(folder: Path) -> dict[str, object]:
    login = "org.apache.kafka.common.security.plain.PlainLoginModule"
    return {
        "listener.name.secure.ssl.keystore.type": "PEM",
        "listener.name.secure.ssl.keystore.location": folder / "broker.pem",
        "listener.name.secure.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.secure.plain.sasl.jaas.config": f'{login} required user_{USER}="{PASSWORD}";',
    }


def _properties(port: int, controller_port: int, secure_port: int | None, folder: Path) -> str:
    open_to = [f"PLAINTEXT://127.0.0.1:{port}"]
    protocols = ["PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT"]
    if secure_port is not None:
        open_to.append(f"SECURE://127.0.0.1:{secure_port}")
        protocols.append("SECURE:SASL_SSL")
    settings = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": ",".join([*open_to, f"CONTROLLER://127.0.0.1:{controller_port}"]),
        "advertised.listeners": ",".join(open_to),
        "listener.security.protocol.map": ",".join(protocols),
        "log.dirs": folder / "log",
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 500,
        "offsets.topic.num.partitions": 1,
        "offsets.topic.replication.factor": 1,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        **({} if secure_port is None else _secured(folder)),
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())
