"""How often a worker looks for garbage."""

from __future__ import annotations

import gc

#: So many more objects than were freed, before a look at the new ones; then so many looks at these before one
#: at older ones, and at the oldest. The first is more than a batch has, which dies as a whole.
_THRESHOLDS = (1_000_000, 20, 20)


def collect_rarely() -> None:
    """Look for cycles once in many batches, and never at what was loaded at the start.

    A batch makes some hundred thousand objects that hold each other in no circle and die together. By
    Python's own thresholds they were all looked through a hundred times meanwhile, for a tenth of a worker's
    time; one look within each batch is still a twentieth.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
