"""``roadwitness exemptions``: whom rules do not concern, entered, listed and ended on the command line."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from enforcement.errors import ExemptionError
from enforcement.exemptions.book import ExemptionBook
from enforcement.exemptions.exemption import KeptExemption
from enforcement.exemptions.importing import read_exemptions
from roadwitness.command_audit import enter
from roadwitness.premises import Premises
from roadwitness.progress import say


def import_exemptions(premises: Premises, csv: Path, author: str, timezone: str) -> None:
    """Add the exemptions of a CSV file, all or none.

    Raises:
        ExemptionError: naming the line that is wrong.
    """
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise ExemptionError(
            f"the timezone '{timezone}' is unknown; write one such as Europe/Paris."
        ) from error
    found = read_exemptions(csv, author, zone)
    with premises.open_store() as store:
        enter(premises, author, "added", "exemptions", f"{len(found)} out of a file")
        added = ExemptionBook(store).add(found, datetime.now(UTC))
    say(f"{added} exemptions added, {len(found) - added} were there already.")


def list_exemptions(premises: Premises, *, everything: bool) -> None:
    """Print a line for each exemption that is valid now or later, or for all of them, parted by tabs.

    That somebody looked is entered first, as on the page.
    """
    with premises.kept_store() as store:
        enter(premises, getpass.getuser(), "looked", "exemptions")
        found = ExemptionBook(store).all(None if everything else datetime.now(UTC))
    for each in found:
        print("\t".join(_cells(each)))
    if not found:
        say("There is no exemption that is valid now or later; --all lists those too that are over.")


def end_exemption(premises: Premises, exemption_id: str, author: str, reason: str) -> None:
    """End one from now on.

    Raises:
        ExemptionError: when there is none of this id, or it is over.
    """
    with premises.kept_store() as store:
        enter(premises, author, "ended", f"exemption/{exemption_id}")
        ended = ExemptionBook(store).end(exemption_id, author, reason, datetime.now(UTC))
    say(f"The exemption of {', '.join(ended.plates)} ended; what it set aside until now stays set aside.")


def _cells(each: KeptExemption) -> tuple[str, ...]:
    return (
        each.exemption_id,
        each.kind,
        " ".join(each.plates),
        f"{each.valid_from:%Y-%m-%d %H:%M}",
        f"{each.valid_until:%Y-%m-%d %H:%M}" if each.has_end else "no end",
        " ".join((*each.cameras, *each.offences)) or "everything",
        each.reason,
        each.author,
        f"{each.ended_by}: {each.ended_because}" if each.ended_by else "",
    )
