"""Working ahead in a thread, so that decoding and seeing share the cores."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

#: How long a thread waits before it looks whether it should stop.
_PATIENCE_S = 0.1
#: How long closing waits for a thread that may be stuck in a network read.
_FAREWELL_S = 2.0


@dataclass(frozen=True)
class _End:
    error: BaseException | None


class _Worker(Generic[Item]):
    def __init__(self, items: Iterator[Item], depth: int, on_overflow: Callable[[], None] | None) -> None:
        self.ready: queue.Queue[Item | _End] = queue.Queue(depth)
        self.stop = threading.Event()
        self._items = items
        self._on_overflow = on_overflow

    def work(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._items:
                self._put(item)
                if self.stop.is_set():
                    break
        except BaseException as raised:
            error = raised
        finally:
            close = getattr(self._items, "close", None)
            if close is not None:
                close()
        self._put(_End(error), may_overflow=False)

    def _put(self, item: Item | _End, *, may_overflow: bool = True) -> None:
        while not self.stop.is_set():
            try:
                self.ready.put(item, timeout=_PATIENCE_S if self._on_overflow is None else 0.001)
                return
            except queue.Full:
                if self._on_overflow is not None and may_overflow:
                    self._drop_oldest(self._on_overflow)

    def _drop_oldest(self, on_overflow: Callable[[], None]) -> None:
        try:
            self.ready.get_nowait()
        except queue.Empty:
            return
        on_overflow()


def prefetch(
    items: Iterator[Item], *, depth: int = 8, on_overflow: Callable[[], None] | None = None
) -> Iterator[Item]:
    """The items in their order, taken from the iterator by a thread that works up to ``depth`` items ahead.

    An error of the iterator is raised here, after the items before it. When this generator is closed the
    thread ends. With ``on_overflow`` a full queue loses its oldest item, and the function is called for it:
    for live sources, where a late frame is worth less than a new one.
    """
    worker = _Worker(items, depth, on_overflow)
    thread = threading.Thread(target=worker.work, name="prefetch", daemon=True)
    thread.start()
    try:
        while True:
            item = worker.ready.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        worker.stop.set()
        thread.join(_FAREWELL_S)
