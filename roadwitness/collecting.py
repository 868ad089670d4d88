"""How often a worker looks for garbage."""

from __future__ import annotations

import gc

#: So many more objects than were freed, before a look at the new ones; then so many looks at these before one
#: at older ones, and at the oldest.
_THRESHOLDS = (200_000, 20, 20)


def collect_rarely() -> None:
    """Look for cycles about once a batch, and never at what was loaded at the start.

    A batch makes a hundred thousand objects that hold each other in no circle and die together. By Python's
    own thresholds they were all looked through a hundred times meanwhile, for a tenth of a worker's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
