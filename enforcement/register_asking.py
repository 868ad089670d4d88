"""What matching needs of a register, wherever it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from enforcement.register import Keeper


class Register(Protocol):
    """A register of vehicles that can be asked about plates. Not for several threads."""

    def size(self) -> int:
        """How many vehicles it holds, about; 0 where nothing was imported."""
        ...

    def worth_asking(self, likely: Sequence[str]) -> list[str]:
        """The plates that :meth:`find` should be asked about for a reading that says one of ``likely``.

        Args:
            likely: what the reading may say, likeliest first.

        Returns:
            Those of them, and of what lies one error away from them, that the register may have.
        """
        ...

    def find(self, plates: Sequence[str], cases: Sequence[str]) -> dict[str, Keeper]:
        """The keepers of these plates, by plate; ``cases`` are the ids of the cases that they are for.

        Raises:
            RegisterUnreachable: where it does not answer; the question may be put again.
        """
        ...
