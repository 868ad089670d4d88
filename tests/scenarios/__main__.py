"""``python -m tests.scenarios [offence …]``: what the rules make of the tables, offence by offence."""

from __future__ import annotations

import sys
from collections import Counter

from tests.scenarios.judging import tally
from tests.scenarios.profile import SEEDS
from tests.scenarios.tables import TABLES


def main(chosen: list[str]) -> None:
    """Print a line an offence; for chosen offences also each missed and each accused scenario."""
    print("offence              positives observed   found  near misses observed accused")
    for offence, tables in TABLES.items():
        if chosen and offence not in chosen:
            continue
        found, near = tally(tables.positives, SEEDS), tally(tables.near_misses, SEEDS)
        accusations = found.accused + near.accused
        print(
            f"{offence:20} {len(tables.positives):9} {found.seen:8} {found.part_found:7.1%} "
            f" {len(tables.near_misses):11} {near.near_misses:8} {len(accusations):7}"
        )
        if chosen:
            for line, count in Counter(where.partition(" (")[0] for where in found.missed).most_common():
                print(f"  missed {count:3} x {line}")
            for line, count in Counter(where.partition(" (")[0] for where in accusations).items():
                example = next(where for where in accusations if where.startswith(line))
                print(f"  accused {count:3} x {line}, such as {example.removeprefix(line)}")


if __name__ == "__main__":
    main(sys.argv[1:])
