"""A real Kafka of one or three brokers whose clients can only reach it through links of ours.

Kafka tells its clients where else to connect. Every client here therefore has a listener of its own on every
broker, and what Kafka tells of that listener is the port of the client's link.
"""

from __future__ import annotations

import contextlib
import random
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.local_cluster.kafka_parts import KafkaParts, answering, new_cluster_id
from tests.faults.links import Link, Wires
from tests.faults.processes import Process, command

_READY_S = 90.0
#: Below the ports that outgoing connections take: what is down for a second must get its port again.
_OURS = (12_000, 32_000)
_INSIDE = "INSIDE"  # what the brokers and the harness itself use: it is never cut


@dataclass(frozen=True)
class _Ports:
    """Of one broker: where it listens, and by client where its link does."""

    inside: int
    controller: int
    clients: Mapping[str, int]
    links: Mapping[str, int]


class Cluster:
    """One or three brokers, and a link from each client to each broker."""

    def __init__(
        self, parts: KafkaParts, folder: Path, wires: Wires, clients: Sequence[str], brokers: int
    ) -> None:
        """Format the brokers' folders; call :meth:`start`. ``clients`` are names of letters and digits."""
        self.brokers = brokers
        self._ports = [_take_ports(clients) for _ in range(brokers)]
        self._links = {
            client: [
                wires.link(f"{client}-broker{i}", ports.links[client], ports.clients[client])
                for i, ports in enumerate(self._ports)
            ]
            for client in clients
        }
        self.processes: list[Process] = []
        files = [folder / f"broker-{i}.properties" for i in range(brokers)]
        for i, settings in enumerate(files):
            settings.write_text("".join(f"{k}={v}\n" for k, v in self._properties(i, folder).items()))
            begin = command(parts.command("kafka.Kafka", str(settings)))
            self.processes.append(Process(f"broker-{i}", begin, folder / f"broker-{i}.log"))
        parts.format(files, new_cluster_id())

    @property
    def inside(self) -> str:
        """The address that is never cut."""
        return ",".join(f"127.0.0.1:{ports.inside}" for ports in self._ports)

    def address(self, client: str) -> str:
        """What ``client`` connects to: its links."""
        return ",".join(f"127.0.0.1:{ports.links[client]}" for ports in self._ports)

    def links(self, client: str) -> list[Link]:
        """The links of ``client``, one a broker."""
        return self._links[client]

    def start(self) -> None:
        """Start all brokers and wait until they answer.

        Raises:
            RuntimeError: when they do not, with what they said.
        """
        for process in self.processes:
            process.start()
        self.wait()

    def wait(self) -> None:
        """Wait until all brokers are in the cluster."""
        deadline = time.monotonic() + _READY_S
        while answering(self.inside) < self.brokers:
            if time.monotonic() > deadline:
                said = "\n".join(process.said()[-3000:] for process in self.processes)
                raise RuntimeError(f"the brokers did not start:\n{said}")
            time.sleep(0.2)

    def forget(self, prefix: str) -> None:
        """Erase the topics of a seed that is over, so that the brokers stay small."""
        from kafka import KafkaAdminClient

        with contextlib.closing(KafkaAdminClient(bootstrap_servers=self.inside.split(","))) as admin:
            old = [name for name in admin.list_topics() if name.startswith(prefix)]
            if old:
                admin.delete_topics(old, raise_errors=False)

    def stop(self) -> None:
        """End them; their data is not needed any more."""
        for process in self.processes:
            process.kill()

    def _properties(self, number: int, folder: Path) -> dict[str, Any]:
        ports = self._ports[number]
        listeners = {_INSIDE: ports.inside, **ports.clients}
        told = {_INSIDE: ports.inside, **ports.links}
        copies = min(3, self.brokers)
        voters = ",".join(f"{i}@127.0.0.1:{each.controller}" for i, each in enumerate(self._ports))
        return {
            "process.roles": "broker,controller",
            "node.id": number,
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": _INSIDE,
            "listeners": _listeners({**listeners, "CONTROLLER": ports.controller}),
            "advertised.listeners": _listeners(told),
            "listener.security.protocol.map": ",".join(
                f"{name}:PLAINTEXT" for name in (*listeners, "CONTROLLER")
            ),
            "log.dirs": folder / f"broker-{number}",
            "auto.create.topics.enable": "false",
            "default.replication.factor": copies,
            "min.insync.replicas": max(1, copies - 1),
            "offsets.topic.num.partitions": 1,
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": max(1, copies - 1),
            # A seed is short: what takes Kafka tens of seconds by default takes a few here.
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 500,
            "broker.heartbeat.interval.ms": 500,
            "broker.session.timeout.ms": 3000,
            "replica.lag.time.max.ms": 3000,
            "controller.quorum.election.timeout.ms": 500,
            "controller.quorum.fetch.timeout.ms": 1500,
            "initial.broker.registration.timeout.ms": 90_000,
        }


def _listeners(ports: Mapping[str, int]) -> str:
    return ",".join(f"{name}://127.0.0.1:{port}" for name, port in ports.items())


def _take_ports(clients: Sequence[str]) -> _Ports:
    numbers = free_ports(2 + 2 * len(clients))
    inside, controller, rest = numbers[0], numbers[1], numbers[2:]
    half = len(clients)
    return _Ports(
        inside,
        controller,
        dict(zip(clients, rest[:half], strict=True)),
        dict(zip(clients, rest[half:], strict=True)),
    )


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on now, and that the system gives to no outgoing connection."""
    with contextlib.ExitStack() as leaving:
        ports: list[int] = []
        while len(ports) < count:
            port = random.SystemRandom().randrange(*_OURS)
            with contextlib.suppress(OSError):
                each = leaving.enter_context(socket.socket())
                each.bind(("127.0.0.1", port))
                ports.append(port)
        return ports
