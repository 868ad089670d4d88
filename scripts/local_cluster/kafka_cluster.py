"""Apache Kafka in KRaft mode, one broker or three, each its own controller, on this machine."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import uuid
from pathlib import Path

from scripts.local_cluster.errors import ClusterError
from scripts.local_cluster.ports import free_ports
from scripts.local_cluster.process import Process

_READY_S = 120.0
_PARTITIONS = 6
_CLUSTER_ID = "cluster.id"


def find_kafka() -> tuple[str, Path]:
    """The ``java`` command and the folder of Kafka's jars.

    Raises:
        ClusterError: naming what is missing.
    """
    java = shutil.which("java")
    if java is None:
        raise ClusterError("There is no java: install a JDK, 17 or newer.")
    jars = Path(os.environ.get("ROADWITNESS_KAFKA") or Path.home() / ".cache" / "roadwitness" / "kafka")
    if not (jars / "VERSION").is_file():
        raise ClusterError(f"There is no Kafka in {jars}: run scripts/fetch-kafka.")
    return java, jars


class KafkaCluster:
    """Brokers that hold ``folder/kafka/N``: of three, two have a record on their disks before it counts."""

    def __init__(self, folder: Path, brokers: int = 3, *, heap_mb: int = 256) -> None:
        """Nothing is started or written yet."""
        java, jars = find_kafka()
        self._java = [java, "-Xms64m", f"-Xmx{heap_mb}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        self._java += ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{jars}/*"]
        self._home = folder / "kafka"
        ports = free_ports(2 * brokers)
        self.ports = ports[:brokers]
        self._controllers = ports[brokers:]
        self.brokers = [
            Process(f"kafka-{number}", [*self._java, "kafka.Kafka", str(self._file(number))], folder)
            for number in range(1, brokers + 1)
        ]

    @property
    def url(self) -> str:
        """The address of the bus, for ``--bus``."""
        return f"kafka://{self.bootstrap}?partitions={_PARTITIONS}"

    @property
    def bootstrap(self) -> str:
        """host:port of every broker, with commas."""
        return ",".join(f"127.0.0.1:{port}" for port in self.ports)

    def start(self) -> None:
        """Start all, and wait until they have found each other."""
        self._write()
        for broker in self.brokers:
            broker.start()
        for broker in self.brokers:
            broker.wait_until(self._complete, _READY_S)

    def stop(self) -> None:
        """Stop all, at once: the last of three would wait in vain for the others to let it go."""
        for broker in self.brokers:
            broker.ask_to_stop()
        for broker in self.brokers:
            broker.stop()

    def _complete(self) -> bool:
        # Imported here, so that who wants no Kafka does not load its client.
        from kafka import KafkaAdminClient
        from kafka.errors import KafkaError

        try:
            for port in self.ports:  # the client would try for seconds, and say so at length
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            admin = KafkaAdminClient(bootstrap_servers=self.bootstrap.split(","), bootstrap_timeout_ms=2000)
        except (OSError, KafkaError):
            return False
        try:
            return len(admin.describe_cluster()["brokers"]) == len(self.brokers)
        except KafkaError:
            return False
        finally:
            admin.close()

    def _write(self) -> None:
        """The settings of each broker, and its log folder, formatted once. Ports change with every start."""
        self._home.mkdir(parents=True, exist_ok=True)
        known = self._home / _CLUSTER_ID
        if not known.exists():
            known.write_text(base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode())
        formatting = []
        for number in range(1, len(self.brokers) + 1):
            self._file(number).write_text(self._properties(number))
            if not (self._log(number) / "meta.properties").exists():
                # An id that begins with a dash would be taken for an option.
                formatting.append([f"--cluster-id={known.read_text()}", f"--config={self._file(number)}"])
        tool = [*self._java, "kafka.tools.StorageTool", "format"]
        running = [
            subprocess.Popen([*tool, *each], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for each in formatting
        ]
        for each in running:
            said, _ = each.communicate(timeout=_READY_S)
            if each.returncode:
                raise ClusterError(f"Kafka's folder cannot be made: {said.decode(errors='replace').strip()}")

    def _file(self, number: int) -> Path:
        return self._home / f"{number}.properties"

    def _log(self, number: int) -> Path:
        return self._home / f"{number}"

    def _properties(self, number: int) -> str:
        voters = ",".join(f"{n}@127.0.0.1:{port}" for n, port in enumerate(self._controllers, start=1))
        mine = f"PLAINTEXT://127.0.0.1:{self.ports[number - 1]}"
        copies = len(self.brokers)
        least = min(copies, 2)
        settings = {
            "process.roles": "broker,controller",
            "node.id": number,
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "listeners": f"{mine},CONTROLLER://127.0.0.1:{self._controllers[number - 1]}",
            "advertised.listeners": mine,
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": self._log(number),
            "auto.create.topics.enable": "false",
            "num.partitions": _PARTITIONS,
            "default.replication.factor": copies,
            "min.insync.replicas": least,
            "group.initial.rebalance.delay.ms": 0,
            "offsets.topic.num.partitions": 3,
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.num.partitions": 3,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": least,
        }
        return "".join(f"{name}={value}\n" for name, value in settings.items())
