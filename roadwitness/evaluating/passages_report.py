"""The report on a run of the pipeline beside a simulation's truth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from markupsafe import Markup

from detectors.evaluation.shares import Share
from detectors.stageclock import StageClock
from roadwitness.evaluating import thumbnails
from roadwitness.evaluating.differences import marked
from roadwitness.evaluating.measures import Measure, interval_text, share_text
from roadwitness.evaluating.outcomes import RIGHT, UNREADABLE, UNSEEN, WRONG, Outcome, Outcomes
from roadwitness.evaluating.plots import milliseconds_figure, reliability_figure
from roadwitness.evaluating.report import Drawing, Figure, Picture, Report, Rows, Sheet
from roadwitness.evaluating.svg import Axis, Plot, shares_axis

_WORTH_A_BAR = 0.02
_READINGS = ((RIGHT, "good"), (UNREADABLE, "quiet"), (WRONG, "bad"), (UNSEEN, "quiet"))


def passages_report(
    found: Outcomes,
    plates: Mapping[str, bytes],
    frame_ms: Sequence[float],
    clock: StageClock,
    folder: Path,
    measures: tuple[Measure, ...],
) -> Report:
    """The report; ``plates`` are pictures of plates (PNG) by passage."""
    return Report(
        heading="Watching a road: what became of each vehicle",
        source=f"{len(found.vehicles)} simulated vehicles of {folder}",
        lead=_lead(found),
        subjects=("pipeline",),
        measures=measures,
        figures=(
            _speeds(found),
            _readings(found),
            *([reliability_figure({"plates read": found.reliability}, "plates")] if _any_read(found) else ()),
            milliseconds_figure({"pipeline": frame_ms}, "a frame"),
            _stages(clock),
        ),
        sheets=(_wrong_plates(found, plates),),
        tables=(_every_vehicle(found),),
        notes=(
            "The truth is the simulator's. A passage belongs to the vehicle whose true boxes hold most "
            "of its track, whatever plate was read.",
            "Every plate is read and pictured, as if all broke a rule; a site in use does that for those "
            "alone that did, and is quicker.",
            "Every passage is judged by the site's policy, as the centre would.",
            "Simulated plates are cleaner than real ones: this shows what the chain does with what it reads, "
            "not how well it reads on a real road. For that, evaluate the reader on real crops.",
        ),
        shows_plates=False,
    )


def _lead(found: Outcomes) -> tuple[str, ...]:
    covered = found.covered
    return (
        f"{found.seen_once.hits} of {found.seen_once.of} vehicles were seen exactly once, and "
        f"{found.caught.hits} of {found.caught.of} speeders were accused under their own plate.",
        "Nobody was falsely accused."
        if not found.false_accusations
        else f"{found.false_accusations} accusations were false: see the table of vehicles.",
        f"Of {covered.of} measured speeds, {covered.hits} hold the true one within the stated uncertainty "
        f"({share_text(covered)}, {interval_text(covered)}); k = 2 promises 0.95.",
    )


def _any_read(found: Outcomes) -> bool:
    return found.reliability.samples > 0


def _speeds(found: Outcomes) -> Figure:
    measured = sorted(
        (each for each in found.vehicles if each.error_kmh is not None),
        key=lambda each: each.comparison.vehicle.speed_kmh,
    )
    spread = [abs(each.error_kmh or 0.0) + _uncertainty(each) for each in measured]
    reach = max(1.0, math.ceil(max(spread, default=1.0)))
    true = [each.comparison.vehicle.speed_kmh for each in measured] or [0.0, 1.0]
    low, high = 10 * math.floor(min(true) / 10), 10 * math.ceil(max(true) / 10 + 0.01)
    step = 10 if high - low <= 80 else 20
    plot = Plot(
        f"Speed errors of {len(measured)} vehicles with their stated uncertainties.",
        Axis("true speed, km/h", low, high, tuple((v, str(v)) for v in range(low, high + 1, step))),
        Axis(
            "error, km/h",
            -reach,
            reach,
            tuple((v, f"{v:+g}" if v else "0") for v in (-reach, -reach / 2, 0, reach / 2, reach)),
        ),
        width=900,
    )
    plot.line([(low, 0), (high, 0)], "quiet")
    for each in measured:
        vehicle, error, doubt = each.comparison.vehicle, each.error_kmh or 0.0, _uncertainty(each)
        style = "s0" if each.covered else "bad"
        plot.whisker(vehicle.speed_kmh, error - doubt, error + doubt, style)
        plot.dot(
            vehicle.speed_kmh,
            error,
            style,
            f"{vehicle.vehicle_id}: true {vehicle.speed_kmh:.1f}, error {error:+.1f} ± {doubt:.1f} km/h",
        )
    return Figure(
        heading="Are speeds as exact as they say?",
        sentence=(
            "Each vehicle's error, measured less true, and the uncertainty that was stated with it (k = "
            "2). A whisker that reaches the dashed line tells the truth; of 20, 19 should."
        ),
        drawings=(Drawing(plot),),
        legend=(("s0", "truth within the uncertainty"), ("bad", "truth outside")),
        wide=True,
    )


def _uncertainty(each: Outcome) -> float:
    return (each.speed.uncertainty_kmh if each.speed else None) or 0.0


def _readings(found: Outcomes) -> Figure:
    plot = Plot(
        "; ".join(f"{name}: {found.read(name).hits}" for name, _ in _READINGS),
        Axis("what became of the plate", 0, len(_READINGS), ()),
        shares_axis("share of the vehicles"),
        bottom=58,
    )
    for place, (name, style) in enumerate(_READINGS):
        share = found.read(name)
        plot.bar(place + 0.2, place + 0.8, share.value or 0.0, style, f"{name}: {interval_text(share)}")
        plot.whisker(place + 0.5, *share.interval, "ink")
        plot.text(place + 0.5, 0, name, "strong", below=16)
        plot.text(place + 0.5, 0, f"n = {share.hits}", "tick", below=31)
    wrong = found.read(WRONG)
    return Figure(
        heading="What became of the plates?",
        sentence=(
            f"A wrong plate accuses somebody else ({wrong.hits} of {wrong.of}); an unreadable one accuses "
            "nobody. With 95 % intervals."
        ),
        drawings=(Drawing(plot),),
    )


def _stages(clock: StageClock) -> Figure:
    total = clock.total_s or 1.0
    all_stages = sorted(clock.stages.items(), key=lambda item: -item[1].seconds)
    stages = [item for item in all_stages if item[1].seconds >= _WORTH_A_BAR * total]
    plot = Plot(
        "; ".join(f"{name} {100 * spent.seconds / total:.0f} %" for name, spent in all_stages),
        Axis("stage", 0, max(1, len(stages)), ()),
        shares_axis("share of the time"),
        bottom=58,
    )
    for place, (name, spent) in enumerate(stages):
        share = spent.seconds / total
        plot.bar(
            place + 0.15, place + 0.85, share, "s0", f"{name}: {spent.seconds:.1f} s in {spent.calls} calls"
        )
        plot.text(place + 0.5, 0, name, "strong", below=16)
        plot.text(place + 0.5, 0, f"{100 * share:.0f} %", "tick", below=31)
    return Figure(
        heading="Where does the time go?",
        sentence=(
            f"Seconds of wall clock in each stage of the pipeline, {clock.total_s:.1f} in all: "
            f"{stages[0][0] if stages else 'none'} takes the most. Stages below {100 * _WORTH_A_BAR:.0f} "
            "% are left out."
        ),
        drawings=(Drawing(plot),),
    )


def _wrong_plates(found: Outcomes, plates: Mapping[str, bytes]) -> Sheet:
    wrong = [each for each in found.vehicles if each.reading in (WRONG, UNREADABLE)]
    wrong.sort(key=lambda each: (each.reading != WRONG, -(each.plate.confidence if each.plate else 0.0)))
    return Sheet(
        heading="Plates that were not read, the wrong ones first",
        sentence=f"{len(wrong)} of {len(found.vehicles)} vehicles.",
        pictures=tuple(_picture(each, plates) for each in wrong[: thumbnails.MOST]),
        more=max(0, len(wrong) - thumbnails.MOST),
    )


def _picture(each: Outcome, plates: Mapping[str, bytes]) -> Picture:
    vehicle, plate = each.comparison.vehicle, each.plate
    content = next((plates[p.passage_id] for p in each.comparison.passages if p.passage_id in plates), None)
    pixels = None if content is None else cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    text = plate.text if plate else None
    read = (
        Markup('{} <span class="muted">{:.2f}</span>').format(marked(vehicle.plate, text), plate.confidence)
        if plate and text
        else "unreadable"
    )
    return Picture(
        source=None if pixels is None else thumbnails.of_pixels(np.asarray(pixels, np.uint8)),
        says=f"plate of {vehicle.vehicle_id}",
        lines=(
            Markup('<span class="text">{}</span> <span class="muted">stands there</span>').format(
                vehicle.plate
            ),
            read,
            Markup('<span class="muted">{} {}, {}</span>').format(
                vehicle.vehicle_id, vehicle.vehicle_class, vehicle.country
            ),
        ),
    )


def _every_vehicle(found: Outcomes) -> Rows:
    rows: list[tuple[str | Share | Markup, ...]] = []
    for each in found.vehicles:
        vehicle, plate, error = each.comparison.vehicle, each.plate, each.error_kmh
        text = plate.text if plate else None
        rows.append(
            (
                f"{vehicle.vehicle_id} {vehicle.vehicle_class}",
                str(len(each.comparison.passages)),
                vehicle.plate,
                marked(vehicle.plate, text) if text else each.reading,
                f"{vehicle.speed_kmh:.1f}",
                "–" if error is None else f"{error:+.1f} ± {_uncertainty(each):.1f}",
                Markup('<span class="wrong">false: {}</span>').format(each.falsely_accused)
                if each.falsely_accused
                else "caught"
                if each.caught
                else "accused without a plate"
                if each.accused
                else "missed"
                if vehicle.speeding
                else "–",
            )
        )
    return Rows(
        heading="Every vehicle",
        sentence="What it was, and what was made of it.",
        columns=("vehicle", "passages", "plate", "read", "true km/h", "error", "speeding"),
        rows=tuple(rows),
        folded=len(rows) > 30,
    )
