"""How to reach a Kafka cluster, and how its topics are made, out of one URL."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from streams.bus import BusUrlError
from streams.topics import Topic

_PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
_TIMES = ("patience_s", "session_timeout_s", "reconnect_pause_s")
_COMPRESSIONS = ("none", "gzip", "snappy", "lz4", "zstd")


@dataclass(frozen=True)
class KafkaSettings:
    """A cluster and the client's choices. ``replication`` -1 leaves the number of copies to the broker.

    ``partitions`` and ``replication`` count only when a topic is made; a topic that exists is left as it is.
    ``topic_prefix`` stands before the name of every topic and group, on a cluster that others share. A member
    of a group that is not heard of for ``session_timeout_s`` has lost its partitions to others; to a broker
    that was away the client connects again after at most ``reconnect_pause_s``.
    """

    brokers: tuple[str, ...]
    partitions: int = 3
    replication: int = -1
    topic_prefix: str = ""
    compression: str = "zstd"
    patience_s: float = 30.0
    session_timeout_s: float = 10.0
    reconnect_pause_s: float = 5.0
    security_protocol: str = "PLAINTEXT"
    ssl_cafile: str | None = None
    ssl_certfile: str | None = None
    ssl_keyfile: str | None = None
    sasl_mechanism: str | None = None
    sasl_username: str | None = None
    sasl_password: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not self.brokers or not all(self.brokers):
            raise BusUrlError("No Kafka broker is named: give kafka://host:port[,host:port…].")
        if self.partitions < 1:
            raise BusUrlError("A Kafka topic needs at least one partition.")
        for name in _TIMES:
            if not 0.0 < getattr(self, name) < math.inf:
                raise BusUrlError(f"The Kafka setting {name} must be a time above 0, in seconds.")
        if self.security_protocol not in _PROTOCOLS:
            raise BusUrlError(
                f"security_protocol is {self.security_protocol!r}: use one of {', '.join(_PROTOCOLS)}."
            )
        if self.compression not in _COMPRESSIONS:
            raise BusUrlError(f"compression is {self.compression!r}: use one of {', '.join(_COMPRESSIONS)}.")

    @classmethod
    def from_url(cls, url: str) -> KafkaSettings:
        """Settings from ``kafka://host:port,host2:port?partitions=3&…``; a query sets any field by its name.

        ``sasl_password_file`` names a file that holds the password, so that no process list shows it.

        Raises:
            BusUrlError: when a setting is unknown or has a wrong value.
        """
        parts = urlsplit(url)
        if parts.scheme != "kafka" or parts.path.strip("/") or parts.fragment or "@" in parts.netloc:
            # Without quoting it, since a password may stand in it.
            raise BusUrlError(
                "That is not the address of a Kafka cluster: give kafka://host:port[,host:port…]?setting=value,"
                " and a password through sasl_password_file."
            )
        values: dict[str, Any] = {}
        for name, text in parse_qsl(parts.query, keep_blank_values=True):
            if name == "sasl_password_file":
                values["sasl_password"] = _secret(text)
            elif name == "brokers" or name not in cls.__dataclass_fields__:
                raise BusUrlError(f"A Kafka address has no setting {name!r}: leave it out.")
            else:
                values[name] = _value(name, text)
        return cls(brokers=tuple(parts.netloc.split(",")) if parts.netloc else (), **values)

    def topic_name(self, topic: Topic) -> str:
        """What ``topic`` is called on the cluster."""
        return self.topic_prefix + topic.value

    def topic_of(self, name: str) -> Topic:
        """Which topic the cluster calls ``name``."""
        return Topic(name.removeprefix(self.topic_prefix))

    def client_options(self) -> dict[str, Any]:
        """What every client of kafka-python is given."""
        options: dict[str, Any] = {
            "bootstrap_servers": list(self.brokers),
            "bootstrap_timeout_ms": round(self.patience_s * 1000),
            "reconnect_backoff_max_ms": round(self.reconnect_pause_s * 1000),
            "security_protocol": self.security_protocol,
            "ssl_cafile": self.ssl_cafile,
            "ssl_certfile": self.ssl_certfile,
            "ssl_keyfile": self.ssl_keyfile,
            "sasl_mechanism": self.sasl_mechanism,
            "sasl_plain_username": self.sasl_username,
            "sasl_plain_password": self.sasl_password,
        }
        return {name: value for name, value in options.items() if value is not None}


def _value(name: str, text: str) -> str | int | float:
    kinds: dict[str, type[int] | type[float]] = {"partitions": int, "replication": int}
    kinds |= dict.fromkeys(_TIMES, float)
    try:
        return kinds[name](text) if name in kinds else text
    except ValueError as error:
        raise BusUrlError(f"The Kafka setting {name} must be a number, not {text!r}.") from error


def _secret(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise BusUrlError(
            f"The password file {path} cannot be read ({error.strerror}): check its path."
        ) from error
