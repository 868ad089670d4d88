"""``roadwitness replay``: what another policy would have found, told before it counts; nothing is changed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from dashboards.formatting import rfc3339
from enforcement.circumstances import Circumstances
from enforcement.judging import NO_ROAD, SECTION_RULES, findings_of
from enforcement.law.offences import OFFENCES
from enforcement.policy import Policy, load_policy, nanoseconds
from enforcement.road import Road
from enforcement.rows import violation_id
from enforcement.sections import SectionMemory
from enforcement.shadow import NEED_ROAD, Change, Stored, changes, judge_again, would_be_too_fast
from enforcement.stored_passages import StoredPassages, asking_data, asking_store
from roadwitness.json_lines import json_lines
from roadwitness.premises import open_store
from roadwitness.progress import console, results, say
from roadwitness.site import load_site
from roadwitness.site_law import road_of
from streams.bus import Bus
from streams.connect import open_bus
from streams.encoding import UndecodableMessage, decode
from streams.messages import Passage
from streams.topics import Topic

_KINDS = ("new", "dropped", "changed")


@dataclass(frozen=True)
class Sources:
    """Where passages are looked for: a data folder, or a store and a bus by their addresses."""

    data: Path
    store_url: str | None = None
    bus_url: str | None = None


@dataclass
class Outcome:
    """What a replay counted, by offence; ``would_be`` has no passage left to make a case of."""

    before: Counter[str] = field(default_factory=Counter)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    would_be: Counter[str] = field(default_factory=Counter)
    not_judged: Counter[str] = field(default_factory=Counter)
    passages: int = 0
    measured: int = 0
    whole: int = 0
    set_aside: int = 0

    def add(self, change: Change) -> None:
        """Count one change."""
        self.kinds[change.offence, change.kind] += 1

    def after(self, offence: str) -> int:
        """How many findings there would be of which the passage is still there."""
        return self.before[offence] + self.kinds[offence, "new"] - self.kinds[offence, "dropped"]


def replay(
    policy_file: Path,
    since: datetime,
    cameras: Sequence[str],
    sites: Sequence[Path],
    sources: Sources,
    jsonl: str | None,
) -> None:
    """Run the rules under another policy over what is stored, and tell what would change."""
    policy = load_policy(policy_file)
    loaded = [load_site(path) for path in sites]
    roads = {site.file.camera.id: road_of(site) for site in loaded}
    outcome = Outcome()
    with ExitStack() as leaving:
        if sources.store_url is None:
            ask = asking_data(sources.data)
        else:
            ask = asking_store(leaving.enter_context(closing(open_store(sources.store_url))))
        stored = StoredPassages(ask, nanoseconds(since), cameras)
        bus = _bus_of(sources)
        if bus is not None:
            leaving.callback(bus.close)
        write = leaving.enter_context(json_lines(jsonl)) if jsonl else None
        on_bus = _on_bus(bus, nanoseconds(since), cameras) if bus else {}
        for change in _judge_all(policy, roads, stored, on_bus, outcome):
            outcome.add(change)
            if write is not None:
                write(_line(change))
    (console if jsonl == "-" else results).print(_table(outcome))
    for sentence in _limits(outcome, policy, since):
        say(sentence)


def _judge_all(
    policy: Policy,
    roads: Mapping[str, Road],
    stored: StoredPassages,
    on_bus: dict[str, Passage],
    outcome: Outcome,
) -> Iterator[Change]:
    outcome.passages, outcome.measured = stored.counts()
    exempt = stored.set_aside()
    outcome.set_aside = len(exempt)
    whole: set[str] = set()
    for one in stored.found():
        whole.add(one.passage.passage_id)
        road = roads.get(one.passage.camera_id)
        left_out = NEED_ROAD if road is None else frozenset[str]()
        outcome.before.update(one.findings.keys())
        outcome.not_judged.update(one.findings.keys() & left_out)
        yield from changes(one, judge_again(one, policy, road), left_out)
    unknown = {key: passage for key, passage in on_bus.items() if key not in whole}
    yield from _judge_on_bus(policy, roads, unknown, on_bus)
    outcome.whole = len(whole | unknown.keys())
    if policy.trigger_kmh < math.inf:
        for counted in stored.faster_than(policy.trigger_kmh):
            is_exempt = violation_id(counted.passage_id, "speeding") in exempt
            if counted.passage_id in on_bus or is_exempt:
                continue
            outcome.would_be["speeding"] += would_be_too_fast(counted, policy)


def _judge_on_bus(
    policy: Policy, roads: Mapping[str, Road], unknown: Mapping[str, Passage], on_bus: Mapping[str, Passage]
) -> Iterator[Change]:
    """What is new in passages that broke no rule, as far as the bus still has them."""
    for passage in unknown.values():
        one = Stored(passage, {})
        yield from changes(one, judge_again(one, policy, roads.get(passage.camera_id)))
    cameras = {section.exit_camera for section in policy.sections}
    memory = SectionMemory(dict.fromkeys(cameras, policy), roads)
    for passage in sorted(on_bus.values(), key=lambda each: each.started_at_ns):
        memory.observe(passage)
        matches = memory.matches()
        for match in matches:
            left = match.left
            seen = Circumstances(left, roads.get(left.camera_id, NO_ROAD), section=match.entry)
            found = findings_of(seen, policy, SECTION_RULES)
            if left.passage_id in unknown:
                yield from (Change("new", left, each.offence, None, each) for each in found)
        memory.settle(matches)
        memory.release(memory.ended())


def _bus_of(sources: Sources) -> Bus | None:
    if sources.bus_url is not None:
        return open_bus(sources.bus_url)
    log = sources.data / "bus.sqlite"
    # A log that is not there is not made by looking.
    return open_bus(f"local:{log}") if sources.store_url is None and log.is_file() else None


def _on_bus(bus: Bus, since_ns: int, cameras: Sequence[str]) -> dict[str, Passage]:
    found = {}
    for record in bus.recall(Topic.PASSAGES):
        try:
            passage = decode(record.value, Passage)
        except UndecodableMessage:
            continue
        if passage.started_at_ns >= since_ns and (not cameras or passage.camera_id in cameras):
            found[passage.passage_id] = passage
    return found


def _table(outcome: Outcome) -> Table:
    table = Table(title="What would change", title_justify="left")
    table.add_column("offence")
    for column in ("found", "would be", *_KINDS, "more, of counts only"):
        table.add_column(column, justify="right")
    offences = {*outcome.before, *outcome.would_be, *(offence for offence, _ in outcome.kinds)}
    for offence in sorted(offences, key=_place_of):
        table.add_row(
            offence,
            str(outcome.before[offence]),
            str(outcome.after(offence)),
            *(str(outcome.kinds[offence, kind]) for kind in _KINDS),
            str(outcome.would_be[offence]),
        )
    return table


def _place_of(offence: str) -> tuple[int, str]:
    return (OFFENCES.index(offence) if offence in OFFENCES else len(OFFENCES), offence)


def _limits(outcome: Outcome, policy: Policy, since: datetime) -> Iterator[str]:
    """What was judged, and what could not be, in sentences."""
    yield (
        f"Policy {policy.id}, version {policy.version}, over {outcome.passages} passages since "
        f"{since.isoformat()}; nothing was changed."
    )
    counted = max(0, outcome.passages - outcome.whole)
    yield (
        f"{outcome.whole} passages are there as a whole and were judged by every rule. Of {counted} others, "
        "which broke no rule, no track and no plate was kept: of those with a valid speed "
        f"({outcome.measured} of all passages have one) speeding was counted, without limits for some "
        "vehicles or signs, and no other offence."
    )
    if outcome.not_judged:
        named = ", ".join(f"{offence} ({number})" for offence, number in sorted(outcome.not_judged.items()))
        yield f"Not judged again, since their cameras' roads were not given (--site): {named}."
    if outcome.set_aside:
        yield f"{outcome.set_aside} findings that an exemption set aside cannot be judged again."


def _line(change: Change) -> dict[str, Any]:
    """One change as a JSON line; no plate in it, the case has it."""
    passage = change.passage
    return {
        "change": change.kind,
        "offence": change.offence,
        "case_id": violation_id(passage.passage_id, change.offence),
        "camera_id": passage.camera_id,
        "occurred_at": rfc3339(passage.started_at_ns),
        "before": change.before.explanation if change.before else None,
        "after": change.after.explanation if change.after else None,
        "enforced_before": change.before.enforced if change.before else None,
        "enforced_after": change.after.enforced if change.after else None,
        "unit": (change.after or change.before).unit,  # type: ignore[union-attr]
    }
