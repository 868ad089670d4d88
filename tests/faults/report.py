"""What came of many seeds, as a page: a summary, the table, and what to do to repeat one that failed."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from statistics import median

from tests.faults.play import Outcome


def page(outcomes: Sequence[Outcome], command: str, commit: str) -> str:
    """Markdown, in the order of the seeds."""
    ordered = sorted(outcomes, key=lambda each: each.plan.seed)
    well = sum(each.well for each in ordered)
    date = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    recovered = sorted(each.recovered_s for each in ordered)
    lines = [
        f"`{command}` on {date}, commit {commit}: **{well} of {len(ordered)} seeds well.**",
        "",
        f"From the end of the last fault until nothing waited any more: {median(recovered):.1f} s in the "
        f"middle, {recovered[-1]:.1f} s at most. A seed took {median([o.took_s for o in ordered]):.1f} s.",
        "",
        "| fault | injected | in seeds |",
        "|---|---:|---:|",
        *_kinds(ordered),
        "",
        "| seed | stage | faults (at s; for s) | recovered in s | verdict |",
        "|---:|---|---|---:|---|",
        *map(_row, ordered),
        "",
    ]
    if failed := [each for each in ordered if not each.well]:
        lines += ["Failed, and how to repeat it:", ""]
        for each in failed:
            lines.append(f"- `python -m tests.faults --seeds {each.plan.seed}`: {'; '.join(each.wrong)}")
    return "\n".join(lines).rstrip() + "\n"


def _kinds(outcomes: Sequence[Outcome]) -> list[str]:
    injected: Counter[str] = Counter()
    seeds: Counter[str] = Counter()
    for each in outcomes:
        names = [f"{fault.name} {_kind_of(fault.target)}" for fault in each.plan.faults]
        injected.update(names)
        seeds.update(set(names))
    return [f"| {name} | {count} | {seeds[name]} |" for name, count in sorted(injected.items())]


def _kind_of(target: str) -> str:
    """``worker-1:kafka`` as ``worker to kafka``: which of several it was does not matter here."""
    who, _, server = target.partition(":")
    plain = [name.rstrip("0123456789").rstrip("-") for name in (who, server) if name]
    return " to ".join(plain)


def _row(outcome: Outcome) -> str:
    faults = "; ".join(f"{f.name} {f.target} ({f.at_s:.1f}; {f.lasts_s:.1f})" for f in outcome.plan.faults)
    verdict = "well" if outcome.well else "**failed**"
    return (
        f"| {outcome.plan.seed} | {outcome.plan.stage} | {faults} | {outcome.recovered_s:.1f} | {verdict} |"
    )
