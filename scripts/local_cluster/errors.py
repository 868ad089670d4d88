"""What may go wrong when processes are started and stopped."""

from __future__ import annotations

from streams.errors import RoadwitnessError


class ClusterError(RoadwitnessError):
    """A part of the cluster is missing, does not start, or is in the way; the message says what to do."""
