"""A working day: a scripted reviewer decides cases in Chromium by keyboard alone, and every page is pictured.

    python -m benchmarks.a_day [--cases 100] [--pictures OUT]

Prints, from the moment a decision is sent: until it is safe and the next case is named, until the next page
can be used, and until its pictures are there; and whether the worker has recorded each as it was decided.
``--pictures`` writes every page that there is, light and
dark, on a desktop and a tablet. Everything is invented. Needs Playwright and Debian's chromium.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.progress import track
from rich.table import Table

from dashboards.sign_in.rights import Role
from docs.pictures.take import ARGUMENTS, CHROMIUM
from roadwitness.listening import bind
from roadwitness.web_server import WebServer
from tests.dashboards.conftest import BackOffice, opened
from tests.dashboards.in_browser.desk import Desk, sign_in
from tests.dashboards.in_browser.every_page import every_page
from tests.dashboards.in_browser.working_day import Decided, decide_all
from tests.dashboards.invented_passages import SCENES, Invented

BAR_MS = 200.0
_PATIENCE_S = 30.0
_SIZES = {"desktop": (1280, 900), "tablet": (820, 1180)}
console = Console()


def scenes(number: int) -> list[Invented]:
    """So many cases of the kinds that there are, each a minute after the other and none like another."""
    kinds = [scene for scene in SCENES if not scene.without][:-1]
    return [
        replace(
            kinds[each % len(kinds)],
            speed_kmh=round(88 + each * 37 % 61 + each / 1000, 3),
            after_s=60.0 * each,
            seed=each,
        )
        for each in range(number)
    ]


def work(office: BackOffice, browser: Browser, site: str, cases: int) -> tuple[list[Decided], float]:
    """Decide them all; how long each took and all took, s."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    sign_in(context, site, office.session("A. Moreau", [Role.REVIEWER]))
    desk = Desk(context.new_page(), site)
    began = time.monotonic()
    decided = list(track(decide_all(desk, cases), "Deciding", total=cases, console=console))
    took_s = time.monotonic() - began
    context.close()
    if desk.complaints:
        console.print(f"The browser complained: {desk.complaints}", style="red")
    return decided, took_s


def picture(office: BackOffice, browser: Browser, site: str, out: Path) -> int:
    """Picture every page; returns how many pictures that are."""
    out.mkdir(parents=True, exist_ok=True)
    case_id = office.book.queue(None)[0].case_id
    places = every_page(office.app(), {"case_id": case_id})
    taken = 0
    for size, (width, height) in _SIZES.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            stranger = context.new_page()
            for place in (each for each in places if each.is_public):
                stranger.goto(site + place.address)
                stranger.screenshot(path=out / _name(place.address, size, scheme), full_page=True)
            sign_in(context, site, office.session("Everybody", list(Role)))
            page = context.new_page()
            for place in (each for each in places if not each.is_public):
                response = page.request.get(site + place.address)
                if "text/html" in response.headers.get("content-type", ""):
                    page.goto(site + place.address, wait_until="networkidle")
                    page.screenshot(path=out / _name(place.address, size, scheme), full_page=True)
            taken = len(list(out.glob("*.png")))
            context.close()
    return taken


def report(decided: Sequence[Decided], took_s: float) -> None:
    """Print what was measured."""
    table = Table(
        title=f"{len(decided)} cases by keyboard alone in {took_s:.1f} s; milliseconds since a decision"
    )
    for column in ("until", "p50", "p95", "largest"):
        table.add_column(column, justify="left" if column == "until" else "right")
    for name, values in (
        ("it is safe and the next case is named", [each.named_ms for each in decided]),
        ("the next case can be used", [each.usable_ms for each in decided]),
        ("its pictures are there", [each.loaded_ms for each in decided]),
        (
            "the next case can be used, since it was named",
            [each.usable_ms - each.named_ms for each in decided],
        ),
    ):
        values.sort()
        table.add_row(
            name,
            *(f"{values[min(int(part * len(values)), len(values) - 1)]:.0f}" for part in (0.5, 0.95, 1.0)),
        )
    console.print(table)
    for what, fast in (
        ("could be used", sum(each.usable_ms <= BAR_MS for each in decided)),
        ("had their pictures", sum(each.loaded_ms <= BAR_MS for each in decided)),
    ):
        console.print(f"{fast} of {len(decided)} next cases {what} within {BAR_MS:.0f} ms of the decision.")


def recorded(office: BackOffice, decided: Sequence[Decided]) -> int:
    """How many of the decided cases are recorded as they were decided, once the worker has caught up."""
    outcomes = {each.address.rpartition("/")[2]: each.outcome for each in decided}
    until_s = time.monotonic() + _PATIENCE_S
    while True:
        stored = {case.case_id: case.status for case in office.book.queue(None, limit=len(outcomes) + 1)}
        right = sum(stored.get(case_id) == outcome for case_id, outcome in outcomes.items())
        if right == len(outcomes) or time.monotonic() > until_s:
            return right
        time.sleep(0.2)


def _name(address: str, size: str, scheme: str) -> str:
    words = "-".join(part if len(part) < 30 else "id" for part in address.strip("/").split("/") if part)
    return f"{words or 'queue'}-{size}-{scheme}.png"


def main() -> None:
    """Fill an office, decide, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), "a_day") as office:
        office.receive(*scenes(options.cases))
        office.work()
        server = WebServer(office.app(), bind(0))
        server.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
            decided, took_s = work(office, browser, server.url, options.cases)
            report(decided, took_s)
            console.print(f"{recorded(office, decided)} of {len(decided)} are recorded as they were decided.")
            if options.pictures:
                console.print(f"{picture(office, browser, server.url, options.pictures)} pictures.")
            browser.close()
        server.stop()


if __name__ == "__main__":
    main()
