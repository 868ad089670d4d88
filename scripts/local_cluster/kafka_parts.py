"""Apache Kafka as it lies on this machine: the JDK, the jars, and what is the same for every broker here."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.local_cluster.errors import ClusterError

READY_S = 120.0


@dataclass(frozen=True)
class KafkaParts:
    """The ``java`` command and the folder of Kafka's jars."""

    java: str
    jars: Path

    @classmethod
    def find(cls) -> KafkaParts:
        """What this machine has.

        Raises:
            ClusterError: naming what is missing.
        """
        java = shutil.which("java")
        if java is None:
            raise ClusterError("There is no java: install a JDK, 17 or newer.")
        jars = Path(os.environ.get("ROADWITNESS_KAFKA") or Path.home() / ".cache" / "roadwitness" / "kafka")
        if not (jars / "VERSION").is_file():
            raise ClusterError(f"There is no Kafka in {jars}: run scripts/fetch-kafka.")
        return cls(java, jars)

    def command(self, *words: str, heap_mb: int = 384) -> list[str]:
        """A command of Kafka's, for a small broker that says little."""
        memory = ["-Xms64m", f"-Xmx{heap_mb}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        quiet = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
        return [self.java, *memory, *quiet, "-cp", f"{self.jars}/*", *words]

    def format(self, settings: Sequence[Path], cluster_id: str) -> None:
        """Make the log folders of the brokers that these files describe, all at once.

        Raises:
            ClusterError: with what Kafka says of it.
        """
        # An id that begins with a dash would be taken for an option.
        tool = self.command("kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}")
        running = [
            subprocess.Popen([*tool, f"--config={each}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for each in settings
        ]
        for each in running:
            said, _ = each.communicate(timeout=READY_S)
            if each.returncode:
                raise ClusterError(f"Kafka's folder cannot be made: {said.decode(errors='replace').strip()}")


def new_cluster_id() -> str:
    """An id as Kafka makes them."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()


def answering(bootstrap: str) -> int:
    """How many brokers of the cluster at ``host:port[,…]`` have found each other; 0: none answers."""
    # Imported here, so that who wants no Kafka does not load its client.
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    if not any(map(_listens, bootstrap.split(","))):  # the client would try for seconds, and say so at length
        return 0
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap.split(","), bootstrap_timeout_ms=3000)
    except (OSError, KafkaError):
        return 0
    try:
        return len(admin.describe_cluster()["brokers"])
    except KafkaError:
        return 0
    finally:
        admin.close()


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True
