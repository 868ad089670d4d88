"""Store and forward, the forwarding: sends what waits in the spool, in order, whenever a bus is there."""

from __future__ import annotations

import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from streams.bus import Bus, BusUnavailable
from streams.events import Events
from streams.metrics import FORWARDER_AWAY, FORWARDER_CONNECTS, FORWARDER_FAILURES, FORWARDER_SENT
from streams.spool import Spool
from streams.tracing import headers_of_span, span

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_IDLE_S = 0.2

_events = Events(__name__)


class Forwarder:
    """A thread that empties a spool into a bus.

    A record is erased after the bus has acknowledged it. Killed between the two, it is sent again: ids are
    deterministic, so the store takes it once. While the bus is away the pauses grow to half a minute.
    """

    def __init__(
        self,
        spool: Spool,
        connect: Callable[[], Bus],
        *,
        most_records: int = 500,
        first_pause_s: float = _FIRST_PAUSE_S,
    ) -> None:
        """``connect`` opens the bus anew; it is called again after every failure."""
        self._spool = spool
        self._connect = connect
        self._most_records = most_records
        self._first_pause_s = first_pause_s
        self._stop = threading.Event()
        self._fault: Exception | None = None
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="forwarder", daemon=True)

    @property
    def trouble(self) -> str:
        """Why nothing is sent at present, as a sentence; empty while all is well."""
        return self._trouble

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def check(self) -> None:
        """Raise what ended the thread, if something did that waiting does not mend (a damaged spool, say)."""
        if self._fault is not None:
            raise self._fault

    def drain(
        self,
        patience_s: float,
        on_left: Callable[[int], None] = lambda _left: None,
        *,
        most_s: float = math.inf,
    ) -> int:
        """Wait until nothing waits any more, or the bus has been away for ``patience_s``; how many are left.

        ``on_left`` is told how many are left meanwhile; it takes ``most_s`` at most, whatever is left then.
        """
        began_at = well_at = time.monotonic()
        while left := self._spool.state().records:
            self.check()
            if not self._trouble:
                well_at = time.monotonic()
            elif time.monotonic() - well_at > patience_s:
                break
            if time.monotonic() - began_at > most_s:
                break
            on_left(left)
            time.sleep(0.05)
        return left

    def stop(self) -> None:
        """End after the batch at hand; what is left waits for the next start."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause_s = self._first_pause_s
        while not self._stop.is_set():
            try:
                self._forward()
            except BusUnavailable as error:
                if not self._trouble:
                    _events.warning("bus-away", f"{error} What is seen waits on this unit's disk.")
                    pause_s = self._first_pause_s
                self._trouble = str(error)
                FORWARDER_AWAY.set(1)
                FORWARDER_FAILURES.inc()
                # Units that lost the same broker must not all come back in the same moment.
                self._stop.wait(pause_s * random.uniform(0.7, 1.3))  # nosec B311
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            except Exception as error:  # told by check(), in the thread that works
                self._fault = error
                return

    def _forward(self) -> None:
        """Send until asked to stop; raises BusUnavailable when the bus is lost."""
        bus = self._connect()
        FORWARDER_CONNECTS.inc()
        try:
            while not self._stop.is_set():
                records = self._spool.next(self._most_records)
                if records:
                    with span("bus publish", records=len(records)):
                        outgoing = [(r.topic, r.key, r.value) for r in records]
                        bus.publish_many(outgoing, headers=headers_of_span())
                    self._spool.sent(records)
                    for topic, number in Counter(record.topic for record in records).items():
                        FORWARDER_SENT.labels(topic.value).inc(number)
                if self._trouble:
                    _events.info("bus-back", "The bus is there again; what waits is sent.")
                self._trouble = ""
                FORWARDER_AWAY.set(0)
                if not records:
                    self._stop.wait(_IDLE_S)
        finally:
            with suppress(BusUnavailable):
                bus.close()
