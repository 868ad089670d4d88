"""From a URL to a bus."""

from __future__ import annotations

from pathlib import Path

from streams.bus import Bus, BusUrlError
from streams.local import LocalBus


def open_bus(url: str) -> Bus:
    """The bus at ``url``: ``local:FILE`` or ``kafka://host:port[,host:port…][?setting=value&…]``.

    Raises:
        BusUrlError: when the address is of no known kind or has a wrong setting.
        BusUnavailable: when nothing answers there.
    """
    kind, _, rest = url.partition(":")
    if kind == "local" and rest:
        return LocalBus(Path(rest).expanduser())
    if kind == "kafka":
        # Imported here, so that the embedded way to run does not load a Kafka client.
        from streams.kafka import KafkaBus
        from streams.kafka_settings import KafkaSettings

        return KafkaBus(KafkaSettings.from_url(url))
    raise _unknown()


def check_address(url: str) -> str:
    """``url`` as it is, if it is the address of a bus; whether something answers there is not asked.

    Raises:
        BusUrlError: when the address is of no known kind or has a wrong setting.
    """
    kind, _, rest = url.partition(":")
    if kind == "kafka":
        from streams.kafka_settings import KafkaSettings

        KafkaSettings.from_url(url)
    elif kind != "local" or not rest:
        raise _unknown()
    return url


def _unknown() -> BusUrlError:
    return BusUrlError("That is not the address of a bus: give local:FILE or kafka://host:port.")
