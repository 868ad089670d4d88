"""What the audit costs: writing an entry, reading pages of a long one, checking all of it.

    python benchmarks/audit.py [ENTRIES]

Prints milliseconds and seconds of this machine. A desk file is made in a temporary folder.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from enforcement.desk.audit_book import AuditBook, AuditFilter
from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.audit_verifying import verify_audit
from enforcement.desk.desk_file import DeskFile
from streams.identity import identify

_OFFICERS = 20
_CASES = 20_000
_EACH = 100


def main(entries: int) -> None:
    """Fill a desk file, then measure."""
    with tempfile.TemporaryDirectory() as folder:
        desk = DeskFile(Path(folder) / "desk.sqlite")
        chain = AuditChain(desk)
        cases = [identify("case", number) for number in range(_CASES)]
        with desk.transaction() as database:
            for number in range(entries):
                who = f"officer-{number % _OFFICERS}"
                chain.append(database, who, "reviewer", "looked", cases[number * 7919 % _CASES])

        def write() -> None:
            chain.write("officer-1", "reviewer", "looked", cases[0])

        book = AuditBook(desk)
        tell(f"write an entry, after {entries}", [timed(write) for _ in range(_EACH)])
        tell(f"write an entry, {_OFFICERS} at once", at_once(write))
        tell("newest page", [timed(lambda: book.page(AuditFilter(), 100)) for _ in range(_EACH)])
        wanted = AuditFilter(who="officer-3", action="looked")
        tell("page of a person and action", [timed(lambda: book.page(wanted, 100)) for _ in range(_EACH)])
        tell("a case's story", [timed(lambda: book.story(cases[7])) for _ in range(_EACH)])
        tell("people and actions", [timed(lambda: (book.people(), book.actions())) for _ in range(_EACH)])
        begun = time.perf_counter()
        verdict = verify_audit(desk.path, None)
        took_s = time.perf_counter() - begun
        assert not verdict.faults
        print(f"check all {verdict.entries} entries of the file: {took_s:.1f} s")
        desk.close()


def timed(action: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    action()
    return (time.perf_counter() - begun) * 1000


def at_once(action: Callable[[], object]) -> list[float]:
    """Milliseconds of each, from as many threads as there are officers."""
    taken: list[float] = []
    threads = [
        threading.Thread(target=lambda: taken.extend(timed(action) for _ in range(_EACH // 4)))
        for _ in range(_OFFICERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def tell(what: str, taken_ms: list[float]) -> None:
    """Print median and 95th percentile."""
    p95 = statistics.quantiles(taken_ms, n=20)[-1]
    print(f"{what}: median {statistics.median(taken_ms):.2f} ms, p95 {p95:.2f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
