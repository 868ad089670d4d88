"""Who looks at a case: when a second officer must, and for how long an answer may be taken back."""

from __future__ import annotations

from enforcement.law.table import Table


class Review(Table, frozen=True):
    """How cases are reviewed; see docs/deciding.md.

    A second officer looks, without seeing the first one's answer, at a ``share`` (0 to 1) of all cases, at
    these ``offences``, at what is graver than ``above_severity`` (0.5: half as much again as is allowed) and
    where the plate was read with less than ``below_confidence``. An answer may be taken back for
    ``undo_minutes``; an officer holds an open case for ``lease_minutes`` after the last sign of them.
    """

    share: float = 0.0
    offences: tuple[str, ...] = ()
    above_severity: float = 100.0
    below_confidence: float = 0.0
    undo_minutes: float = 10.0
    lease_minutes: float = 10.0
