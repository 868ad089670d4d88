"""What an object finds out once, when it is first asked.

As ``functools.cached_property``, whose lock (until Python 3.12) costs more than most of what is looked up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class once(Generic[T]):  # it stands where a property does
    """Makes a method of one thread's object a value that is made at its first use and kept with it."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._name = ""
        self.__doc__ = make.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, of: Any, _owner: type | None = None) -> T:
        # Once it is in the object's own dictionary, Python does not ask here again.
        made = of.__dict__[self._name] = self._make(of)
        return made
