"""The report on detectors, of plates or of vehicles: what its figures show, in pictures and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from detectors.evaluation.box_errors import BoxError, false_boxes, missed_boxes
from detectors.evaluation.detection import DetectionEvaluation
from detectors.evaluation.shares import Share
from roadwitness.evaluating import thumbnails
from roadwitness.evaluating.measures import Measure, interval_text, share_text
from roadwitness.evaluating.plots import milliseconds_figure, reliability_figure
from roadwitness.evaluating.report import (
    STYLES,
    Drawing,
    Figure,
    Picture,
    Report,
    Rows,
    Sheet,
    legend,
)
from roadwitness.evaluating.svg import Axis, Plot, shares_axis
from roadwitness.evaluating.thumbnails import Marked, Surroundings

_EACH_SHEET = thumbnails.MOST // 2
_WIDTHS_PX = (0, 30, 60, 100, 150, 250, 10_000)


def boxes_report(
    found: Sequence[DetectionEvaluation],
    folder: Path,
    measures: tuple[Measure, ...],
    what: str,
    notes: Sequence[str],
) -> Report:
    """The report on some detectors of ``what`` (plural); the first is the one that errors are shown of."""
    first = found[0]
    return Report(
        heading=f"Finding {what}: {', '.join(each.name for each in found)}",
        source=f"{len(first.images)} images with {first.labelled()} labelled {what} of {folder}",
        lead=_lead(found, what),
        subjects=tuple(each.name for each in found),
        measures=measures,
        figures=(
            _curves(found, what),
            _by_width(found, what),
            reliability_figure({each.name: each.reliability for each in found}, "boxes"),
            milliseconds_figure({each.name: each.milliseconds.tolist() for each in found}, "an image"),
        ),
        sheets=tuple(_sheets(first, what)),
        tables=tuple(_thresholds(each, what) for each in found),
        notes=(
            f"A found box is right when it overlaps a labelled one of its class by IoU {first.iou:g} or "
            "more; "
            "each labelled box is taken once, by the most confident.",
            "Average precision is the area under precision over recall with precision made "
            "non-increasing, as "
            "in Pascal VOC since 2010; mAP is its mean over the classes that have labels.",
            *notes,
            "A label that is missing or wrong counts against the detector: look at the pictures before you "
            "believe a figure.",
        ),
    )


def _lead(found: Sequence[DetectionEvaluation], what: str) -> tuple[str, ...]:
    first = found[0]
    recall, false = first.point.recall, first.point.precision
    sentences = [
        f"{first.name} finds {recall.hits} of {recall.of} labelled {what}: {share_text(recall)}, and with "
        "95 % "
        f"confidence between {recall.interval[0]:.3f} and {recall.interval[1]:.3f}.",
        f"{false.of - false.hits} of its boxes in {len(first.images)} images are false: "
        f"{first.point.false_boxes_per_image:.3f} an image.",
    ]
    for other in found[1:]:
        ahead, behind = _alone(first, other), _alone(other, first)
        sentences.append(
            f"{first.name} finds {ahead} of these {what} that {other.name} does not, and {other.name} "
            f"{behind} "
            f"that {first.name} does not; average precision {first.mean_average_precision:.3f} against "
            f"{other.mean_average_precision:.3f}."
        )
    return tuple(sentences)


def _alone(one: DetectionEvaluation, other: DetectionEvaluation) -> int:
    """How many labelled boxes one detector finds and the other does not."""
    return sum(
        int((a.taken(one.confidence) & ~b.taken(other.confidence)).sum())
        for a, b in zip(one.images, other.images, strict=True)
    )


def _curves(found: Sequence[DetectionEvaluation], what: str) -> Figure:
    first = found[0]
    labels = [i for i in range(len(first.classes)) if first.labelled(i)]
    drawings = []
    for label in labels:
        plot = Plot(
            f"Precision over recall of {first.classes[label]}.",
            shares_axis("recall: share of the labelled that is found"),
            shares_axis("precision: share of boxes right"),
        )
        for i, each in enumerate(found):
            plot.line(each.curve(label), STYLES[i % len(STYLES)], each.name)
            point = each.at(each.confidence, label)
            plot.dot(
                point.recall.value or 0.0,
                point.precision.value or 0.0,
                STYLES[i % len(STYLES)],
                f"{each.name} at {each.confidence:g}",
            )
        title = first.classes[label] if len(labels) > 1 else ""
        drawings.append(Drawing(plot, title))
    return Figure(
        heading="What does finding more cost?",
        sentence=(
            f"As the threshold falls, more {what} are found (recall) and more of the boxes are false "
            "(precision). "
            f"The dot is the threshold in use, {first.confidence:g}. The nearer a line comes to the upper "
            "right "
            "corner, the better."
        ),
        drawings=tuple(drawings),
        legend=legend([each.name for each in found]),
        wide=len(labels) > 1,
    )


def _by_width(found: Sequence[DetectionEvaluation], what: str) -> Figure:
    parts = [each.recall_by_width(_WIDTHS_PX) for each in found]
    kept = [k for k, (_, _, share) in enumerate(parts[0]) if share.of]
    ticks = tuple((place + 0.5, _between(*parts[0][k][:2])) for place, k in enumerate(kept))
    plot = Plot(
        f"Recall by the width of the {what} in px.",
        Axis("width of the labelled box, px", 0, len(kept), ticks),
        shares_axis("share found"),
        bottom=58,
    )
    each_wide = 0.8 / len(found)
    for i, shares in enumerate(parts):
        for place, k in enumerate(kept):
            low, high, share = shares[k]
            left = place + 0.1 + i * each_wide
            tip = f"{found[i].name}, {_between(low, high)} px: {share_text(share)} ({interval_text(share)})"
            plot.bar(left, left + each_wide, share.value or 0.0, STYLES[i % len(STYLES)], tip)
            plot.whisker(left + each_wide / 2, *share.interval, "ink")
    plot.text(0, 0, "n", "tick", anchor="end", below=31)
    for place, k in enumerate(kept):
        plot.text(place + 0.5, 0, str(parts[0][k][2].of), "tick", below=31)
    return Figure(
        heading="How large must they be?",
        sentence=(
            f"The share of the labelled {what} that is found, by their width in the image, with its 95 % "
            "interval; "
            "n says how many there are."
        ),
        drawings=(Drawing(plot),),
        legend=legend([each.name for each in found]),
    )


def _between(low: float, high: float) -> str:
    return f"{low:g}+" if high >= _WIDTHS_PX[-1] else f"{low:g}–{high:g}"


def _thresholds(each: DetectionEvaluation, what: str) -> Rows:
    rows: list[tuple[str | Share | Markup, ...]] = [
        (
            f"{point.confidence:g}",
            point.recall,
            point.precision,
            f"{point.false_boxes_per_image:.3f}",
            f"{point.mean_iou:.3f}",
        )
        for point in each.points
    ]
    return Rows(
        heading=f"{each.name}: other thresholds",
        sentence=f"What another least confidence would give; {each.confidence:g} is in use.",
        columns=("confidence", f"{what} found", "boxes right", "false boxes an image", "mean IoU"),
        rows=tuple(rows),
        folded=True,
    )


def _sheets(each: DetectionEvaluation, what: str) -> list[Sheet]:
    surroundings = Surroundings()
    false, missed = false_boxes(each), missed_boxes(each)
    return [
        Sheet(
            heading=f"False boxes of {each.name}, the surest first",
            sentence=(
                f"{len(false)} of {each.point.precision.of} boxes. Red is what was found, green what is "
                "labelled."
            ),
            pictures=tuple(_picture(each, error, surroundings) for error in false[:_EACH_SHEET]),
            more=max(0, len(false) - _EACH_SHEET),
        ),
        Sheet(
            heading=f"{what.capitalize()} that {each.name} misses, the largest first",
            sentence=(
                f"{len(missed)} of {each.labelled()} labelled {what}. Green is what is labelled, red what "
                "was found, "
                "however doubtful."
            ),
            pictures=tuple(_picture(each, error, surroundings) for error in missed[:_EACH_SHEET]),
            more=max(0, len(missed) - _EACH_SHEET),
        ),
    ]


def _picture(each: DetectionEvaluation, error: BoxError, surroundings: Surroundings) -> Picture:
    seen = next(seen for seen in each.images if seen.path == error.path)
    own = Marked(error.box, labelled=error.missed)
    shown = [Marked(box, labelled=True) for box in seen.labelled_boxes()]
    if error.missed:
        shown += [Marked(box, labelled=False) for box in seen.found_boxes(0.0)]
    width = Markup('<span class="muted">{:.0f} px wide</span>').format(error.box.w)
    return Picture(
        source=surroundings.of(
            error.path, error.box, [*shown, own], margin=0.6 if len(each.classes) == 1 else 0.3
        ),
        says=f"{'missed' if error.missed else 'false'} {error.label}: {error.reason}",
        lines=(
            Markup("<b>{}</b>{} {}").format(
                error.label,
                "" if error.missed or error.confidence is None else f" {error.confidence:.2f}",
                width,
            ),
            error.reason,
            Markup('<span class="muted">{}</span>').format(_short(error.path.name)),
        ),
    )


def _short(name: str, most: int = 40) -> str:
    return name if len(name) <= most else f"{name[: most // 2]}…{name[-most // 2 :]}"
