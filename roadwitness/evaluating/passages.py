"""``roadwitness evaluate passages``: the roadside pipeline against a simulation's truth."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from detectors.capture import open_source
from detectors.frames import Frame
from detectors.pipeline import ClosedPassage
from detectors.stageclock import StageClock
from roadwitness.evaluating.cores import keep_to
from roadwitness.evaluating.ending import finish
from roadwitness.evaluating.measures import Measure, Quantity
from roadwitness.evaluating.outcomes import RIGHT, UNREADABLE, WRONG, Outcomes, outcomes
from roadwitness.evaluating.passages_report import passages_report
from roadwitness.evaluating.report import FOLDER
from roadwitness.progress import progress
from roadwitness.roadside import Observation, observe
from roadwitness.simulator import load_truth
from roadwitness.site import Site, load_site
from roadwitness.site_law import policy_of
from roadwitness.truth_matching import compare
from roadwitness.wiring import build_pipeline, open_eyes, source_of
from streams.messages import Passage


@dataclass
class Run:
    """What one run of the pipeline gave; ``plates`` are the pictures of the plates, PNG, by passage."""

    passages: list[Passage] = field(default_factory=list)
    plates: dict[str, bytes] = field(default_factory=dict)
    frame_ms: list[float] = field(default_factory=list)
    clock: StageClock = field(default_factory=StageClock)
    seen: Observation | None = None

    def keep(self, closed: ClosedPassage) -> None:
        """Note a passage and the picture of its plate."""
        self.passages.append(closed.passage)
        for reference, item in zip(closed.passage.evidence, closed.evidence, strict=True):
            if reference.kind == "plate":
                self.plates[closed.passage.passage_id] = item.content


def evaluate_passages(folder: Path, *, cores: int | None, report: Path | None, json: Path | None) -> None:
    """Run the pipeline on a simulated site, compare with its truth, print the figures, write the report."""
    keep_to(cores)
    site = load_site(folder / "site.toml")
    truth, policy = load_truth(folder / "truth.json"), policy_of(site)
    run = run_site(site)
    comparisons, strangers = compare(truth, run.passages, site.recorded_at_ns or 0)
    found = outcomes(comparisons, strangers, policy)
    made = passages_report(found, run.plates, run.frame_ms, run.clock, folder, measures(found, run))
    title = f"{len(found.vehicles)} vehicles"
    finish(made, title, report or FOLDER / "passages.html", json, _details(found))


def run_site(site: Site) -> Run:
    """Let the roadside see the whole clip, with every plate read, as if all broke a rule."""
    run = Run()
    begun = 0.0

    def start() -> None:
        nonlocal begun
        begun = time.perf_counter()

    def stop(_frame: Frame) -> None:
        run.frame_ms.append(1000 * (time.perf_counter() - begun))

    with closing(open_source(source_of(site, None), site.recorded_at_ns)) as frames:
        pipeline = build_pipeline(open_eyes(site), site.file, wanted=None, sealing_key=None, clock=run.clock)
        with progress("Watching", "frames") as advance:
            run.seen = observe(frames, pipeline, run.keep, advance=advance, check=start, on_frame=stop)
    return run


def measures(found: Outcomes, run: Run) -> tuple[Measure, ...]:
    """The figures of the pipeline."""
    rate = run.seen.frames_per_second if run.seen else 0.0
    stated = [each.speed.uncertainty_kmh for each in found.vehicles if each.speed]
    uncertainty = float(np.mean([u for u in stated if u is not None])) if any(stated) else None
    largest = max(map(abs, found.errors_kmh), default=None)

    def one(key: str, label: str, meaning: str, value: Any) -> Measure:
        return Measure(key, label, meaning, (value,))

    return (
        one(
            "seen_once", "vehicles seen once", "One passage each, neither lost nor doubled.", found.seen_once
        ),
        one("unseen", "… never", "No passage at all.", found.unseen),
        one("strangers", "passages of no vehicle", "Seen where none was.", Quantity(len(found.strangers), 0)),
        one("class_right", "class right", "Of the seen: car, truck and so on.", found.class_right),
        one("plate_right", "plates right", "Every character, of all vehicles.", found.read(RIGHT)),
        one("plate_wrong", "… wrong", "A plate that is not this vehicle's.", found.read(WRONG)),
        one(
            "plate_unreadable",
            "… unreadable",
            "Said to be unreadable: nobody is harmed.",
            found.read(UNREADABLE),
        ),
        one("speed_measured", "speeds measured", "Of the seen; others are void.", found.measured),
        one(
            "speed_covered",
            "truth within uncertainty",
            "True speed within the stated uncertainty (k = 2), which promises 0.95.",
            found.covered,
        ),
        one("speed_bias", "mean speed error", "Above 0 is too fast.", Quantity(found.bias_kmh, 2, "km/h")),
        one("speed_rms", "rms speed error", "Root mean square.", Quantity(found.rms_kmh, 2, "km/h")),
        one("speed_largest", "largest speed error", "Either way.", Quantity(largest, 2, "km/h")),
        one(
            "speed_uncertainty",
            "mean stated uncertainty",
            "Expanded, k = 2.",
            Quantity(uncertainty, 2, "km/h"),
        ),
        one("caught", "speeders found", "Accused under their own plate.", found.caught),
        one(
            "false_accusations",
            "false accusations",
            "Of one within the limit, under another's plate, or of nobody. Must be none.",
            Quantity(found.false_accusations, 0),
        ),
        one(
            "ece",
            "calibration error (ECE)",
            "Of the plates' confidences.",
            Quantity(found.reliability.ece, 3),
        ),
        one("frames_per_second", "frames a second", "Decode to passage.", Quantity(rate, 1)),
        one("ms", "ms a frame", "Median wall clock.", Quantity(float(np.median(run.frame_ms)), 1)),
    )


def _details(found: Outcomes) -> dict[str, Any]:
    return {
        "vehicles": [
            {
                "vehicle": each.comparison.vehicle.vehicle_id,
                "class": each.comparison.vehicle.vehicle_class,
                "passages": len(each.comparison.passages),
                "plate": each.comparison.vehicle.plate,
                "read": each.plate.text if each.plate else None,
                "confidence": each.plate.confidence if each.plate else None,
                "speed_kmh": each.comparison.vehicle.speed_kmh,
                "speed_error_kmh": each.error_kmh,
                "uncertainty_kmh": each.speed.uncertainty_kmh if each.speed else None,
                "speeding": each.comparison.vehicle.speeding,
                "falsely_accused": each.falsely_accused or None,
            }
            for each in found.vehicles
        ]
    }
