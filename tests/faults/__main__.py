"""``python -m tests.faults --seeds 0-199``: plays many seeds and writes a report."""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from pathlib import Path

from roadwitness.progress import progress, say
from tests.faults.many import played
from tests.faults.play import Outcome
from tests.faults.report import page


def main() -> None:
    """Play the seeds that are named; exit status 1 when one fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seeds", default="0-9", help="such as 0-199 or 3,17")
    parser.add_argument("--jobs", type=int, default=1, help="so many at once, each with brokers of its own")
    parser.add_argument("--report", type=Path, help="a page (Markdown), written anew after each seed")
    parser.add_argument("--keep", type=Path, default=Path("faults-failed"), help="folders of failing seeds")
    arguments = parser.parse_args()
    seeds = _seeds_of(arguments.seeds)
    arguments.keep = arguments.keep.resolve()
    outcomes: list[Outcome] = []
    with progress("Playing", "seeds") as advance:
        advance(0, len(seeds))
        for outcome in played(seeds, arguments.jobs, arguments.keep):
            outcomes.append(outcome)
            advance(len(outcomes), len(seeds))
            if not outcome.well:
                say(_told(outcome), "red")
            if arguments.report:
                command = shlex.join(["python", "-m", "tests.faults", "--seeds", arguments.seeds])
                arguments.report.write_text(page(outcomes, command, _commit()))
    well = sum(outcome.well for outcome in outcomes)
    say(f"{well} of {len(outcomes)} seeds well.")
    sys.exit(0 if well == len(outcomes) else 1)


def _told(outcome: Outcome) -> str:
    faults = "; ".join(map(str, outcome.plan.faults))
    wrong = "\n  ".join(outcome.wrong)
    return f"Seed {outcome.plan.seed} ({outcome.plan.stage}; {faults}):\n  {wrong}\n  see {outcome.folder}"


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def _seeds_of(text: str) -> list[int]:
    """``0-3,7`` as numbers."""
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    return seeds


if __name__ == "__main__":
    main()
