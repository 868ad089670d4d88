"""A memory that forgets: plates are held here, never on a disk, and no longer than they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class _Held(Generic[T]):
    happened_ns: int
    arrived_ns: int
    item: T


class Expiring(Generic[T]):
    """Items by a key, each for ``span_s``: of the events' own time and, should no event follow, of ours.

    Where more than ``most`` are held the oldest events are forgotten first.
    """

    def __init__(self, span_s: float, most: int, clock: Callable[[], int]) -> None:
        self._span_ns = round(span_s * 1e9)
        self._most = most
        self._clock = clock
        self._held: dict[str, _Held[T]] = {}
        self._latest_ns = 0

    def __contains__(self, key: str) -> bool:
        return key in self._held

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[T]:
        return iter([held.item for held in self._held.values()])

    def advance(self, happened_ns: int) -> None:
        """Something happened at this time: what lies a span before it has expired."""
        self._latest_ns = max(self._latest_ns, happened_ns)

    def put(self, key: str, happened_ns: int, item: T) -> None:
        """Hold an item, unless its key is held already."""
        self.advance(happened_ns)
        self._held.setdefault(key, _Held(happened_ns, self._clock(), item))

    def pop(self, key: str) -> T | None:
        """Forget an item now; it is returned, None where it was not held."""
        held = self._held.pop(key, None)
        return None if held is None else held.item

    def expire(self) -> list[T]:
        """Forget what has expired, and the oldest of what is too much; returns it, the oldest first."""
        event_ns, wall_ns = self._latest_ns - self._span_ns, self._clock() - self._span_ns
        gone = [
            key
            for key, held in self._held.items()
            if held.happened_ns < event_ns or held.arrived_ns < wall_ns
        ]
        surplus = len(self._held) - len(gone) - self._most
        if surplus > 0:
            rest = self._held.keys() - set(gone)
            gone += sorted(rest, key=lambda key: self._held[key].happened_ns)[:surplus]
        gone.sort(key=lambda key: self._held[key].happened_ns)
        return [self._held.pop(key).item for key in gone]
