"""Where a roadside unit publishes: its own disk first, and from there the bus, whenever it can be reached."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from roadwitness.progress import progress, say
from streams.bus import BusFull, Publisher
from streams.connect import check_address, open_bus
from streams.errors import RoadwitnessError
from streams.forwarding import Forwarder
from streams.metrics import SPOOL_AGE, SPOOL_BYTES, SPOOL_RECORDS
from streams.spool import Outgoing, Spool, SpoolState
from streams.topics import Topic

#: How long a unit that has nothing more to see waits for a bus that is away.
_PATIENCE_S = 5.0
#: A unit whose spool is full sends for so long before it ends.
_MAKING_ROOM_S = 30.0
NOTHING_WAITS = SpoolState(records=0, size_bytes=0, oldest_age_s=0.0, given_up=0)


class Outbox:
    """Publishes for one unit. Without a spool it writes to the bus at once."""

    def __init__(
        self, publisher: Publisher, spool: Spool | None = None, sender: Forwarder | None = None
    ) -> None:
        self._publisher = publisher
        self._spool = spool
        self._sender = sender

    def publish(self, topic: Topic, key: str, value: bytes) -> None:
        """Keep one record for good."""
        self.publish_many([(topic, key, value)])

    def publish_many(self, records: Iterable[Outgoing]) -> None:
        """Keep several records for good, in order, all or none."""
        if self._sender is not None:
            self._sender.check()
        self._publisher.publish_many(records)

    def state(self) -> SpoolState:
        """What waits to be sent."""
        return self._spool.state() if self._spool is not None else NOTHING_WAITS

    def show(self) -> None:
        """Bring the metrics of what waits up to date."""
        waiting = self.state()
        SPOOL_RECORDS.set(waiting.records)
        SPOOL_BYTES.set(waiting.size_bytes)
        SPOOL_AGE.set(waiting.oldest_age_s)

    @property
    def trouble(self) -> str:
        """Why nothing is sent at present, as a sentence; empty while all is well."""
        return self._sender.trouble if self._sender is not None else ""

    def fault(self) -> str | None:
        """Why nothing more can be kept, as a sentence; None while it can."""
        try:
            if self._sender is not None:
                self._sender.check()
            if self._spool is not None:
                self._spool.check()
        except RoadwitnessError as error:
            return str(error)
        return None

    def finish(self, most_s: float = math.inf) -> None:
        """Send what waits, in ``most_s`` at most, and say what is left and why."""
        if self._spool is None or self._sender is None:
            return
        total = self._spool.state().records
        with progress("Sending", "records") as advance:
            left = self._sender.drain(
                _PATIENCE_S, lambda left: advance(max(total - left, 0), total), most_s=most_s
            )
        if left:
            trouble = self._sender.trouble.rstrip(".") or "there was no more time"
            say(
                f"{left} records wait in {self._spool.path}, since {trouble}: "
                "they are sent when a unit runs with this spool again.",
                "yellow",
            )


@contextmanager
def open_outbox(bus_url: str, spool: Path, limit_bytes: int) -> Iterator[Outbox]:
    """An outbox to the bus at ``bus_url``; a local log is on this disk already and needs no spool.

    Raises:
        BusUrlError: when the address is of no known kind. That nothing answers there is no error.
        BusUnavailable, BusFull: when the spool, or the local log, cannot be written.
    """
    if check_address(bus_url).startswith("local:"):
        with closing(open_bus(bus_url)) as bus:
            yield Outbox(bus)
        return
    spool.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with closing(Spool(spool, limit_bytes=limit_bytes)) as waiting:
        before = waiting.state()
        if before.records:
            age_s = f"{before.oldest_age_s:.0f} s"
            say(f"{before.records} records wait in {spool} from before, the oldest for {age_s}.")
        sender = Forwarder(waiting, lambda: open_bus(bus_url))
        sender.start()
        outbox = Outbox(waiting, waiting, sender)
        try:
            yield outbox
        except BusFull:
            # Whoever starts this unit again would else meet the same full spool, for ever.
            outbox.finish(_MAKING_ROOM_S)
            raise
        finally:
            sender.stop()
