"""One exemption that somebody entered: for which plates and cameras, from when until when, and why."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from enforcement.errors import ExemptionError
from enforcement.law.offences import OFFENCES
from enforcement.register import normalise
from streams.identity import identify

#: Kind -> the words that stand with a finding which it set aside: nothing that names a vehicle.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "emergency": "An emergency vehicle on duty.",
        "permit": "A vehicle with a permit.",
        "grace": "A vehicle within a period of grace.",
    }
)
#: Until when what has no end is valid: the last New Year's Eve of the century.
NO_END = datetime.datetime(2099, 12, 31, tzinfo=datetime.UTC)
_EARLIEST = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
_LONGEST_TEXT = 500


@dataclass(frozen=True)
class KeptExemption:
    """Rules do not concern these plates from ``valid_from`` until before ``valid_until``.

    ``offences`` and ``cameras`` empty mean every rule and every camera. ``ended_by`` is who ended it before
    its time.
    """

    kind: str
    plates: tuple[str, ...]
    valid_from: datetime.datetime
    valid_until: datetime.datetime
    reason: str
    author: str
    offences: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()
    added_at: datetime.datetime = _EARLIEST
    ended_by: str = ""
    ended_because: str = ""
    exemption_id: str = ""

    @property
    def has_end(self) -> bool:
        """Whether an end was set."""
        return self.valid_until < NO_END


def checked(exemption: KeptExemption) -> KeptExemption:
    """The exemption as it is kept: plates normalised, texts trimmed, with the id that this gives it.

    The id is a function of what is exempt and when, so that the same list imported twice is there once.

    Raises:
        ExemptionError: for what cannot be meant.
    """
    plates = tuple(sorted({normalise(plate) for plate in exemption.plates} - {""}))
    texts = {"reason": exemption.reason.strip(), "author": exemption.author.strip()}
    offences, cameras = tuple(sorted(set(exemption.offences))), tuple(sorted(set(exemption.cameras)))
    if exemption.kind not in KINDS:
        raise ExemptionError(f"'{exemption.kind}' is no kind of exemption; write one of {', '.join(KINDS)}.")
    if not plates:
        raise ExemptionError("an exemption needs a plate with letters or digits; write it as on the vehicle.")
    for what, text in texts.items():
        if not 2 <= len(text) <= _LONGEST_TEXT or not text.isprintable():
            raise ExemptionError(
                f"the {what} is missing or longer than {_LONGEST_TEXT} characters; write it in one line."
            )
    if unknown := next((offence for offence in offences if offence not in OFFENCES), None):
        raise ExemptionError(f"'{unknown}' is no offence; known are {', '.join(OFFENCES)}.")
    if not _EARLIEST <= exemption.valid_from < exemption.valid_until <= NO_END:
        raise ExemptionError("the validity ends before it begins, or is not in this century; correct it.")
    written = (f"{moment:%Y-%m-%dT%H:%M:%S.%f}" for moment in (exemption.valid_from, exemption.valid_until))
    return KeptExemption(
        exemption.kind,
        plates,
        exemption.valid_from,
        exemption.valid_until,
        texts["reason"],
        texts["author"],
        offences,
        cameras,
        exemption.added_at,
        exemption_id=identify("exemption", exemption.kind, *written, *plates, "", *offences, "", *cameras),
    )
