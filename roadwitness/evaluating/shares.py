"""Shares in words: never without the number of samples and the interval."""

from __future__ import annotations

from detectors.evaluation.shares import Share


def in_cell(share: Share) -> str:
    """A share, and below it its 95 % interval and its sample, for a narrow cell.

    >>> in_cell(Share(9, 10))
    '0.900\\n0.596–0.982, n=10'
    """
    if share.value is None:
        return "–\nno sample"
    low, high = share.interval
    return f"{share.value:.3f}\n{low:.3f}–{high:.3f}, n={share.of}"
