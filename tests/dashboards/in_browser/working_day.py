"""A scripted reviewer who decides case after case by keyboard alone, and how long the next one takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.dashboards.in_browser.desk import Desk

#: Milliseconds since the decision was sent, by the browser's own clock. The redirect names the next case.
TIMING = """() => {
  const [page] = performance.getEntriesByType("navigation");
  return { named: page.fetchStart, usable: page.domContentLoadedEventEnd, loaded: page.loadEventEnd };
}"""


@dataclass(frozen=True)
class Decided:
    """One case: its address, what was decided, and what came when after it was sent, ms.

    ``named_ms``: the decision was safe and the next case was named; ``usable_ms``: the next page could be
    read and used; ``loaded_ms``: its pictures were there too.
    """

    address: str
    outcome: str
    named_ms: float
    usable_ms: float
    loaded_ms: float


def decide_all(desk: Desk, at_most: int) -> Iterator[Decided]:
    """Begin at the queue, and decide what comes until nothing more does; every fifth case is rejected."""
    desk.open("/")
    desk.press("n")
    desk.page.wait_for_url("**/cases/*")
    for number in range(at_most):
        here = desk.page.url
        rejects = number % 5 == 4 or desk.page.locator("#confirm").is_disabled()
        (_reject if rejects else _confirm)(desk)
        desk.page.wait_for_url(lambda url, here=here: url != here, wait_until="load")  # type: ignore[misc]
        times = desk.page.evaluate(TIMING)
        yield Decided(
            here, "rejected" if rejects else "confirmed", times["named"], times["usable"], times["loaded"]
        )
        if "/cases/" not in desk.page.url:
            return


def _confirm(desk: Desk) -> None:
    desk.press("1", "2", "3", "c", "Enter")


def _reject(desk: Desk) -> None:
    desk.press("r")
    desk.type("The picture")  # a list jumps to what is typed
    desk.press("Tab", "Tab", "Enter")
