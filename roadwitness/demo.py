"""``roadwitness demo``: a simulated site through the whole chain, and what was found beside the truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from enforcement.register import import_register
from roadwitness.data_folder import DataFolder
from roadwitness.progress import console
from roadwitness.running import House, analyse, open_house, serving
from roadwitness.simulating import demo_site
from roadwitness.simulator import load_truth
from roadwitness.site import load_site
from roadwitness.truth_matching import Comparison, compare
from roadwitness.wiring import policy_of, source_of
from streams.messages import Passage

#: What a speed may differ from the simulator's.
SPEED_BAR_KMH = 3.0


@dataclass(frozen=True)
class Accusation:
    """A violation as it is in the store."""

    plate: str | None
    keeper_id: str | None


@dataclass(frozen=True)
class Verdict:
    """What the demo found, against the bars that it sets itself."""

    speeders: int
    caught: int
    false_accusations: int
    largest_speed_error_kmh: float
    seen_once: int
    vehicles: int

    @property
    def passed(self) -> bool:
        """At least 90 % of the speeders with plate and keeper, nobody else, speeds within 3 km/h."""
        return (
            self.caught >= 0.9 * self.speeders
            and self.false_accusations == 0
            and self.largest_speed_error_kmh <= SPEED_BAR_KMH
        )


def run_demo(data: Path, *, serve: bool, port: int) -> Verdict:
    """Render (or reuse) the site, analyse it, print the comparison, serve the pages."""
    folder = DataFolder.open(data)
    simulated = demo_site(folder.simulated)
    site = load_site(simulated.site_file)
    policy = policy_of(site)
    passages: list[Passage] = []
    with open_house(folder, {site.file.camera.id: policy}) as house:
        import_register(house.store, simulated.folder / "register.csv")
        with serving(house, serve, port) as wait:
            seen = analyse(house, site, source_of(site, None), policy, passages.append)
            truth = load_truth(simulated.truth_file)
            comparisons, strangers = compare(truth, passages, site.recorded_at_ns or 0)
            accused = accusations(house, site.file.camera.id)
            verdict = judge(comparisons, strangers, accused)
            console.print(as_table(comparisons, accused))
            console.print(
                in_words(verdict, seen.frames_per_second, policy.speeding.limit_kmh, policy.trigger_kmh)
            )
            wait()
    return verdict


def accusations(house: House, camera_id: str) -> dict[str, Accusation]:
    """The violations of one camera in the store, by passage."""
    rows = house.store.query(
        "SELECT passage_id, plate, keeper_id FROM violations FINAL WHERE camera_id = {camera:String}",
        {"camera": camera_id},
    )
    return {str(passage): Accusation(plate, keeper) for passage, plate, keeper in rows}


def accusation_of(comparison: Comparison, accused: dict[str, Accusation]) -> Accusation | None:
    """The violation that came of a vehicle's passages, if one did."""
    return next((accused[p.passage_id] for p in comparison.passages if p.passage_id in accused), None)


def judge(comparisons: list[Comparison], strangers: list[Passage], accused: dict[str, Accusation]) -> Verdict:
    """Count what was right and wrong."""
    speeders = [c for c in comparisons if c.vehicle.speeding]
    errors = [abs(c.speed_error_kmh) for c in comparisons if c.speed_error_kmh is not None]
    caught = 0
    for comparison in speeders:
        found = accusation_of(comparison, accused)
        if found and (found.plate, found.keeper_id) == (
            comparison.vehicle.plate,
            comparison.vehicle.keeper_id,
        ):
            caught += 1
    innocent = [c for c in comparisons if not c.vehicle.speeding and accusation_of(c, accused)]
    invented = [passage for passage in strangers if passage.passage_id in accused]
    return Verdict(
        speeders=len(speeders),
        caught=caught,
        false_accusations=len(innocent) + len(invented),
        largest_speed_error_kmh=max(errors, default=0.0),
        seen_once=sum(len(c.passages) == 1 for c in comparisons),
        vehicles=len(comparisons),
    )


def as_table(comparisons: list[Comparison], accused: dict[str, Accusation]) -> Table:
    """One line a vehicle: what it was, and what was found."""
    table = Table(title="Found, beside the simulator's truth")
    for column in (
        "vehicle",
        "true plate",
        "true km/h",
        "measured",
        "error",
        "violation",
        "plate read",
        "keeper",
    ):
        table.add_column(column, justify="right" if column in {"true km/h", "measured", "error"} else "left")
    for comparison in comparisons:
        vehicle, error = comparison.vehicle, comparison.speed_error_kmh
        found = accusation_of(comparison, accused)
        right = found is not None and found.plate == vehicle.plate
        plate = "" if found is None else found.plate or "unreadable"
        table.add_row(
            f"{vehicle.vehicle_id} {vehicle.vehicle_class}",
            vehicle.plate,
            f"{vehicle.speed_kmh:.1f}",
            "–" if error is None else f"{vehicle.speed_kmh + error:.1f}",
            "–" if error is None else f"{error:+.1f}",
            _verdict(vehicle.speeding, found is not None),
            f"[green]{plate}[/green]" if right else f"[red]{plate}[/red]",
            "" if found is None else found.keeper_id or "none",
        )
    return table


def _verdict(speeding: bool, accused: bool) -> str:
    if speeding:
        return "[green]yes[/green]" if accused else "[red]missed[/red]"
    return "[red]falsely[/red]" if accused else "no"


def in_words(verdict: Verdict, rate: float, limit_kmh: float, trigger_kmh: float) -> str:
    """The figures beside the bars."""
    return (
        f"Limit {limit_kmh:g} km/h, violations from {trigger_kmh:g} km/h measured. "
        f"Speeders found with right plate and keeper: {verdict.caught} of {verdict.speeders} (bar: 90 %). "
        f"Falsely accused: {verdict.false_accusations} (bar: 0). "
        f"Largest speed error: {verdict.largest_speed_error_kmh:.1f} km/h (bar: {SPEED_BAR_KMH:g}). "
        f"Vehicles seen exactly once: {verdict.seen_once} of {verdict.vehicles}. {rate:.1f} frames/s."
    )
