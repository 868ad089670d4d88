"""What an officer has to choose before a case with several candidates can be confirmed."""

from __future__ import annotations

from collections.abc import Sequence

#: As ``Decision.chosen_plate``: the officer has compared, and it is none of the candidates.
NONE_OF_THESE = ""
_IN_A_FORM = "none"  # no plate: those are upper case


def fault_of_choice(match: str, plates: Sequence[str], chosen_plate: str | None) -> str | None:
    """Why a case cannot be confirmed with this choice, as one sentence; None where it can.

    Args:
        match: the case's match.
        plates: the plates of its candidates.
        chosen_plate: what the officer chose: one of them, ``NONE_OF_THESE``, or None for nothing.
    """
    if match != "ambiguous":
        allowed = {None, *plates[:1]} if match == "certain" else {None, NONE_OF_THESE}
        if chosen_plate in allowed:
            return None
        return "the register leaves nothing to choose in this case; send the decision without a choice."
    if chosen_plate is None:
        return (
            "the register has several vehicles that it may be; choose one of them, or 'none of these', "
            "before confirming."
        )
    if chosen_plate != NONE_OF_THESE and chosen_plate not in plates:
        return (
            "the chosen plate is not one of this case's candidates; choose one of them, or 'none of these'."
        )
    return None


def choice_of_form(value: str | None) -> str | None:
    """``chosen_plate`` as a form sends it: ``none`` is none of the candidates, nothing is no choice."""
    return NONE_OF_THESE if value == _IN_A_FORM else (value or None)
