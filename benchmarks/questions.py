"""How long pages and panels take over a city's store: 100 million passages, a million cases.

    python benchmarks/questions.py --store FOLDER [--passages 100000000] [--violations 1000000]

The store is generated in FOLDER where it is empty and used again later. Each page is fetched through the web
application, each panel's SQL asked of the embedded engine, after two rounds to warm up; what is reported is
the 50th and 95th percentile, and how many rows a question read.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fastapi.testclient import TestClient
from questions_store import DAYS, FIRST_S, City, settle
from rich.console import Console
from rich.progress import track
from rich.table import Table

from dashboards.app import create_app
from dashboards.grafana.macros import Picked, expand
from dashboards.grafana.panels import boards
from dashboards.sign_in.desk import Desk
from dashboards.sign_in.rights import Role
from dashboards.sign_in.settings import SignInSettings
from enforcement.casebook import CaseBook
from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.desk_file import DeskFile
from enforcement.evidence import EvidenceFolder
from enforcement.store import Store
from streams.local import LocalBus

BAR_MS = 300.0
QUEUE_BAR_MS = 50.0
#: What a panel may read of the rows that there are, before it is listed as scanning too much.
TOO_MUCH = 0.2
console = Console()


@dataclass(frozen=True)
class Question:
    """Something a person waits for. ``ask`` answers it and says how many rows were read, None: not known."""

    name: str
    ask: Callable[[], int | None]
    bar_ms: float = BAR_MS


@dataclass(frozen=True)
class Answered:
    """A question and how long its answers took."""

    question: Question
    seconds: list[float]
    rows_read: int | None

    def ms(self, part: float) -> float:
        """The time within which this part of the answers came."""
        return sorted(self.seconds)[min(int(part * len(self.seconds)), len(self.seconds) - 1)] * 1000

    @property
    def kept(self) -> bool:
        """Whether the bar was reached."""
        return self.ms(0.95) <= self.question.bar_ms


def pages(store: Store, folder: Path) -> Iterator[Question]:
    """The pages of the review application, with cases picked at random."""
    bus = LocalBus(folder / "bus.sqlite")
    file = DeskFile(folder / "desk.sqlite")
    desk = Desk(file, AuditChain(file), SignInSettings(second_factor=frozenset()))
    client = TestClient(create_app(CaseBook(store), EvidenceFolder(folder / "evidence"), bus, desk))
    # One loop and its threads for all that is asked, as a server has.
    client.__enter__()
    name = f"benchmark {time.time_ns()}"
    desk.accounts.add(name, [Role.SUPERVISOR])
    client.cookies.set("roadwitness_session", desk.sessions.begin(name, "a benchmark", is_proven=True))
    ids = [
        row[0]
        for row in store.query("SELECT toString(case_id) FROM cases ORDER BY sipHash64(case_id) LIMIT 200")
    ]
    chance = random.Random(5)

    def get(address: Callable[[], str]) -> Callable[[], None]:
        def fetch() -> None:
            response = client.get(address())
            assert response.status_code == 200, response.text

        return fetch

    yield Question("page: queue", get(lambda: "/"), QUEUE_BAR_MS)
    yield Question("page: queue of one camera", get(lambda: "/?camera=cam-0001"), QUEUE_BAR_MS)
    yield Question("page: queue, page 40", get(lambda: "/?page=40"), QUEUE_BAR_MS)
    yield Question("page: confirmed cases", get(lambda: "/?status=confirmed"), QUEUE_BAR_MS)
    yield Question("page: case", get(lambda: f"/cases/{chance.choice(ids)}"))
    yield Question("page: numbers", get(lambda: "/numbers"))
    yield Question("page: numbers of one camera", get(lambda: "/numbers?camera=cam-0001"))


def panels(store: Store) -> Iterator[Question]:
    """Every panel that asks ClickHouse, over the last day and over the last month."""
    end_s = FIRST_S + DAYS * 86400
    for board in boards():
        for days in (1, 30):
            picked = Picked(
                end_s - days * 86400,
                end_s,
                3600 * days,
                {variable.name: None for variable in board.variables},
            )
            for panel in board.panels:
                if panel.sql:
                    sql = expand(panel.sql, picked)
                    yield Question(f"{board.name}, {days} d: {panel.title}", _asking(store, sql))


def _asking(store: Store, sql: str) -> Callable[[], int]:
    def ask() -> int:
        answer = json.loads(store.answer(sql, "JSON"))
        return int(answer["statistics"]["rows_read"])

    return ask


def measure(question: Question, rounds: int) -> Answered:
    """Ask twice to warm up, and then as often as wanted."""
    for _ in range(2):
        read = question.ask()
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        question.ask()
        seconds.append(time.perf_counter() - started)
    return Answered(question, seconds, read)


def report(answered: list[Answered], rows: int) -> None:
    """Print the table, and what is slow or reads too much."""
    table = Table(title=f"milliseconds over {rows:,} passages")
    for column in ("question", "p50", "p95", "bar", "rows read"):
        table.add_column(column, justify="left" if column == "question" else "right")
    for each in answered:
        style = "" if each.kept else "red"
        read = "" if each.rows_read is None else f"{each.rows_read:,}"
        table.add_row(
            each.question.name,
            f"{each.ms(0.5):.0f}",
            f"{each.ms(0.95):.0f}",
            f"{each.question.bar_ms:.0f}",
            read,
            style=style,
        )
    console.print(table)
    slow = [each.question.name for each in answered if not each.kept]
    wide = [each.question.name for each in answered if (each.rows_read or 0) > TOO_MUCH * rows]
    console.print(f"{len(answered) - len(slow)} of {len(answered)} within their bar.")
    console.print(f"Reading more than {TOO_MUCH:.0%} of the passages: {', '.join(wide) or 'none'}.")


def main() -> None:
    """Fill where it is empty, ask, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=100_000_000)
    parser.add_argument("--violations", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--only", default="", help="questions whose name has this text")
    options = parser.parse_args()
    store = Store.embedded(options.store)
    if store.migrate():
        settle(store)
    [(rows,)] = store.query("SELECT count() FROM passages")
    if not rows:
        City(options.passages, options.violations).fill(store)
        [(rows,)] = store.query("SELECT count() FROM passages")
    with_names = [*pages(store, options.store.parent), *panels(store)]
    chosen = [question for question in with_names if options.only in question.name]
    report([measure(each, options.rounds) for each in track(chosen, "Asking", console=console)], rows)


if __name__ == "__main__":
    main()
