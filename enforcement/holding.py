"""Back-pressure: a step is carried to its end, however long the store takes, without losing the partitions.

A member of a Kafka group that does not poll is taken for dead, and while one member is silent the whole group
waits for it at every change. So the step runs on a thread of its own; when it takes long, or fails because
something is away, the subscription is paused and polled until the step is done.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

from enforcement.errors import EvidenceUnreachable, RegisterUnreachable, StoreUnreachable
from streams.bus import BusFull, BusUnavailable, Subscription
from streams.events import Events
from streams.metrics import CONSUMER_PAUSED

T = TypeVar("T")

_QUICK_S = 1.0  # a step that is done by then needs no pause
_POLL_S = 0.2
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0
#: For so long a worker that was asked to stop waits for its last step.
_GRACE_S = 5.0

_events = Events(__name__)


class Stopped(Exception):
    """The worker was asked to stop before the step was done; nothing of it may be committed."""


class Holding:
    """Carries out steps one after the other, and keeps ``subscription`` alive meanwhile."""

    def __init__(self, subscription: Subscription, stop: threading.Event, beat: Callable[[], None]) -> None:
        self._subscription = subscription
        self._stop = stop
        self._beat = beat
        self._paused = False

    def carry_out(self, step: Callable[[], T], look_ahead: Callable[[], bool]) -> T:
        """What ``step`` returns; it is tried again, after growing pauses, while something is away.

        Meanwhile ``look_ahead`` is called as long as it says that there may be more to poll.

        Raises:
            Stopped: when it is not done a few seconds after the worker was asked to stop.
            BusFull, or whatever else the step raises that waiting does not mend.
        """
        pause_s = _FIRST_PAUSE_S
        try:
            while True:
                try:
                    return self._wait_for(_started(step), look_ahead)
                except BusFull:
                    raise
                except (StoreUnreachable, EvidenceUnreachable, RegisterUnreachable, BusUnavailable) as error:
                    _events.warning(
                        "held",
                        f"{error} The batch is held; trying again in {pause_s:.0f} s.",
                        pause_s=pause_s,
                    )
                gc.collect()  # an error and its frames hold each other, and the batch
                self._poll_for(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        finally:
            self._go_on()

    def _wait_for(self, done: Future[T], look_ahead: Callable[[], bool]) -> T:
        give_up_at: float | None = None
        wait_s = _QUICK_S
        with suppress(BusUnavailable):  # whoever polls next will meet it
            while not done.done() and look_ahead():
                self._beat()
        while True:
            try:
                return done.result(timeout=wait_s)
            except TimeoutError:
                if done.done():
                    raise
            if self._stop.is_set() and give_up_at is None:
                give_up_at = time.monotonic() + _GRACE_S
            if give_up_at is not None and time.monotonic() >= give_up_at:
                raise Stopped
            self._poll()
            wait_s = _POLL_S

    def _poll_for(self, pause_s: float) -> None:
        until = time.monotonic() + pause_s
        while (left_s := until - time.monotonic()) > 0.0:
            if self._stop.is_set():
                raise Stopped
            self._poll()
            self._stop.wait(min(left_s, _POLL_S))

    def _poll(self) -> None:
        """Say to the group that this member lives, and take nothing."""
        self._beat()
        if not self._paused:
            self._subscription.pause()
            self._paused = True
            CONSUMER_PAUSED.set(1)
        self._subscription.poll(0.0)

    def _go_on(self) -> None:
        if self._paused:
            self._subscription.resume()
            self._paused = False
            CONSUMER_PAUSED.set(0)


def _started(step: Callable[[], T]) -> Future[T]:
    """``step`` on a thread of its own, which a process that ends does not wait for."""
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(step())
        except BaseException as failure:
            done.set_exception(failure)

    threading.Thread(target=run, name="batch", daemon=True).start()
    return done
