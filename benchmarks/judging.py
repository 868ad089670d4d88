"""How many passages a second one core judges by all rules, beside how many it can decode.

    python benchmarks/judging.py [--passages 4000] [--repeat 3]

Seven of ten passages are of an invented open road, where vehicles are in view for two seconds, three of a
junction, where they are for five and some wait at red for half a minute; twelve looks a second make a track.
Most drive as they should, few break a rule. Each is judged as the centre does, by every rule of a policy that
has a table for each offence. The bar is 20,000 a second; decoding the same messages from the bus in the same
run is the limit that no judging can pass.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections import Counter
from collections.abc import Callable

from judged_traffic import Site
from rich.console import Console
from rich.table import Table

BAR = 20_000
#: Of all passages.
JUNCTION_PART = 0.3
console = Console()


def best_rate(work: Callable[[], object], count: int, repeat: int) -> float:
    """Things a second in the fastest of ``repeat`` rounds, in time of this process alone."""
    seconds = []
    for _ in range(repeat):
        started = time.process_time()
        work()
        seconds.append(time.process_time() - started)
    return count / min(seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=4_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    junctions = round(options.passages * JUNCTION_PART)
    sites = (
        Site.invented(options.passages - junctions, junction=False),
        Site.invented(junctions, junction=True),
    )
    # A worker never holds so many messages at once; here they are kept out of the collector's way.
    gc.collect()
    gc.freeze()
    table = Table(title=f"passages a second a core, {options.passages} passages")
    for column in ("", "track points", "judged by all rules", "decoded (the limit)"):
        table.add_column(column, justify="right" if column else "left")
    judging_s = decoding_s = 0.0
    found: Counter[str] = Counter()
    for site in sites:
        judging = best_rate(site.judge, len(site.passages), options.repeat)
        decoding = best_rate(site.decode, len(site.passages), options.repeat)
        judging_s += len(site.passages) / judging
        decoding_s += len(site.passages) / decoding
        table.add_row(site.name, f"{site.points:.0f}", f"{judging:,.0f}", f"{decoding:,.0f}")
        found.update(site.judge())
    judged = options.passages / judging_s
    table.add_row("both", "", f"{judged:,.0f}", f"{options.passages / decoding_s:,.0f}")
    console.print(table)
    console.print(f"Bar {BAR:,}: {'reached' if judged >= BAR else 'missed'}. Found: {dict(found)}")


if __name__ == "__main__":
    main()
