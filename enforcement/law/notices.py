"""What a policy says about the letters to keepers: who writes them, and until when they are answered."""

from __future__ import annotations

from typing import Literal

import msgspec

from enforcement.law.table import Table


class NoticeTerms(Table, frozen=True):
    """``[notice]``: the sender of notices and letters, and what stands in them.

    ``address`` are the lines of the authority's address; ``page`` is where keepers answer, such as
    ``https://answers.example/nomination``; ``answer_days`` are the days they have; ``fines`` name the amount
    for an offence, with its currency, as it is to be printed. What is not said is left out of the letters.
    ``court_language`` is that of the paper in case packages where whoever makes one chooses no other.
    """

    authority: str
    address: tuple[str, ...] = ()
    contact: str = ""
    page: str = ""
    answer_days: int = 14
    court_language: Literal["de", "en", "ru"] = "en"
    fines: dict[str, str] = msgspec.field(default_factory=dict)
