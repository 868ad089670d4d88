"""How sure a share is that was counted, and how far two reviewers agree beyond chance."""

from __future__ import annotations

import math

#: Of the normal distribution, for 95 % on both sides together.
_Z = 1.959964


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share of which ``hits`` of ``of`` were seen (Wilson's score interval).

    >>> [round(end, 3) for end in wilson(2, 10)], wilson(0, 0)
    ([0.057, 0.51], (0.0, 1.0))
    """
    if of == 0:
        return 0.0, 1.0
    share, z2 = hits / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def kappa(both_yes: int, yes_no: int, no_yes: int, both_no: int) -> float | None:
    """Cohen's kappa of two reviewers' yes and no: 1 is full agreement, 0 what chance alone would give.

    None where nothing can be said: without cases, or where both always answered the same one thing.

    >>> kappa(20, 5, 10, 15), kappa(9, 0, 0, 0), kappa(5, 0, 0, 5)
    (0.4, None, 1.0)
    """
    of = both_yes + yes_no + no_yes + both_no
    if of == 0:
        return None
    agreed = (both_yes + both_no) / of
    first_yes, second_yes = (both_yes + yes_no) / of, (both_yes + no_yes) / of
    by_chance = first_yes * second_yes + (1 - first_yes) * (1 - second_yes)
    return None if by_chance == 1.0 else round((agreed - by_chance) / (1 - by_chance), 6)
