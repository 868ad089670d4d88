"""A list of exemptions out of a CSV file: all of it, or nothing."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Mapping
from pathlib import Path

from enforcement.errors import ExemptionError
from enforcement.exemptions.exemption import NO_END, KeptExemption, checked

_REQUIRED = ("plate", "kind", "valid_from", "reason")
_KNOWN = (*_REQUIRED, "valid_until", "offences", "cameras")


def read_exemptions(path: Path, author: str, zone: datetime.tzinfo = datetime.UTC) -> list[KeptExemption]:
    """The exemptions in a UTF-8 CSV file with the header ``plate,kind,valid_from,valid_until,reason,…``.

    Args:
        path: ``valid_until`` may be empty or missing; ``offences`` and ``cameras``, several of them parted by
            blanks, too. A date as the end is the last day.
        author: who adds them.
        zone: where days begin, for times that do not say it.

    Raises:
        ExemptionError: naming the line that is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ExemptionError(f"{path} cannot be read ({error}); name a CSV file in UTF-8.") from error
    rows = csv.DictReader(text.splitlines())
    names = tuple(rows.fieldnames or ())
    wrong = [name for name in names if name not in _KNOWN] or [
        name for name in _REQUIRED if name not in names
    ]
    if wrong:
        raise ExemptionError(
            f"{path}: the column '{wrong[0]}' is unknown or missing; the header is {','.join(_KNOWN)}."
        )
    found = []
    try:
        for row in rows:
            if None in row:
                raise ExemptionError("there are more values than the header has columns; quote commas.")
            found.append(_read(row, author, zone))
    except (ExemptionError, csv.Error) as error:
        raise ExemptionError(f"{path}, line {rows.line_num}: {error}") from error
    return found


def moment_of(text: str, zone: datetime.tzinfo, *, is_end: bool = False) -> datetime.datetime:
    """A time as people write it: 2026-12-31, 2026-12-31T08:00 or with an offset; a day as the end is whole.

    Raises:
        ExemptionError: for what is none.
    """
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
        if is_end and len(text.strip()) <= len("2026-12-31"):
            moment += datetime.timedelta(days=1)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(datetime.UTC)
    except (
        ValueError,
        OverflowError,
    ) as error:  # the first and the last day of the calendar have no neighbour
        raise ExemptionError(f"'{text}' is no time; write it as 2026-12-31 or 2026-12-31T08:00.") from error


def _read(row: Mapping[str, str | None], author: str, zone: datetime.tzinfo) -> KeptExemption:
    given = {name: (row.get(name) or "").strip() for name in _KNOWN}
    until = given["valid_until"]
    return checked(
        KeptExemption(
            given["kind"],
            (given["plate"],),
            moment_of(given["valid_from"], zone),
            moment_of(until, zone, is_end=True) if until else NO_END,
            given["reason"],
            author,
            tuple(given["offences"].split()),
            tuple(given["cameras"].split()),
        )
    )
