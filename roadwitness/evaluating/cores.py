"""Keeping a measurement to some of the machine's cores."""

from __future__ import annotations

import os

from streams.errors import RoadwitnessError


class CoresUnavailable(RoadwitnessError):
    """This machine has fewer cores, or its system cannot keep a process to some of them."""


def keep_to(cores: int | None) -> int:
    """Keep this process to ``cores`` cores, None leaves it as it is; how many it may use then.

    To be called before any model is opened: threads keep to what held when they began.
    """
    if not hasattr(os, "sched_setaffinity"):
        if cores is not None:
            raise CoresUnavailable("This system cannot keep a process to some cores; leave --cores out.")
        return os.cpu_count() or 1
    allowed = sorted(os.sched_getaffinity(0))
    if cores is not None:
        if cores > len(allowed):
            raise CoresUnavailable(f"There are {len(allowed)} cores here, not {cores}; give --cores fewer.")
        os.sched_setaffinity(0, allowed[:cores])
    return cores or len(allowed)
