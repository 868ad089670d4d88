"""A memory that forgets: plates are held here, never on a disk, and no longer than they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Expiring(Generic[T]):
    """Items by a key, in the order they came; of more than ``most`` the first are forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: dict[str, T] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._held

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[T]:
        return iter(self._held.values())

    def get(self, key: str) -> T | None:
        """The item of ``key``; None where it is not held."""
        return self._held.get(key)

    def put(self, key: str, item: T) -> None:
        """Hold an item, unless its key is held already."""
        self._held.setdefault(key, item)

    def pop(self, key: str) -> T | None:
        """Forget an item now; it is returned, None where it was not held."""
        return self._held.pop(key, None)

    def expire(self, due: Callable[[T], bool]) -> list[T]:
        """Forget from the front what is ``due``, and what is too much; returns it.

        It ends at the first that is not due: what came in order is forgotten in order, so that a look at one
        item is enough as long as nothing is due.
        """
        surplus = len(self._held) - self._most
        gone: list[str] = []
        for key, item in self._held.items():
            if len(gone) >= surplus and not due(item):
                break
            gone.append(key)
        return [self._held.pop(key) for key in gone]

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()
