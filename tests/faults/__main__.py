"""``python -m tests.faults --seeds 0-199``: plays many seeds and writes a report."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from tests.faults.play import Outcome, open_house, play


def main() -> None:
    """Play the seeds that are named; exit status 1 when one fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seeds", default="0-9", help="such as 0-199 or 3,17")
    parser.add_argument(
        "--keep", type=Path, default=Path("faults-failed"), help="where failing seeds' folders go"
    )
    arguments = parser.parse_args()
    for noisy in ("kafka", "urllib3.connectionpool", "clickhouse_connect"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    outcomes: list[Outcome] = []
    with open_house() as house:
        for seed in seeds_of(arguments.seeds):
            outcome = play(house, seed, arguments.keep)
            outcomes.append(outcome)
            print(
                f"seed {seed}: {'well' if outcome.well else 'FAILED'} in {outcome.took_s:.1f} s, "
                f"recovered in {outcome.recovered_s:.1f} s ({outcome.plan.stage}; "
                f"{'; '.join(map(str, outcome.plan.faults))})",
                flush=True,
            )
            for sentence in outcome.wrong:
                print(f"  {sentence}", flush=True)
    sys.exit(0 if all(outcome.well for outcome in outcomes) else 1)


def seeds_of(text: str) -> list[int]:
    """``0-3,7`` as numbers."""
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    return seeds


if __name__ == "__main__":
    main()
