"""Many officers at once: every case decided once, nobody overwritten, everything in the audit.

    python -m benchmarks.officers [--officers 20] [--cases 500]

Officers work over HTTP in parallel on one set of pages with a real worker behind it: each holds the next
case, looks, answers, now and then twice or takes the answer back; half of the cases need two of them. Prints
what was found when the store and the audit are held against what each officer was told. All is invented.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from enforcement.desk.audit_verifying import verify_audit
from roadwitness.listening import bind
from roadwitness.progress import progress
from roadwitness.web_server import WebServer
from tests.dashboards.conftest import BackOffice, opened
from tests.dashboards.invented_passages import publish
from tests.dashboards.many_officers import LAW, ManyOfficers, faults, scenes

console = Console()


def report(office: BackOffice, case_ids: list[str], officers: ManyOfficers, took_s: float) -> int:
    """Print what was found; how much of it is wrong."""
    done = officers.done
    cases = [case for case_id in case_ids if (case := office.book.case(case_id)) is not None]
    reviewed = Counter(len(case.answered.course.reviewers) for case in cases)
    table = Table(title=f"{len(case_ids)} cases in {took_s:.0f} s", show_header=False)
    for name, number in (
        ("decided by one officer", reviewed[1]),
        ("decided by two who agreed", reviewed[2]),
        ("settled by a supervisor", reviewed[3]),
        ("answers recorded", sum(done.taken.values())),
        ("forms sent twice", done.sent_twice),
        ("answers taken back", sum(done.taken_back.values())),
        ("answers refused, and said so", done.refused),
        ("conflicts in the log", sum(event.kind == "conflict" for case in cases for event in case.events)),
    ):
        table.add_row(name, str(number))
    console.print(table)
    found = faults(office, case_ids, done)
    checked = verify_audit(office.desk.file.path, None)
    found += list(checked.faults)
    console.print(f"{checked.entries} entries in the audit, whose chain was verified.")
    for sentence in found[:20]:
        console.print(sentence, style="red")
    console.print(f"{len(found)} faults.", style="red" if found else "green")
    return len(found)


def main() -> None:
    """Fill an office, let the officers work, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--officers", type=int, default=20)
    parser.add_argument("--cases", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), "officers", LAW) as office:
        with progress("Inventing passages", "passages") as advance:
            for number, scene in enumerate(scenes(options.cases), 1):
                office.passages[scene.speed_kmh] = publish(office.bus, scene)
                advance(number, options.cases)
            office.receive()
        case_ids = [case.case_id for case in office.book.queue(None, limit=2 * options.cases)]
        office.work()
        server = WebServer(office.app(wait_s=30.0), bind(0))
        server.start()
        officers = ManyOfficers(office, server.url, options.officers)
        with progress("Deciding", "cases") as advance:
            took_s = officers.work(lambda decided: advance(decided, options.cases))
        server.stop()
        wrong = report(office, case_ids, officers, took_s) or len(case_ids) != options.cases
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
