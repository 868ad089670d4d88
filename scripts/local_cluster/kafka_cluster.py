"""Apache Kafka in KRaft mode, one broker or three, each its own controller, on this machine."""

from __future__ import annotations

from pathlib import Path

from scripts.local_cluster.kafka_parts import READY_S, KafkaParts, answering, new_cluster_id
from scripts.local_cluster.ports import free_ports
from scripts.local_cluster.process import Process

_PARTITIONS = 6
_CLUSTER_ID = "cluster.id"


class KafkaCluster:
    """Brokers that hold ``folder/kafka/N``: of three, two have a record on their disks before it counts."""

    def __init__(self, folder: Path, brokers: int = 3, *, heap_mb: int = 256) -> None:
        """Nothing is started or written yet."""
        self._parts = KafkaParts.find()
        self._home = folder / "kafka"
        ports = free_ports(2 * brokers)
        self.ports = ports[:brokers]
        self._controllers = ports[brokers:]
        self.brokers = [
            Process(
                f"kafka-{number}",
                self._parts.command("kafka.Kafka", str(self._file(number)), heap_mb=heap_mb),
                folder,
            )
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
            broker.wait_until(self._complete, READY_S)

    def stop(self) -> None:
        """Stop all, at once: the last of three would wait in vain for the others to let it go."""
        for broker in self.brokers:
            broker.ask_to_stop()
        for broker in self.brokers:
            broker.stop()

    def _complete(self) -> bool:
        return answering(self.bootstrap) == len(self.brokers)

    def _write(self) -> None:
        """The settings of each broker, and its log folder, formatted once. Ports change with every start."""
        self._home.mkdir(parents=True, exist_ok=True)
        known = self._home / _CLUSTER_ID
        if not known.exists():
            known.write_text(new_cluster_id())
        new = []
        for number in range(1, len(self.brokers) + 1):
            self._file(number).write_text(self._properties(number))
            if not (self._log(number) / "meta.properties").exists():
                new.append(self._file(number))
        self._parts.format(new, known.read_text())

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
